"""Only quarters of an hour can be said."""

from datetime import UTC, date, datetime

import pytest

from heartport.booking.rules.grid import (
    Span,
    TimeOffGrid,
    day_of,
    first_tick,
    moment_of,
    tick_at_or_after,
    tick_of,
    ticks_of,
)
from tests.booking.desk import moment


@pytest.mark.parametrize("text", ["2026-11-23 09:00", "2026-11-23 09:45", "2027-01-01 00:00", "2026-12-31 23:45"])
def test_a_moment_on_the_grid_comes_back(text: str) -> None:
    assert moment_of(tick_of(moment(text))) == moment(text)


@pytest.mark.parametrize("text", ["2026-11-23 09:01", "2026-11-23 09:14:59", "2026-11-23 09:00:00.000001"])
def test_a_moment_off_the_grid_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(TimeOffGrid) as refused:
        tick_of(moment(text), "wishes.0.starts_at")
    assert set(refused.value.errors) == {"wishes.0.starts_at"}


def test_the_same_instant_is_the_same_tick_in_any_zone_and_none_without_one() -> None:
    assert tick_of(datetime(2026, 11, 23, 1, 0, tzinfo=UTC)) == tick_of(moment("2026-11-23 09:00"))
    with pytest.raises(ValueError, match="zone"):
        tick_of(datetime(2026, 11, 23, 1, 0))  # noqa: DTZ001 - what must be refused


def test_the_next_tick_is_never_before_the_moment() -> None:
    nine = tick_of(moment("2026-11-23 09:00"))
    assert tick_at_or_after(moment("2026-11-23 09:00")) == nine
    assert tick_at_or_after(moment("2026-11-23 08:45:01")) == nine
    assert tick_at_or_after(moment("2026-11-23 09:00:00.5")) == nine + 1


def test_a_day_begins_at_local_midnight() -> None:
    assert moment_of(first_tick(date(2026, 11, 23))) == moment("2026-11-23 00:00")
    assert day_of(first_tick(date(2026, 11, 23))) == date(2026, 11, 23)
    assert day_of(first_tick(date(2026, 11, 23)) - 1) == date(2026, 11, 22)


def test_minutes_are_whole_ticks_or_an_error() -> None:
    assert ticks_of(60) == 4
    with pytest.raises(ValueError, match="quarter"):
        ticks_of(50)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ((0, 4), (4, 8), False),
        ((0, 4), (3, 8), True),
        ((0, 8), (2, 3), True),
        ((5, 8), (0, 5), False),
        ((0, 4), (0, 4), True),
    ],
)
def test_stretches_meet_where_they_share_a_tick(one: tuple, other: tuple, meet: bool) -> None:
    assert Span(*one).meets(Span(*other)) is meet
    assert Span(*other).meets(Span(*one)) is meet
