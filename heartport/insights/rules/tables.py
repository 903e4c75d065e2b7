"""The finished table of one scale in one window, from counts in memory to what is published."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from heartport.insights.rules.answers import Measured, ScaleKey, groups_of
from heartport.insights.rules.blocks import CITY, Block, Blocks, Tree, choose_blocks
from heartport.insights.rules.budget import BY_GROUP, CHOICE, Draw, of_a_level
from heartport.insights.rules.figures import Figure, figure_with_noise, levels_with_noise


class Kind(NamedTuple):
    """What is alike in all who are counted together: nothing else of a person is looked at."""

    key: ScaleKey
    unit_id: str | None
    levels: tuple[str, ...]
    at_risk: bool
    group: str | None
    """By sex or by age, whichever the window tells apart."""


Tally = Counter[Kind]
"""How many people there are of each kind; lives in memory while a sealing runs, and nowhere else."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which scale a table is made, and by what people are told apart in it."""

    key: ScaleKey
    scores: tuple[Measured, ...]
    facet: str


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of one score in a district, or among those who are pooled at the city."""

    root: str
    score: str
    counts: Mapping[str, int]
    at_ceiling: bool


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """One group by sex or age in a district, or among those who are pooled at the city."""

    root: str
    group: str
    figure: Figure


@dataclass(frozen=True)
class Table:
    """All that is published about one scale in one window."""

    key: ScaleKey
    facet: str
    blocks: Blocks
    figures: Mapping[str, Figure]
    levels: tuple[Levels, ...]
    groups: tuple[GroupFigure, ...]


def make_table(tree: Tree, tally: Mapping[Kind, int], asked: Asked, floor: int, draw: Draw) -> Table:
    """Return the table of one scale: blocks by size alone, then each figure with its noise, drawn once."""
    counted = _Counted(tree, {kind: count for kind, count in tally.items() if kind.key == asked.key})
    blocks = choose_blocks(tree, counted.sizes(), floor, draw)
    figures = {
        each.id: figure_with_noise(counted.n(each.units), counted.at_risk(each.units), draw) for each in blocks.blocks
    }
    districts = whole_districts(tree, blocks)
    levels = [
        _levels(root, counted.within(units), place, asked.scores, draw)
        for root, units in districts.items()
        for place in range(len(asked.scores))
    ]
    groups = [
        each
        for root, units in districts.items()
        for group in groups_of(asked.facet)
        if (each := _group(root, group, counted.within(units), floor, draw)) is not None
    ]
    return Table(asked.key, asked.facet, blocks, figures, tuple(levels), tuple(groups))


def whole_districts(tree: Tree, blocks: Blocks) -> dict[str, list[str]]:
    """Return the units whose people stand in a block within each district; those pooled at a city stand by themselves.

    Each rests on at least one block, and so on as many people as the floor asks for.
    """
    found: dict[str, list[str]] = {}
    for block in blocks.blocks:
        found.setdefault(district_of(tree, block), []).extend(block.units)
    return found


def district_of(tree: Tree, block: Block) -> str:
    """Return the district or industry in which a block lies, or the city at which it is pooled."""
    lineage = tree.lineage(block.root)
    return lineage[0] if tree.nodes[block.root].level == CITY else lineage[1]


class _Counted:
    """Exact counts of one scale, as a table is made from them."""

    def __init__(self, tree: Tree, tally: Mapping[Kind, int]) -> None:
        self._of_unit: dict[str, list[tuple[Kind, int]]] = {}
        for kind, count in tally.items():
            place = tree.place(kind.unit_id)
            if place is not None:
                self._of_unit.setdefault(place, []).append((kind, count))

    def sizes(self) -> dict[str, int]:
        return {unit: sum(count for _, count in kinds) for unit, kinds in self._of_unit.items()}

    def within(self, units: Sequence[str]) -> list[tuple[Kind, int]]:
        return [each for unit in units for each in self._of_unit.get(unit, ())]

    def n(self, units: Sequence[str]) -> int:
        return _count(self.within(units), lambda _: True)

    def at_risk(self, units: Sequence[str]) -> int:
        return _count(self.within(units), lambda kind: kind.at_risk)


def _count(kinds: Sequence[tuple[Kind, int]], counts: Callable[[Kind], bool]) -> int:
    return sum(count for kind, count in kinds if counts(kind))


def _levels(root: str, kinds: Sequence[tuple[Kind, int]], place: int, scores: Sequence[Measured], draw: Draw) -> Levels:
    measured = scores[place]
    counts = [_count(kinds, lambda kind, level=level: kind.levels[place] == level) for level in measured.levels]  # type: ignore[misc]
    flags = [level in measured.at_risk for level in measured.levels]
    noisy, at_ceiling = levels_with_noise(counts, flags, draw, milli=of_a_level(len(scores)))
    return Levels(root, measured.score, dict(zip(measured.levels, noisy, strict=True)), at_ceiling)


def _group(root: str, group: str, kinds: Sequence[tuple[Kind, int]], floor: int, draw: Draw) -> GroupFigure | None:
    """Return the figure of one group, or None where too few are in it, undercounted as units are."""
    inside = [each for each in kinds if each[0].group == group]
    n, at_risk = _count(inside, lambda _: True), _count(inside, lambda kind: kind.at_risk)
    if n - max(0, 3 + draw(CHOICE)) < floor:
        return None
    return GroupFigure(root, group, figure_with_noise(n, at_risk, draw, at_risk_milli=BY_GROUP))
