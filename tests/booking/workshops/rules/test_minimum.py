"""成团: when a workshop is too small, when that is decided, and which two may be one."""

from datetime import date, datetime, timedelta

import pytest

from heartport.booking.workshops.rules.minimum import (
    Group,
    HeadcountOutside,
    NotOneGroup,
    UnderMinimum,
    Verdict,
    check_headcount,
    check_joinable,
    check_large_enough,
    decided_on,
    verdict_on,
)
from heartport.local_time import SHANGHAI

STARTS = datetime(2026, 12, 15, 14, 0, tzinfo=SHANGHAI)
DECIDED = date(2026, 12, 8)
GO, WARN, CANCEL = Verdict.GO, Verdict.WARN, Verdict.CANCEL


def group(*headcounts: int) -> Group:
    return Group("A03", headcounts, 12, 30)


@pytest.mark.parametrize(
    ("days", "small", "large"),
    [(-30, GO, GO), (-4, GO, GO), (-3, WARN, GO), (-1, WARN, GO), (0, CANCEL, GO), (6, CANCEL, GO)],
)
def test_it_is_told_three_days_before_the_day_and_decided_on_it(days: int, small: Verdict, large: Verdict) -> None:
    assert decided_on(STARTS) == DECIDED
    today = DECIDED + timedelta(days=days)
    assert verdict_on(group(11), STARTS, today) is small
    assert verdict_on(group(12), STARTS, today) is large
    assert verdict_on(group(6, 6), STARTS, today) is large


def test_nothing_too_small_is_confirmed_from_the_day_on() -> None:
    check_large_enough(group(11), STARTS, DECIDED - timedelta(days=1))
    with pytest.raises(UnderMinimum):
        check_large_enough(group(11), STARTS, DECIDED)


@pytest.mark.parametrize("headcount", [0, -1, 31, 10**9])
def test_so_many_people_do_not_fit(headcount: int) -> None:
    with pytest.raises(HeadcountOutside) as refused:
        check_headcount(headcount, 30)
    assert list(refused.value.errors) == ["headcount"]


def test_fewer_than_the_minimum_may_ask() -> None:
    check_headcount(1, 30)
    check_headcount(30, 30)


@pytest.mark.parametrize(
    ("topic", "headcount", "confirmed", "guest", "fits"),
    [
        ("A03", 18, True, False, True),
        ("A03", 19, True, False, False),
        ("A04", 5, True, False, False),
        ("A03", 5, False, False, False),
        ("A03", 5, True, True, False),
    ],
)
def test_two_may_be_one_where_topic_state_and_seats_allow_it(
    topic: str, headcount: int, confirmed: bool, guest: bool, fits: bool
) -> None:
    def join() -> None:
        check_joinable(group(8, 4), topic, headcount, is_confirmed=confirmed, is_guest=guest)

    if fits:
        join()
    else:
        with pytest.raises(NotOneGroup):
            join()
