"""HTTP of the export of a period, for coordinators alone."""

from datetime import date

from flask import Response, request

from heartport.booking.periods.rules import LONGEST_DAYS, Format
from heartport.booking.periods.tables import export_period
from heartport.errors import Invalid
from heartport.web.contract import Blueprint
from heartport.web.shapes import Header, Parameter

CONTENT_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}
DAY = {"type": "string", "format": "date"}
FROM = Parameter("from", "query", "The first local day.", DAY, required=True, example="2026-11-01")
TO = Parameter(
    "to", "query", f"The last one, at most {LONGEST_DAYS} days on.", DAY, required=True, example="2026-12-31"
)
FORMAT = Parameter(
    "format",
    "query",
    "How the table is written.",
    {"type": "string", "enum": list(Format), "default": Format.XLSX.value},
)
DISPOSITION = Header("Content-Disposition", "The name under which to keep the file.")

periods = Blueprint("periods", __name__, url_prefix="/api/v1/bookings", description="预约导出")


@periods.get("/export")
@periods.takes(FROM, TO, FORMAT)
@periods.answers(200, {"type": "string"}, content_type=tuple(CONTENT_TYPES.values()), headers=(DISPOSITION,))
@periods.refuses(Invalid)
def export() -> Response:
    """Give lectures and workshops of a period as a table; of people there is nothing in it, nor of counselling."""
    form = _format(request.args.get("format"))
    content = export_period(_day(request.args.get("from")), _day(request.args.get("to")), form)
    headers = {DISPOSITION.name: f'attachment; filename="heartport-bookings.{form.value}"'}
    return Response(content, content_type=CONTENT_TYPES[form], headers=headers)


def _format(text: str | None) -> Format:
    try:
        return Format(text) if text is not None else Format.XLSX
    except ValueError:
        raise Invalid(errors={"format": ["只能是 xlsx 或 csv。"]}) from None


def _day(text: str | None) -> date | None:
    """Read a local day as it is written in ISO 8601 with hyphens, and nothing that merely resembles one."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.isoformat() == text else None
