"""Which period may be exported, and how a cell is written that no spreadsheet takes for a formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from heartport.errors import Invalid
from heartport.local_time import local

LONGEST_DAYS = 366
FIRST_YEAR, LAST_YEAR = 2000, 2100
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
HEADER = ("类别", "日期", "开始", "结束", "主题", "单位", "地点", "讲师", "状态", "名额", "已报名", "到场")
"""Nothing of a person but who lectures, and nothing of counselling at all, not even how much of it there was."""


class Format(StrEnum):
    """How the table is written."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """One row: a lecture or a workshop; what one of them does not have is None."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    title: str
    state: str
    unit: str | None = None
    venue: str | None = None
    lecturer: str | None = None
    seats: int | None = None
    taken: int | None = None
    attended: int | None = None


def check_period(first: date | None, last: date | None) -> tuple[date, date]:
    """Return both days; raises `Invalid` by the place of what is wrong."""
    wrong = ["须为日期，例如 2026-12-01。"]
    errors = {name: wrong for name, day in (("from", first), ("to", last)) if day is None}
    if first is None or last is None:
        raise Invalid(errors=errors)
    years = ["年份须在 2000 至 2100 之间。"]
    errors = {name: years for name, day in (("from", first), ("to", last)) if not FIRST_YEAR <= day.year <= LAST_YEAR}
    if errors:
        raise Invalid(errors=errors)
    if last < first:
        raise Invalid(errors={"to": ["不能早于开始日期。"]})
    if (last - first).days >= LONGEST_DAYS:
        raise Invalid(errors={"to": [f"最多导出 {LONGEST_DAYS} 天。"]})
    return first, last


def cells_of(row: Booked) -> list[str | int]:
    """Return a row in the order of the header; times are local."""
    begins, ends = local(row.starts_at), local(row.ends_at)
    texts = (row.title, row.unit, row.venue, row.lecturer, row.state)
    numbers = (row.seats, row.taken, row.attended)
    return [
        harmless(row.kind),
        begins.date().isoformat(),
        f"{begins:%H:%M}",
        f"{ends:%H:%M}",
        *(harmless(text or "") for text in texts),
        *("" if number is None else number for number in numbers),
    ]


def harmless(text: str) -> str:
    """Return a text that a spreadsheet shows as it is: one that would begin a formula begins with an apostrophe."""
    return f"'{text}" if text.lstrip(" ").startswith(BEGINS_FORMULA) or text.startswith(BEGINS_FORMULA) else text


def in_order(rows: Sequence[Booked]) -> list[Booked]:
    """Return the rows by their time."""
    return sorted(rows, key=lambda row: (row.starts_at, row.kind, row.title))
