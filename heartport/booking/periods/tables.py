"""The table of a period: every kind of booking that has a row there names itself in `heartport.features`."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date

from flask import Flask, current_app

from heartport.booking.periods.rules import HEADER, Booked, Format, cells_of, check_period, in_order

Rows = Callable[[date, date], Sequence[Booked]]
"""Returns the rows that begin from one local day to another, both included."""


def init_app(app: Flask, kinds: Sequence[Rows]) -> None:
    """Name every kind of booking that is exported; counselling is none of them."""
    app.extensions["heartport.booking_periods"] = tuple(kinds)


def export_period(first: date | None, last: date | None, form: Format) -> bytes:
    """Return the table of a period as a file; raises `Invalid`."""
    days = check_period(first, last)
    kinds: tuple[Rows, ...] = current_app.extensions["heartport.booking_periods"]
    found = in_order([row for rows in kinds for row in rows(*days)])
    table: list[list[str | int]] = [list(HEADER), *map(cells_of, found)]
    return _csv(table) if form is Format.CSV else _xlsx(table)


def _csv(table: Sequence[Sequence[str | int]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    return text.getvalue().encode("utf-8-sig")  # The mark tells spreadsheets that it is UTF-8.


def _xlsx(table: Sequence[Sequence[str | int]]) -> bytes:
    from heartport.booking.periods.workbooks import workbook_of  # noqa: PLC0415 - most processes write none

    return workbook_of(table)
