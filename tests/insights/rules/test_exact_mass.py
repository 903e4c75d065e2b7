"""T3 and T4 on exact probability mass: every outcome of the mechanism's own code, weighed, none of it sampled.

With `T` for exp(-1/2), noise of 500, 1000 and 2000 thousandths has the probabilities of powers of T, and everything
here is a rational number. The inequalities hold for any T between 0 and 1; 3/5, which is near exp(-1/2), stands for it.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from fractions import Fraction
from math import exp

import pytest

from heartport.insights.rules import blocks
from heartport.insights.rules.blocks import choose_blocks
from heartport.insights.rules.budget import AT_RISK, BY_GROUP, CHOICE, OF_ONE_ANSWER, SIZE, Draw, of_a_level
from heartport.insights.rules.figures import figure_with_noise
from tests.insights.invented import FLOOR, city

T = Fraction(3, 5)
Mass = dict[Hashable, Fraction]


def mass(milli: int, z: int) -> Fraction:
    """Return the probability of noise z."""
    q = T ** (milli // 500)
    return (1 - q) / (1 + q) * q ** abs(z)


def tail(milli: int, z: int) -> Fraction:
    """Return the probability of noise of at least z, for z above 0."""
    q = T ** (milli // 500)
    return q**z / (1 + q)


def distribution(run: Callable[[Draw], Hashable], reach: Callable[[int], tuple[int, int]]) -> Mass:
    """Return the probability of every outcome of `run`, by letting each noise take each value.

    `reach(milli)` gives the ends; noise beyond them is lumped together with them, so they must be so far away that
    nothing differs there any more.
    """
    found: Mass = defaultdict(Fraction)
    for chosen in _paths(run, reach, []):
        found[chosen[0]] += chosen[1]
    assert sum(found.values()) == 1
    return found


def _paths(
    run: Callable[[Draw], Hashable], reach: Callable[[int], tuple[int, int]], path: list[int]
) -> Iterator[tuple[Hashable, Fraction]]:
    asked: list[int] = []

    def draw(milli: int) -> int:
        asked.append(milli)
        if len(asked) > len(path):
            raise _More
        return path[len(asked) - 1]

    try:
        outcome = run(draw)
    except _More:
        low, high = reach(asked[-1])
        for z in range(low, high + 1):
            yield from _paths(run, reach, [*path, z])
        return
    weight = Fraction(1)
    for milli, z in zip(asked, path, strict=True):
        low, high = reach(milli)
        weight *= tail(milli, -low) if z == low else tail(milli, high) if z == high else mass(milli, z)
    yield outcome, weight


class _More(Exception):
    """The run asks for more noise than the path has."""


def worst_ratio(one: Mass, other: Mass) -> Fraction:
    assert set(one) == set(other)
    return max(max(one[each] / other[each], other[each] / one[each]) for each in one)


# T3: the figure of a block


REACH = 14


def figure_masses(n: int, at_risk: int) -> Mass:
    """Return the masses of a figure's outcomes; of those that noise beyond the reach leads to, one for each side."""

    def run(draw: Draw) -> Hashable:
        made = figure_with_noise(n, at_risk, draw)
        return made.n, made.at_risk

    lumped: Mass = defaultdict(Fraction)
    for (noisy_n, noisy), weight in distribution(run, lambda milli: (-REACH, REACH)).items():
        # An outcome counts only where both worlds reach it by noise that is not lumped.
        inside = abs(noisy_n - n) < REACH - 1 and abs(noisy - at_risk) < REACH - 1
        lumped[(noisy_n, noisy) if inside else "beyond"] += weight
    return lumped


@pytest.mark.parametrize(("n", "at_risk"), [(10, 0), (10, 5), (12, 11)])
def test_t3_one_changed_answer_multiplies_no_outcome_of_a_block_by_more_than_e(n: int, at_risk: int) -> None:
    one, other = figure_masses(n, at_risk), figure_masses(n, at_risk + 1)
    common = set(one) & set(other) - {"beyond"}
    assert len(common) > 150
    worst = max(max(one[each] / other[each], other[each] / one[each]) for each in common)
    assert worst == T**-2  # e, exactly: the promise is kept, and no noise is wasted


def test_t3_control_less_noise_is_seen() -> None:
    def masses(at_risk: int) -> Mass:
        found = distribution(
            lambda draw: figure_with_noise(30, at_risk, draw, at_risk_milli=2000).at_risk, lambda _: (-12, 12)
        )
        return {each: weight for each, weight in found.items() if abs(each - 5) < 8}

    one, other = masses(5), masses(6)
    assert max(one[each] / other[each] for each in set(one) & set(other)) > T**-2


def test_t3_control_hiding_small_figures_is_seen() -> None:
    """A figure that is shown only where somebody is at risk: its absence tells."""

    def run_with(at_risk: int) -> Callable[[Draw], Hashable]:
        return lambda draw: figure_with_noise(12, at_risk, draw).at_risk if at_risk else "hidden"

    shown = distribution(run_with(1), lambda _: (-12, 12))
    assert "hidden" in distribution(run_with(0), lambda _: (-12, 12))
    assert "hidden" not in shown


def views_of(at_risk: int, views: int) -> Mass:
    """Return the masses of a block's figure that is told so often, each time with noise of its own."""

    def run(draw: Draw) -> Hashable:
        return tuple(figure_with_noise(30, at_risk, draw).at_risk for _ in range(views))

    found = distribution(run, lambda _: (-5, 5))
    return {each: weight for each, weight in found.items() if all(abs(count - 5) < 4 for count in each)}


