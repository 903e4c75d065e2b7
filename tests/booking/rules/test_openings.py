"""What is open, and which starts are free."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.booking.rules.days import DayKind
from heartport.booking.rules.grid import Span, first_tick
from heartport.booking.rules.openings import (
    Busy,
    Change,
    OpenDay,
    Opening,
    Openings,
    Shape,
    Window,
    counted_day,
    free_starts,
    is_stretch,
    open_day,
    overlapping,
    windows_of,
    with_closed,
)

MONDAY = date(2026, 11, 23)
MIDNIGHT = first_tick(MONDAY)
MORNING = Opening(OpenDay.MON, 9 * 60, 12 * 60)
HOUR = Shape(length=4, step=4)


def windows(openings: Openings, kind: DayKind = DayKind.WORKDAY, day: date = MONDAY) -> list[tuple[int, int]]:
    return [
        (w.start - first_tick(day), w.end - first_tick(day)) for w in windows_of(openings, [counted_day(day, kind)])
    ]


def starts(*taken: tuple[int, int], shape: Shape = HOUR, earliest: int = 0, latest: int = 95) -> list[int]:
    """Return the free starts of the Monday morning, in ticks since midnight."""
    busy = Busy(Span(MIDNIGHT, MIDNIGHT + 96))
    for start, end in taken:
        busy.take(MIDNIGHT + start, MIDNIGHT + end)
    found = windows_of(Openings([MORNING]), [counted_day(MONDAY, DayKind.WORKDAY)])
    return [s.tick - MIDNIGHT for s in free_starts(found, busy, shape, MIDNIGHT + earliest, MIDNIGHT + latest)]


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (MONDAY, DayKind.WORKDAY, OpenDay.MON),
        (date(2026, 11, 29), DayKind.WEEKEND, OpenDay.SUN),
        (date(2026, 10, 1), DayKind.HOLIDAY, None),
        (date(2026, 10, 10), DayKind.MADE_UP_WORKDAY, OpenDay.MADE_UP_WORKDAY),
        (date(2031, 1, 6), DayKind.UNKNOWN, None),
    ],
)
def test_a_day_counts_as_what_the_calendar_says(day: date, kind: DayKind, name: OpenDay | None) -> None:
    assert open_day(day, kind) is name


def test_closing_an_hour_gives_way_to_what_is_around_it() -> None:
    day, other = date(2026, 11, 24), date(2026, 11, 25)
    whole, elsewhere = Change(day, 540, 720, opens=True), Change(other, 540, 720, opens=True)
    shut = Change(day, 615, 690, opens=False)
    assert with_closed([whole, elsewhere], shut) == [
        Change(day, 540, 615, opens=True),
        Change(day, 690, 720, opens=True),
        elsewhere,
        shut,
    ]
    assert with_closed([shut], shut) == [shut]


def test_a_weekly_opening_holds_on_its_day_alone() -> None:
    assert windows(Openings([MORNING])) == [(36, 48)]
    assert windows(Openings([MORNING]), day=date(2026, 11, 24)) == []


@pytest.mark.parametrize("kind", [DayKind.HOLIDAY, DayKind.UNKNOWN, DayKind.MADE_UP_WORKDAY])
def test_a_weekly_opening_does_not_hold_on_a_holiday_nor_on_a_day_that_nobody_knows(kind: DayKind) -> None:
    assert windows(Openings([MORNING]), kind) == []


@pytest.mark.parametrize(
    ("closed", "left"),
    [
        ((0, 1440), []),
        ((9 * 60, 10 * 60), [(40, 48)]),
        ((10 * 60, 11 * 60), [(36, 40), (44, 48)]),
        ((11 * 60, 13 * 60), [(36, 44)]),
        ((13 * 60, 14 * 60), [(36, 48)]),
    ],
)
def test_a_closed_stretch_goes_before_the_week(closed: tuple[int, int], left: list[tuple[int, int]]) -> None:
    assert windows(Openings([MORNING], [Change(MONDAY, *closed, opens=False)])) == left


def test_a_day_that_is_opened_by_itself_is_open_whatever_day_it_is() -> None:
    opened = Openings([], [Change(MONDAY, 14 * 60, 16 * 60, opens=True)])
    for kind in DayKind:
        assert windows(opened, kind) == [(56, 64)]


def test_starts_are_counted_from_the_beginning_of_the_window() -> None:
    assert starts() == [36, 40, 44]
    assert starts(shape=Shape(length=4, step=5)) == [36, 41]
    assert starts(shape=Shape(length=13, step=1)) == []


def test_a_start_is_free_with_its_buffers_or_not_at_all() -> None:
    assert starts((40, 44)) == [36, 44]
    assert starts((40, 44), shape=Shape(length=4, after=1, step=4)) == [44]
    assert starts((40, 44), shape=Shape(length=4, before=1, step=4)) == [36]
    assert starts((39, 41)) == [44]


def test_buffers_may_lie_outside_the_window() -> None:
    assert starts(shape=Shape(length=4, before=4, after=4, step=4)) == [36, 40, 44]


def test_nothing_before_the_earliest_and_after_the_latest() -> None:
    assert starts(earliest=37, latest=43) == [40]


def test_what_lies_outside_what_was_looked_at_is_not_free() -> None:
    busy = Busy(Span(10, 20))
    assert busy.is_free(10, 20)
    assert not busy.is_free(9, 12)
    assert not busy.is_free(18, 21)
    busy.take(5, 11)
    assert not busy.is_free(10, 12)
    assert busy.is_free(11, 12)


@given(
    taken=st.lists(st.tuples(st.integers(0, 45), st.integers(1, 9)), max_size=4),
    shape=st.builds(Shape, st.integers(1, 6), st.integers(0, 3), st.integers(0, 3), st.integers(1, 5)),
    windows=st.lists(st.builds(lambda at, size: Window(at, at + size), st.integers(0, 50), st.integers(0, 16))),
    bounds=st.tuples(st.integers(0, 50), st.integers(0, 50)),
)
def test_the_quick_way_to_free_starts_gives_what_asking_for_each_gives(
    taken: list, shape: Shape, windows: list, bounds: tuple[int, int]
) -> None:
    busy = Busy(Span(5, 45))
    for start, length in taken:
        busy.take(start, start + length)
    one_by_one = [
        tick
        for window in windows
        for tick in range(window.start, window.end - shape.length + 1, shape.step)
        if bounds[0] <= tick <= bounds[1] and busy.is_free(tick - shape.before, tick + shape.length + shape.after)
    ]
    assert [start.tick for start in free_starts(windows, busy, shape, *bounds)] == one_by_one


@pytest.mark.parametrize(
    ("first", "last", "right"),
    [(0, 1440, True), (540, 555, True), (540, 540, False), (600, 540, False), (541, 600, False), (-15, 60, False)],
)
def test_a_stretch_lies_on_the_grid_within_one_day(first: int, last: int, right: bool) -> None:
    assert is_stretch(first, last) is right
    assert not is_stretch(0, 1455)


def test_those_that_meet_an_earlier_one_are_named() -> None:
    other_day = Opening(OpenDay.TUE, 9 * 60, 12 * 60)
    assert overlapping([MORNING, other_day, Opening(OpenDay.MON, 11 * 60, 13 * 60)]) == [2]
    assert overlapping([MORNING, Opening(OpenDay.MON, 12 * 60, 13 * 60)]) == []
