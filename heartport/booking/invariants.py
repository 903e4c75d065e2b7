"""What must always be true of the calendar, looked at every night: it raises an alarm and repairs nothing.

A kind of booking names itself in `heartport.features` as a `Kept`, and may bring checks of its own (seats against
registrations). A check gives one line for each thing that is wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import structlog
from flask import Flask, current_app
from sqlalchemy import Select, and_, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from heartport import clock
from heartport.booking.calendar_days import current_days
from heartport.booking.models import BookingEvent, Occupancy, OccupancyTick
from heartport.booking.rules.machines import Machine
from heartport.stores import Store, reading

log = structlog.get_logger("heartport.booking")

Check = Callable[[Session], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of booking: its machine, and a select of (id, state, version) of all that is kept of it.

    In a state of `machine.live` a booking has confirmed time, in one of `holding` it may hold some; in any other it
    has none at all.
    """

    machine: Machine
    rows: Callable[[], Select[str, str, int]]
    holding: Sequence[str] = ()


class CalendarBroken(Exception):
    """Something is wrong with the calendar; how much stands in the log, what it is `flask booking check` says."""


def init_app(app: Flask, kept: Sequence[Kept], checks: Sequence[Check] = ()) -> None:
    """Name every kind of booking and every further check."""
    app.extensions["heartport.booking_checks"] = (tuple(kept), tuple(checks))


def find_problems() -> list[str]:
    """Return one line for each thing that is wrong; empty where all is well. People may go on booking meanwhile."""
    kept, further = current_app.extensions["heartport.booking_checks"]
    with reading(Store.MAIN) as session:
        _see_one_moment(session)
        found = [problem for check in CHECKS for problem in check(session)]
        found += [problem for each in kept for problem in _check_kind(session, each)]
        found += [problem for check in further for problem in check(session)]
    return found


def check_calendar() -> int:
    """Look at everything as a job, and return 0; raises `CalendarBroken`, having raised the alarm in the log."""
    problems = find_problems()
    if problems:
        log.error("calendar_broken", problems=len(problems))
        raise CalendarBroken
    return 0


def ticks_are_those_of_occupancies(session: Session) -> Iterator[str]:
    """Give each occupancy whose ticks are not exactly its blocked time."""
    wrong = (
        select(Occupancy.id)
        .outerjoin(OccupancyTick, OccupancyTick.occupancy_id == Occupancy.id)
        .group_by(Occupancy.id)
        .having(
            or_(
                func.count(OccupancyTick.tick) != Occupancy.blocked_until - Occupancy.blocked_from,
                func.min(OccupancyTick.tick) != Occupancy.blocked_from,
                func.max(OccupancyTick.tick) != Occupancy.blocked_until - 1,
                func.min(OccupancyTick.resource_id) != Occupancy.resource_id,
                func.max(OccupancyTick.resource_id) != Occupancy.resource_id,
            )
        )
    )
    yield from (f"occupancy {each}: its ticks are not its time" for each in session.execute(wrong).scalars())


def nothing_overlaps(session: Session) -> Iterator[str]:
    """Give each pair of occupancies of one resource that meet."""
    other = aliased(Occupancy)
    pairs = select(Occupancy.id, other.id).where(
        Occupancy.resource_id == other.resource_id,
        Occupancy.id < other.id,
        Occupancy.blocked_from < other.blocked_until,
        other.blocked_from < Occupancy.blocked_until,
    )
    yield from (f"occupancies {one} and {two}: overlap" for one, two in session.execute(pairs))


def audit_has_no_gap(session: Session) -> Iterator[str]:
    """Give each booking whose events are not numbered from 1 without a gap."""
    number = BookingEvent.number
    gaps = select(BookingEvent.booking_id).group_by(BookingEvent.booking_id)
    gaps = gaps.having(or_(func.min(number) != 1, func.max(number) != func.count()))
    yield from (f"booking {each}: its audit has a gap" for each in session.execute(gaps).scalars())


CHECKS: tuple[Check, ...] = (ticks_are_those_of_occupancies, nothing_overlaps, audit_has_no_gap)


def _see_one_moment(session: Session) -> None:
    """Let all checks see the calendar as of one moment: a booking made between two of them would look half made."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def _check_kind(session: Session, kept: Kept) -> Iterator[str]:
    rows = {booking_id: (state, version) for booking_id, state, version in session.execute(kept.rows())}
    yield from _audit_differs(session, kept.machine.kind, rows)
    yield from _time_differs(session, kept, rows)


def _audit_differs(session: Session, kind: str, rows: dict[str, tuple[str, int]]) -> Iterator[str]:
    last = select(BookingEvent.booking_id, func.max(BookingEvent.number).label("number"))
    newest = last.where(BookingEvent.kind == kind).group_by(BookingEvent.booking_id).subquery()
    of_newest = and_(BookingEvent.booking_id == newest.c.booking_id, BookingEvent.number == newest.c.number)
    states = select(BookingEvent.booking_id, BookingEvent.state, BookingEvent.number).join(newest, of_newest)
    audit = {booking_id: (state, number) for booking_id, state, number in session.execute(states)}
    for booking_id, row in rows.items():
        if audit.get(booking_id) != row:
            yield f"{kind} {booking_id}: state and version are not those of the last event"


def _time_differs(session: Session, kept: Kept, rows: dict[str, tuple[str, int]]) -> Iterator[str]:
    kind, live = kept.machine.kind, set(kept.machine.live)
    may_hold = {*kept.holding}
    taken = select(Occupancy.booking_id, Occupancy.expires_at.is_(None)).where(Occupancy.kind == kind)
    found = {(booking_id, bool(confirmed)) for booking_id, confirmed in session.execute(taken)}
    for booking_id, confirmed in sorted(found):
        state = rows.get(booking_id, ("gone", 0))[0]
        if state not in (live if confirmed else may_hold):
            yield f"{kind} {booking_id}: takes time and is {state}"
    for booking_id, (state, _) in rows.items():
        if state in live and (booking_id, True) not in found:
            yield f"{kind} {booking_id}: is {state} and has no time"


def unknown_days_ahead(days_ahead: int) -> int:
    """Return how many of the coming days nobody can book, since no notice says whether they are worked."""
    today = clock.today()
    return len(current_days().unknown_days(today, today.fromordinal(today.toordinal() + days_ahead)))
