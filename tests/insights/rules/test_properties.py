"""T1, T2, T3, T6, T7 and T8 of the mechanism, each beside a broken variant that the same test catches."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from heartport.insights.documents import map_text, table_of, table_text
from heartport.insights.releases import Published
from heartport.insights.rules import answers, blocks, figures, tables
from heartport.insights.rules.answers import Answer, contributions
from heartport.insights.rules.blocks import choose_blocks
from heartport.insights.rules.budget import AT_RISK, BY_GROUP, CHOICE, OF_ONE_ANSWER, SIZE, of_a_level
from heartport.insights.rules.figures import Figure
from heartport.insights.rules.tables import Table, whole_districts
from tests.insights.invented import (
    ASKED,
    FLOOR,
    KEY,
    Respondent,
    city,
    crowd,
    no_noise,
    people_of,
    seeded,
    table,
    tally,
)

SEEDS = range(12)
TREE = city()


def published(made: Table) -> Published:
    """Return a table as it is read after it was published."""
    return Published(TREE, *table_of(KEY, table_text(TREE, made), map_text(made.blocks)))


# T1: every figure rests on at least k people


def fewest_behind_a_figure(seed: int, floor: int = FLOOR) -> int:
    people = crowd(TREE, seed)
    made = table(TREE, people, seeded(seed), floor=floor)
    sizes = [len(people_of(people, block.units)) for block in made.blocks.blocks]
    within = whole_districts(TREE, made.blocks)
    sizes += [len(people_of(people, within[each.root])) for each in made.levels]
    for each in made.groups:
        sizes.append(sum(one.group == each.group for one in people_of(people, within[each.root])))
    return min(sizes, default=FLOOR)


def test_t1_every_figure_rests_on_at_least_ten_people() -> None:
    assert min(fewest_behind_a_figure(seed) for seed in SEEDS) >= FLOOR


def test_t1_control_a_floor_of_four_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "FLOOR", 4)
    assert min(fewest_behind_a_figure(seed, floor=4) for seed in SEEDS) < FLOOR


def test_t1_control_counting_up_instead_of_under_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "UNDERCOUNT", -6)
    monkeypatch.setattr(blocks, "max", lambda _, value: value, raising=False)
    assert min(fewest_behind_a_figure(seed) for seed in SEEDS) < FLOOR


@pytest.mark.parametrize("floor", [-1, 0, 4, 9])
def test_t1_the_floor_cannot_be_lowered(floor: int) -> None:
    with pytest.raises(ValueError, match="at least 10"):
        choose_blocks(TREE, {}, floor, no_noise)


def test_a_higher_floor_is_kept() -> None:
    for seed in SEEDS:
        people = crowd(TREE, seed, most=60)
        made = table(TREE, people, seeded(seed), floor=25)
        assert all(len(people_of(people, block.units)) >= 25 for block in made.blocks.blocks)


# T2: every unit's figure is a sum of disjoint blocks, and a parent is the sum of what lies below


def sums_are_wrong(read: Published, inside: dict[str, Figure]) -> bool:
    for unit_id, figure in inside.items():
        own = [
            read.table.figures[block.id] for block in read.table.blocks.blocks if unit_id in TREE.lineage(block.root)
        ]
        if (sum(each.n for each in own), sum(each.at_risk for each in own)) != (figure.n, figure.at_risk):
            return True
    return False


def test_t2_blocks_are_disjoint_and_each_lies_below_its_root() -> None:
    for seed in SEEDS:
        made = table(TREE, crowd(TREE, seed), seeded(seed))
        units = [unit for block in made.blocks.blocks for unit in block.units]
        assert len(units) == len(set(units))
        for block in made.blocks.blocks:
            assert all(block.root in TREE.lineage(unit) for unit in block.units)
            assert all(made.blocks.of_unit[unit] == block.id for unit in block.units)


def test_t2_every_figure_is_a_sum_of_blocks() -> None:
    for seed in SEEDS:
        read = published(table(TREE, crowd(TREE, seed), seeded(seed)))
        assert read.inside
        assert not sums_are_wrong(read, dict(read.inside))


def test_t2_control_noise_of_its_own_on_parents_is_seen() -> None:
    read = published(table(TREE, crowd(TREE, 1), seeded(1)))
    draw = seeded(2)
    apart = {
        unit_id: replace(each, n=each.n + draw(SIZE)) if each.blocks > 1 else each
        for unit_id, each in read.inside.items()
    }
    assert sums_are_wrong(read, apart)


# T3: one changed answer changes little, by exact accounts of every figure that it moves


def counts_behind(people: list[Respondent], monkeypatch: pytest.MonkeyPatch) -> tuple[list[tuple[int, int]], int]:
    """Return each count that gets noise, with its thousandths of epsilon, and how many of them belong to blocks.

    Without noise and without ceiling, which is applied to what has its noise already, figures are the counts.
    """
    asked: list[int] = []

    def noting(milli: int) -> int:
        asked.append(milli)
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(figures, "CEILING_NUMERATOR", 1000)
        patch.setattr(figures, "CEILING_DENOMINATOR", 1)
        made = table(TREE, people, noting)
    found = [
        pair
        for each in made.blocks.blocks
        for pair in ((SIZE, made.figures[each.id].n), (AT_RISK, made.figures[each.id].at_risk))
    ]
    of_blocks = len(found)
    found += [(of_a_level(1), count) for each in made.levels for count in each.counts.values()]
    found += [pair for e in made.groups for pair in ((SIZE, e.figure.n), (BY_GROUP, e.figure.at_risk))]
    assert [milli for milli in asked if milli != CHOICE] == [milli for milli, _ in found]
    return found, of_blocks


def loss_of_one_change(
    monkeypatch: pytest.MonkeyPatch, told: Callable[[int], int] = lambda loss: loss, of_units_alone: bool = False
) -> int:
    """Return the most that one changed answer can move the logarithm of any outcome's probability, in thousandths.

    The noise of each count has probability ~ exp(-epsilon |z|), so a count that moves by d moves it by epsilon · d.
    """
    most = 0
    for seed in range(3):
        people = crowd(TREE, seed)
        before, of_blocks = counts_behind(people, monkeypatch)
        for place in random.Random(seed).sample(range(len(people)), 8):
            for level in ("minimal", "severe"):
                other = [replace(each, level=level) if at == place else each for at, each in enumerate(people)]
                after, _ = counts_behind(other, monkeypatch)
                assert [milli for milli, _ in before] == [milli for milli, _ in after]
                moved = [milli * abs(a - b) for (milli, a), (_, b) in zip(before, after, strict=True)]
                most = max(most, told(sum(moved[:of_blocks] if of_units_alone else moved)))
    return most


def test_t3_one_changed_answer_costs_at_most_two(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loss_of_one_change(monkeypatch) == OF_ONE_ANSWER == 2000


def test_t3_of_the_figures_of_units_it_costs_at_most_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loss_of_one_change(monkeypatch, of_units_alone=True) == 1000


def test_t3_control_sealing_twice_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loss_of_one_change(monkeypatch, told=lambda once: once + once) > OF_ONE_ANSWER


def test_t3_control_noise_of_its_own_on_parents_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A figure of the enterprise and one of the district that are no sums would each tell the answer once more."""
    choose = tables.choose_blocks

    def with_parents(*asked: object) -> blocks.Blocks:
        made = choose(*asked)
        parents = [
            blocks.Block(
                f"{root}!", root, tuple(u for e in made.blocks if root in TREE.lineage(e.root) for u in e.units)
            )
            for root in ("c", "d0", "d1")
        ]
        return blocks.Blocks((*made.blocks, *parents), made.of_unit)

    monkeypatch.setattr(tables, "choose_blocks", with_parents)
    assert loss_of_one_change(monkeypatch, of_units_alone=True) > 1000


