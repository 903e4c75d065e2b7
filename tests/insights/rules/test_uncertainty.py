"""Intervals hold what they promise, and words of certainty are said only where they are deserved."""

import random

import pytest

from heartport.insights.rules.budget import AT_RISK, SIZE
from heartport.insights.rules.comparison import Change, change_between
from heartport.insights.rules.figures import Figure, figure_with_noise, shown_levels, sum_of
from heartport.insights.rules.uncertainty import interval, interval_of_level, is_reliable, variance
from tests.insights.invented import seeded

TRIALS = 1500


def coverage(n: int, share: float, blocks: int = 1) -> float:
    """Return how often the interval of a sum of blocks holds the share from which people were drawn."""
    source, draw, held = random.Random(n), seeded(n), 0
    for _ in range(TRIALS // blocks):
        figures = [figure_with_noise(n, sum(source.random() < share for _ in range(n)), draw) for _ in range(blocks)]
        ends = interval(sum_of(figures) or figures[0])
        held += ends is not None and ends[0] <= share <= ends[1]
    return held / (TRIALS // blocks)


@pytest.mark.parametrize(("n", "share", "blocks"), [(20, 0.2, 1), (60, 0.1, 1), (200, 0.3, 1), (30, 0.25, 5)])
def test_about_nineteen_of_twenty_intervals_hold_the_share(n: int, share: float, blocks: int) -> None:
    assert 0.91 <= coverage(n, share, blocks) <= 1.0


def test_control_an_interval_that_forgets_the_noise_holds_too_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heartport.insights.rules.uncertainty.variance", lambda _: 0.0)
    monkeypatch.setattr("heartport.insights.rules.uncertainty._of_sampling", lambda figure: 0.2 / figure.n / 2)
    assert coverage(20, 0.2) < 0.9


@pytest.mark.parametrize("milli", [AT_RISK, SIZE])
def test_the_variance_is_that_of_the_noise(milli: int) -> None:
    draw = seeded(4)
    found = [draw(milli) ** 2 for _ in range(20_000)]
    assert sum(found) / len(found) == pytest.approx(variance(milli), rel=0.1)


def test_without_people_there_is_neither_share_nor_interval() -> None:
    for n in (0, -3):
        assert Figure(n, 2).share is None
        assert interval(Figure(n, 2)) is None
        assert not is_reliable(Figure(n, 2))


def test_at_the_ceiling_the_upper_end_is_open_and_nothing_is_reliable() -> None:
    figure = Figure(1000, 600, at_ceiling=1)
    assert interval(figure)[1] == 1.0
    assert not is_reliable(figure)
    assert is_reliable(Figure(1000, 590))


def test_a_difference_is_told_only_where_it_is_clear() -> None:
    small, large = Figure(20, 4), Figure(20, 6)
    assert change_between(small, large) is Change.NO_CLEAR_DIFFERENCE
    few, many = Figure(2000, 400), Figure(2000, 600)
    assert change_between(few, many) is Change.HIGHER
    assert change_between(many, few) is Change.LOWER
    assert change_between(few, few) is Change.NO_CLEAR_DIFFERENCE


def test_of_two_windows_alike_few_are_said_to_differ() -> None:
    source, draw, differ = random.Random(9), seeded(9), 0
    for _ in range(600):
        one, other = (figure_with_noise(40, sum(source.random() < 0.25 for _ in range(40)), draw) for _ in range(2))
        differ += change_between(one, other) is not Change.NO_CLEAR_DIFFERENCE
    assert differ / 600 < 0.08


def test_levels_have_intervals_within_nothing_and_everything() -> None:
    low, high = interval_of_level(3, 100, 2, 250)
    assert 0 <= low < 0.03 < high < 0.2
    assert interval_of_level(0, 0, 1, 250) == (0.0, 1.0)


@pytest.mark.parametrize(
    "counts", [(0, 0, 90, 10), (-4, 3, 50, 2), (5, 5, 5, 5), (0, 0, 0, 0), (-1, -2, -3, -4), (1, 0, 0, 9)]
)
def test_shown_levels_keep_their_sum_and_the_ceiling(counts: tuple[int, ...]) -> None:
    flags = (False, False, True, True)
    shown = shown_levels(counts, flags)
    assert min(shown) >= 0
    assert sum(shown) == sum(max(0, each) for each in counts)
    assert sum(shown[2:]) * 5 <= sum(shown) * 3