@pytest.mark.parametrize(("views", "kept"), [(1, True), (2, False)])
def test_t3_control_sealing_twice_or_noise_of_its_own_on_a_parent_is_seen(views: int, kept: bool) -> None:
    """A parent that is a sum of blocks tells nothing more; one with noise of its own is a second view of the answer."""
    one, other = views_of(5, views), views_of(6, views)
    assert (max(one[each] / other[each] for each in set(one) & set(other)) <= T**-2) is kept


def right_over(windows: int, epsilons: Sequence[float]) -> float:
    """Return how often the best guess at an answer is right that stays the same, all other answers being known.

    One more or not: noise lies on the right side with probability 1 / (1 + exp(-epsilon)), and how far does not matter.
    """
    weights = {0.0: 1.0}
    for epsilon in [each for each in epsilons for _ in range(windows)]:
        right = 1 / (1 + exp(-epsilon))
        after: dict[float, float] = defaultdict(float)
        for weight, chance in weights.items():
            after[round(weight + epsilon, 9)] += chance * right
            after[round(weight - epsilon, 9)] += chance * (1 - right)
        weights = after
    return sum(chance * (0.5 if weight == 0 else weight > 0) for weight, chance in weights.items())


def test_over_four_windows_an_answer_that_stays_the_same_is_told_as_often_as_is_said() -> None:
    """docs/aggregates.md gives these figures: of the block alone, and of its district's levels and groups, too."""
    everything = [each / 1000 for each in (AT_RISK, BY_GROUP, of_a_level(1), of_a_level(1))]
    assert sum(everything) * 1000 == OF_ONE_ANSWER
    assert right_over(1, [AT_RISK / 1000]) == pytest.approx(0.731, abs=0.001)
    assert right_over(4, [AT_RISK / 1000]) == pytest.approx(0.822, abs=0.001)
    assert right_over(4, everything) == pytest.approx(0.877, abs=0.001)


# T4: that somebody took part


TREE = city(districts=1, enterprises=1, departments=2)
NEIGHBOUR = 12
"""So many took part in the other department."""


def structures(n: int, floor: int = FLOOR) -> Mass:
    """Return the masses of all that can be read off the choice of blocks, where one department has `n` people."""

    def run(draw: Draw) -> Hashable:
        choice = blocks._Choice(TREE, {"d0e0p0": n, "d0e0p1": NEIGHBOUR}, floor, draw)
        left_over = choice.enterprise(TREE.nodes["d0e0"])
        return bool(left_over), tuple(sorted((each.id, tuple(sorted(each.units))) for each in choice.found))

    # Below -3 nobody is undercounted, and above this even all together are too few: nothing differs beyond.
    return distribution(run, lambda milli: (-3, n + NEIGHBOUR - floor - 2))


PARTICIPATION = {n: structures(n) for n in (10, 11, 12, 13)}


@pytest.mark.parametrize("n", [10, 11, 12])
def test_t4_one_more_participant_changes_the_blocks_by_a_bounded_factor(n: int) -> None:
    """Two draws see the person here, that of the department and that of what is pooled: 2.0 each."""
    assert worst_ratio(PARTICIPATION[n], PARTICIPATION[n + 1]) <= T**-8


def test_t4_control_choosing_by_exact_numbers_is_seen() -> None:
    def exact(n: int) -> set[str]:
        return {each.id for each in choose_blocks(TREE, {"d0e0p0": n, "d0e0p1": 30}, FLOOR, lambda _: 0).blocks}

    assert exact(12) != exact(13)


def test_t4_control_half_the_scale_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "CHOICE", 2 * CHOICE)
    assert worst_ratio(structures(10), structures(11)) > T**-8


@pytest.mark.parametrize(("floor", "seen"), [(FLOOR, False), (4, True)])
def test_t4_control_a_floor_of_four_is_seen(floor: int, seen: bool) -> None:
    """Nine people have no figure of their own, whatever the noise is; with a floor of four they sometimes would."""
    outcomes = structures(9, floor)
    assert any(("d0e0p0", ("d0e0p0",)) in found for _, found in outcomes) is seen


def test_t4_undercounting_hides_whether_the_floor_was_reached() -> None:
    """With ten people a department stands alone seldom, with thirteen often: there is no step at ten."""

    def alone(n: int) -> Fraction:
        found = PARTICIPATION[n].items()
        return sum((weight for (_, made), weight in found if ("d0e0p0", ("d0e0p0",)) in made), Fraction())

    chances = [alone(n) for n in (10, 11, 12, 13)]
    assert 0 < chances[0] < chances[1] < chances[2] < chances[3] < 1


def best_guess(n: int) -> float:
    """Return how often the best attacker, who knows all others, is right about whether one more took part.

    They see the blocks and both figures of the block; whoever takes part is at risk, the worst case.
    """
    apart = 0.0
    for structure in set(PARTICIPATION[n]) | set(PARTICIPATION[n + 1]):
        one, other = (float(PARTICIPATION[each].get(structure, 0)) for each in (n, n + 1))
        for z in range(-30, 31):
            for y in range(-30, 31):
                apart += abs(
                    one * likely(SIZE, z) * likely(AT_RISK, y) - other * likely(SIZE, z - 1) * likely(AT_RISK, y - 1)
                )
    return 0.5 + apart / 4


def likely(milli: int, z: int) -> float:
    q = exp(-milli / 1000)
    return (1 - q) / (1 + q) * q ** abs(z)


def test_t4_even_who_knows_all_others_is_often_wrong_about_one() -> None:
    """Participation is only weakly protected, as docs/threat-model.md says; a certainty it never is."""
    assert 0.5 < best_guess(10) < 0.85
