"""Which times a unit may wish for; every wish that cannot be is named with its place and what is wrong."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from heartport.booking.rules.days import DayKind
from heartport.booking.rules.grid import TICK_SECONDS
from heartport.errors import Invalid
from heartport.local_time import local

MOST_WISHES = 3
LEAD = timedelta(days=7)
"""A facilitator and a hall are not found within less."""
HORIZON = timedelta(days=180)
EARLIEST_HOUR, LATEST_HOUR = 7, 22
"""Local hours: shifts that work at night are taught before or after theirs, not at three in the morning."""

CLOSED: Mapping[DayKind, str] = {
    DayKind.HOLIDAY: "这一天是法定节假日，请换一天。",
    DayKind.UNKNOWN: "这一年的放假安排还没有公布，请先选更早的日期。",
}


class WishesRefused(Invalid):
    """Some wished times cannot be; `errors` names each."""

    code = "wishes_refused"
    detail = "有的希望时间不能选，请看标出的地方。"


def check_wishes(
    wishes: Sequence[datetime], duration: timedelta, now: datetime, kind_of: Callable[[date], DayKind]
) -> None:
    """Raise `WishesRefused` with what is wrong with each wish."""
    errors = {
        f"wishes.{number}.starts_at": [problem]
        for number, wish in enumerate(wishes)
        if (problem := _problem(wish, duration, now, kind_of) or _repeat(wishes, number))
    }
    if errors:
        raise WishesRefused(errors=errors)


def _problem(wish: datetime, duration: timedelta, now: datetime, kind_of: Callable[[date], DayKind]) -> str | None:
    # The bounds come first: the year 9999 of another zone has no local time at all.
    if wish <= now:
        return "这个时间已经过去了。"
    if wish < now + LEAD:
        return f"请至少提前 {LEAD.days} 天。"
    if wish > now + HORIZON:
        return f"最多只能约到 {HORIZON.days} 天之内。"
    start = local(wish)
    if start.timestamp() % TICK_SECONDS:
        return "请选整点、一刻、半点或三刻。"
    end = local(wish + duration)
    if start.hour < EARLIEST_HOUR or end > start.replace(hour=LATEST_HOUR, minute=0):
        return f"请安排在 {EARLIEST_HOUR}:00 至 {LATEST_HOUR}:00 之间。"
    return CLOSED.get(kind_of(start.date()))


def _repeat(wishes: Sequence[datetime], number: int) -> str | None:
    return "这个时间填了两次。" if wishes[number] in wishes[:number] else None
