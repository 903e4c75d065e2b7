"""Which times may be wished for; each that may not is named with its place."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from heartport.booking.rules.days import DayKind
from heartport.booking.workshops.rules.wishes import WishesRefused, check_wishes
from heartport.local_time import SHANGHAI

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=SHANGHAI)
FINE = datetime(2026, 12, 15, 14, 0, tzinfo=SHANGHAI)
HOLIDAY, UNKNOWN = date(2026, 12, 25), date(2027, 1, 5)
LENGTH = timedelta(minutes=90)


def kind_of(day: date) -> DayKind:
    return {HOLIDAY: DayKind.HOLIDAY, UNKNOWN: DayKind.UNKNOWN}.get(day, DayKind.WORKDAY)


def problems(*wishes: datetime) -> dict[str, str]:
    try:
        check_wishes(wishes, LENGTH, NOW, kind_of)
    except WishesRefused as refused:
        return {place: messages[0] for place, messages in refused.errors.items()}
    return {}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "wish",
    [
        FINE,
        NOW + timedelta(days=7),
        NOW + timedelta(days=180),
        at(FINE.date(), 7),
        at(FINE.date(), 20, 30),
        FINE.astimezone(UTC),
        FINE.astimezone(timezone(timedelta(hours=-11))),
    ],
)
def test_these_may_be_wished(wish: datetime) -> None:
    assert problems(wish) == {}


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (NOW - timedelta(days=1), "过去"),
        (NOW, "过去"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "过去"),
        (NOW + timedelta(days=7, minutes=-15), "提前"),
        (NOW + timedelta(days=180, minutes=15), "180"),
        (datetime(9999, 12, 31, 23, 45, tzinfo=timezone(timedelta(hours=-12))), "180"),
        (FINE + timedelta(minutes=7), "一刻"),
        (FINE + timedelta(microseconds=1), "一刻"),
        (at(FINE.date(), 6, 45), "7:00"),
        (at(FINE.date(), 20, 45), "22:00"),
        (at(FINE.date(), 23, 45), "22:00"),
        (at(HOLIDAY, 14), "节假日"),
        (at(UNKNOWN, 14), "没有公布"),
    ],
)
def test_these_may_not_and_say_why(wish: datetime, says: str) -> None:
    assert says in problems(wish)["wishes.0.starts_at"]


def test_each_wrong_wish_is_named_by_its_place_and_a_repeated_one_too() -> None:
    assert list(problems(FINE, NOW, FINE + timedelta(minutes=1))) == ["wishes.1.starts_at", "wishes.2.starts_at"]
    assert problems(FINE, FINE.astimezone(UTC)) == {"wishes.1.starts_at": "这个时间填了两次。"}
