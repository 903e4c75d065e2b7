"""What a roster may say, and what follows from it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from heartport.duty.rules import (
    Duty,
    Shift,
    duty_for,
    duty_time,
    end_of_replaced,
    first_on_duty,
    roster_problems,
    shift_at,
)
from tests.duty.teams import PEOPLE, at, shift

NOW = at(12)
DAY = [shift(9, 13), shift(13, 18), shift(33, 42)]


def problems(*shifts: Shift, over: tuple[Shift, ...] = ()) -> list[tuple[int, str]]:
    found = roster_problems(shifts, over, PEOPLE, NOW)
    assert all(not each.message.isascii() for each in found)
    return [(each.index, each.field) for each in found]


def test_shifts_may_touch_and_one_may_run_already() -> None:
    assert problems(shift(10, 14), shift(14, 20), shift(44, 68)) == []


WRONG = {
    "ends before it begins": (shift(20, 14), [(0, "ends_at")]),
    "ends when it begins": (shift(20, 20), [(0, "ends_at")]),
    "is over": (shift(8, 12), [(0, "ends_at")]),
    "lasts longer than a day": (shift(13, 37.1), [(0, "ends_at")]),
    "lies two years ahead": (shift(17520, 17530), [(0, "ends_at")]),
    "names somebody unknown": (shift(13, 14, ("anne", "nobody", "cleo")), [(0, "backup")]),
    "names nobody": (shift(13, 14, ("", "ben", "cleo")), [(0, "primary")]),
    "names one person twice": (shift(13, 14, ("anne", "ben", "anne")), [(0, "supervisor")]),
}


@pytest.mark.parametrize(("wrong", "places"), WRONG.values(), ids=WRONG)
def test_a_shift_that_cannot_be_is_named_with_its_place(wrong: Shift, places: list[tuple[int, str]]) -> None:
    assert problems(wrong) == places
    assert problems(shift(44, 45), wrong) == [(1, field) for _, field in places]


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert problems(shift(20, 14, ("x", "ben", "ben")), shift(15, 16, ("anne", "y", "cleo"))) == [
        (0, "ends_at"),
        (0, "primary"),
        (0, "supervisor"),
        (1, "backup"),
    ]


@pytest.mark.parametrize("other", [(13, 15), (13.9, 17), (14.5, 15), (12.5, 20), (15, 17)])
def test_overlapping_shifts_are_refused_in_either_order(other: tuple[float, float]) -> None:
    assert problems(shift(14, 16), shift(*other)) == [(1, "starts_at")]
    assert problems(shift(*other), shift(14, 16)) == [(1, "starts_at")]


def test_nothing_may_overlap_what_is_over() -> None:
    assert problems(shift(9, 13), over=(shift(8, 10),)) == [(0, "starts_at")]
    assert problems(shift(10, 13), over=(shift(8, 10),)) == []


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_the_ends_of_the_calendar_are_refused_and_break_nothing(text: str) -> None:
    edge = datetime.fromisoformat(text)
    assert problems(replace(shift(13, 14), ends_at=edge))
    assert problems(replace(shift(13, 14), starts_at=edge))


@pytest.mark.parametrize(
    ("hours", "begins"), [(8.99, None), (9, 9), (12.99, 9), (13, 13), (17.99, 13), (18, None), (33, 33)]
)
def test_a_shift_ends_where_the_next_begins(hours: float, begins: float | None) -> None:
    found = shift_at(DAY, at(hours))
    assert (found.starts_at if found else None) == (at(begins) if begins is not None else None)


@pytest.mark.parametrize(("since", "first"), [(0, 9), (9, 9), (10, 10), (13, 13), (18, 33), (41.9, 41.9), (42, None)])
def test_the_first_moment_of_duty_is_now_or_the_next_beginning(since: float, first: float | None) -> None:
    assert first_on_duty(DAY, at(since)) == (at(first) if first is not None else None)
    assert first_on_duty([], at(since)) is None


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [(0, 9, 0), (8, 10, 1), (10, 12, 2), (12, 14, 2), (17, 34, 2), (0, 100, 18), (18, 33, 0), (12, 12, 0), (14, 12, 0)],
)
def test_only_duty_counts_as_waiting(since: float, until: float, hours: float) -> None:
    assert duty_time(DAY, at(since), at(until)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("minutes", "duty"),
    [(0, Duty.PRIMARY), (14.99, Duty.PRIMARY), (15, Duty.BACKUP), (29.99, Duty.BACKUP), (30, Duty.SUPERVISOR)],
)
def test_the_backup_comes_after_15_minutes_and_the_supervisor_after_30(minutes: float, duty: Duty) -> None:
    assert duty_for(timedelta(minutes=minutes)) is duty


@pytest.mark.parametrize(
    ("wanted", "end"), [([], 12), ([shift(14, 20)], 12), ([shift(11, 20)], 11), ([shift(9, 20)], None)]
)
def test_what_was_duty_until_now_stays_so(wanted: list[Shift], end: float | None) -> None:
    assert end_of_replaced(shift(9, 18), wanted, NOW) == (at(end) if end is not None else None)