# T6: retakes give exactly what the last one gives


def output(levels: list[str], counted: Callable[[list[Answer]], object]) -> bytes:
    """Return what is published where one person answered so often, the others once."""
    people = crowd(TREE, 3)
    latest_first = [Answer(KEY, "d0e0p0", (level,), level in ASKED.scores[0].at_risk) for level in reversed(levels)]
    counts = tally(people)
    for each in counted(latest_first):
        counts.update([tables.Kind(each.key, each.unit_id, each.levels, each.at_risk, "female")])
    return table_text(TREE, tables.make_table(TREE, counts, ASKED, FLOOR, seeded(5)))


def test_t6_thirty_retakes_give_what_the_last_gives() -> None:
    assert output(["severe"] * 30 + ["mild"], contributions) == output(["mild"], contributions)


def test_t6_control_counting_retakes_is_seen() -> None:
    assert output(["severe"] * 30 + ["mild"], list) != output(["mild"], list)


# T7: no block, sum or distribution shows an at-risk share above 0.60


def highest_share(people: list[Respondent], seed: int) -> float:
    read = published(table(TREE, people, seeded(seed)))
    shares = [figure.share or 0 for figure in read.inside.values()]
    shares += [each.figure.share or 0 for each in read.table.groups]
    for each in read.table.levels:
        counts = {level: max(0, count) for level, count in each.counts.items()}
        high = sum(counts[level] for level in ASKED.scores[0].at_risk)
        shares.append(high / (sum(counts.values()) or 1))
    return max(shares)


