"""A table as an XLSX file; imported with the first one that is asked for."""

import io
from collections.abc import Sequence

import xlsxwriter

WIDTHS = (8, 12, 8, 8, 36, 24, 28, 12, 12, 8, 8, 8)
AS_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def workbook_of(table: Sequence[Sequence[str | int]]) -> bytes:
    """Return a workbook of one sheet whose first line is the header; every text stays a text."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, AS_TEXT) as book:
        sheet, bold = book.add_worksheet("预约"), book.add_format({"bold": True})
        for number, line in enumerate(table):
            sheet.write_row(number, 0, line, bold if number == 0 else None)
        for number, width in enumerate(WIDTHS):
            sheet.set_column(number, number, width)
        sheet.freeze_panes(1, 0)
    return file.getvalue()
