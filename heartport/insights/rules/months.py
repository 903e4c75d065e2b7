"""When the figures of a month are published: once it is over, each part from a day of its own on, and never again."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MONTHS = 12
"""So many months that are over are told of."""
FIRST_NIGHTS = 3
"""So long after a month its sign-ins are counted; each night takes another day of it away."""


class Part(StrEnum):
    """What is counted together of a month."""

    SIGN_INS = "sign_ins"
    BOOKINGS = "bookings"


FROM_DAY = {Part.SIGN_INS: 1, Part.BOOKINGS: 8}
"""The day of the next month; how a booking went is noted for some days after it."""

MonthPart = tuple[str, Part]
"""A month, such as `2026-11`, and one part of it."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A month of which something is not published yet, and from which day each such part will be."""

    month: str
    parts: dict[Part, date]


def month_of(day: date) -> str:
    """Return the month of a day."""
    return f"{day:%Y-%m}"


def first_day(month: str) -> date:
    """Return the day on which a month begins."""
    return date.fromisoformat(f"{month}-01")


def months_on(month: str, count: int) -> str:
    """Return the month so many months later, or earlier where the number is negative."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + count, 12)
    return f"{year:04}-{number + 1:02}"


def months_over(today: date) -> list[str]:
    """Return the months that are told of, the latest first."""
    return [months_on(month_of(today), -back) for back in range(1, MONTHS + 1)]


def published_from(month: str, part: Part) -> date:
    """Return the first day on which a part of a month may be published."""
    return first_day(months_on(month, 1)).replace(day=FROM_DAY[part])


def may_be_published(month: str, part: Part, today: date) -> bool:
    """Tell whether a part of a month can be counted today, as far as its rows are there and are complete."""
    begins = published_from(month, part)
    if part is Part.SIGN_INS:
        return begins <= today < begins.replace(day=1 + FIRST_NIGHTS)
    return begins <= today and month in months_over(today)


def due_months(part: Part, today: date, published: Collection[MonthPart]) -> list[str]:
    """Return the months of which this part is to be published now, the oldest first."""
    return [
        month
        for month in reversed(months_over(today))
        if may_be_published(month, part, today) and (month, part) not in published
    ]


def months_coming(today: date, published: Collection[MonthPart]) -> Iterator[Coming]:
    """Give last month and this one as far as something of them will still be published."""
    for month in (months_on(month_of(today), -1), month_of(today)):
        days = {part: _next_day(month, part, today) for part in Part if (month, part) not in published}
        parts = {part: day for part, day in days.items() if may_be_published(month, part, day)}
        if parts:
            yield Coming(month, parts)


def _next_day(month: str, part: Part, today: date) -> date:
    """Return when a part would be published next: on its day, or in the coming night where that is over."""
    day = published_from(month, part)
    return day if today <= day else today + timedelta(days=1)
