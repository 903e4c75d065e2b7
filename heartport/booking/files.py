"""A single booking as a file for the calendar of a phone: each kind of booking says whose it is.

Whoever adds a kind names it in `heartport.features`.
"""

from collections.abc import Callable, Iterable, Sequence

from flask import Flask, current_app

from heartport import clock
from heartport.booking.rules.grid import Span
from heartport.callers import Caller
from heartport.errors import NotFound

TimeOf = Callable[[Caller, str], Span | None]
"""Returns when a booking is, for whom it belongs to; None for anything else."""


class BookingUnknown(NotFound):
    """There is no such booking, or it is another person's, or it has no time."""

    code = "booking_unknown"
    detail = "没有找到这个预约。"


def init_app(app: Flask, kinds: Sequence[TimeOf]) -> None:
    """Name every kind of booking that can be taken along."""
    app.extensions["heartport.booking_times"] = tuple(kinds)


def booking_file(caller: Caller, booking_id: str) -> bytes:
    """Return one of a caller's own bookings as iCalendar; raises `BookingUnknown`."""
    kinds: tuple[TimeOf, ...] = current_app.extensions["heartport.booking_times"]
    for time_of in kinds:
        if span := time_of(caller, booking_id):
            return calendar_file([(booking_id, span)])
    raise BookingUnknown


def calendar_file(bookings: Iterable[tuple[str, Span]]) -> bytes:
    """Return bookings as iCalendar."""
    from heartport.booking.calendar_files import calendar_of  # noqa: PLC0415 - see its first line

    return calendar_of(bookings, clock.now())