def test_t7_where_everybody_is_at_risk_no_more_than_sixty_percent_is_shown() -> None:
    for seed in SEEDS:
        assert 0.5 < highest_share(crowd(TREE, seed, level=lambda _: "severe"), seed) <= 0.6


def test_t7_where_nobody_is_the_share_is_small() -> None:
    for seed in SEEDS:
        assert highest_share(crowd(TREE, seed, most=60, level=lambda _: "minimal"), seed) < 0.5


@pytest.mark.parametrize("name", ["figure", "levels"])
def test_t7_control_without_ceiling_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "CEILING_NUMERATOR", 5 if name == "figure" else 4)
    assert highest_share(crowd(TREE, 1, level=lambda _: "severe"), 1) > 0.6


# T8: what is shown depends on who took part, never on what they answered


def shown(people: list[Respondent], seed: int) -> tuple[object, ...]:
    made = table(TREE, people, seeded(seed))
    blocks_shown = [(each.id, each.units) for each in made.blocks.blocks]
    return (
        blocks_shown,
        made.blocks.of_unit,
        [(each.root, each.score) for each in made.levels],
        [(each.root, each.group) for each in made.groups],
    )


def permuted(people: list[Respondent], seed: int) -> list[Respondent]:
    levels = [each.level for each in people]
    random.Random(seed).shuffle(levels)
    return [replace(each, level=level) for each, level in zip(people, levels, strict=True)]


def choosing_draws_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let noise of figures take nothing from the source, so that the choices of two worlds see the same noise."""
    original = figures.figure_with_noise
    monkeypatch.setattr(tables, "figure_with_noise", lambda n, a, draw, **kw: original(n, a, no_noise, **kw))
    monkeypatch.setattr(tables, "levels_with_noise", lambda counts, *_, **__: (tuple(counts), False))


def test_t8_permuting_levels_changes_nothing_of_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    choosing_draws_alone(monkeypatch)
    for seed in SEEDS:
        people = crowd(TREE, seed)
        assert shown(people, seed) == shown(permuted(people, seed), seed)


def test_t8_control_hiding_by_level_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    choosing_draws_alone(monkeypatch)
    choose = tables.choose_blocks

    def hiding(counted: object) -> Callable[..., blocks.Blocks]:
        def chosen(tree: object, sizes: object, floor: int, draw: object) -> blocks.Blocks:
            made = choose(tree, sizes, floor, draw)
            kept = tuple(e for e in made.blocks if sum(p.kind.at_risk for p in people_of(counted, e.units)) >= 5)
            return blocks.Blocks(kept, made.of_unit)

        return chosen

    def differs(seed: int) -> bool:
        people = crowd(TREE, seed)
        other = permuted(people, seed)
        found = []
        for each in (people, other):
            monkeypatch.setattr(tables, "choose_blocks", hiding(each))
            found.append(shown(each, seed))
        return found[0] != found[1]

    assert any(differs(seed) for seed in SEEDS)


def test_a_window_tells_apart_by_sex_or_by_age_never_by_both() -> None:
    assert (answers.facet_of("2026H1"), answers.facet_of("2026H2")) == ("sex", "age")
