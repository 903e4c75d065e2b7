"""What is shown of a count: never under ten people, and never so that one person more or less can be told."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, repeat

import pytest

from heartport.recommendations.figures import FLOOR, shown_figure


def coins(*heads: int):
    """Return coins that fall on heads so often, each time before tails, and on tails from then on."""
    falls: Iterator[int] = chain(*([1] * count + [0] for count in heads), repeat(0))
    return lambda: next(falls)


@pytest.mark.parametrize(
    ("people", "up", "down", "shown"),
    [
        (0, 0, 0, None),
        (9, 0, 0, None),
        (9, 40, 0, None),
        (10, 0, 0, 10),
        (10, 0, 1, None),
        (12, 0, 0, 10),
        (13, 0, 0, 15),
        (12, 1, 0, 15),
        (100, 0, 3, 95),
    ],
)
def test_a_count_is_adjusted_and_rounded_and_both_it_and_what_is_shown_reach_ten(
    people: int, up: int, down: int, shown: int | None
) -> None:
    assert shown_figure(people, coins(up, down)) == shown


def chances(people: int) -> dict[int | None, Fraction]:
    """Return how likely each figure is, to all but one in two to the forties."""
    found: Counter[int | None] = Counter()
    for up in range(40):
        for down in range(40):
            found[shown_figure(people, coins(up, down))] += Fraction(1, 2 ** (up + down + 2))
    return found


@pytest.mark.parametrize("people", [10, 11, 12, 13, 25])
def test_one_person_more_makes_no_figure_more_than_twice_as_likely(people: int) -> None:
    one, other = chances(people), chances(people + 1)
    for shown in set(one) | set(other):
        if min(one[shown], other[shown]) > Fraction(1, 2**30):
            assert max(one[shown], other[shown]) <= 2 * min(one[shown], other[shown]) * Fraction(1001, 1000)


def test_control_without_the_adjustment_one_person_can_be_told() -> None:
    assert (shown_figure(12, coins()), shown_figure(13, coins())) == (10, 15)


def test_nothing_under_the_floor_is_ever_shown() -> None:
    for people in range(40):
        figures = {shown_figure(people, coins(up, down)) for up in range(12) for down in range(12)} - {None}
        assert all(figure >= FLOOR for figure in figures)
        assert not (people < FLOOR and figures)
