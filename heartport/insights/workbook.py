"""Writes figures as a spreadsheet with xlsxwriter, in memory; loaded when the first one is asked for."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

import xlsxwriter

WIDTHS = (46, 30, 14, 28, 10, 14, 10, 10, 8, 80)
SHARES = range(5, 8)


def write(head: Sequence[str], rows: Sequence[Sequence[str | int | float | None]], note: str) -> bytes:
    """Return a workbook of one sheet: a frozen head, shares as percentages, the note below."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        sheet = book.add_worksheet("统计")
        bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width, percent if column in SHARES else None)
        sheet.write_row(0, 0, head, bold)
        sheet.freeze_panes(1, 1)
        for place, row in enumerate(rows, start=1):
            sheet.write_row(place, 0, row)
        sheet.write(len(rows) + 2, 0, note)
    return sink.getvalue()
