"""Who publishes figures of the attacked world: the mechanism, and simpler ones that the attacks break.

An attack sees what `publish` returns and nothing else: groups of units with their two counts, as any reader of the API
gets them. Nothing here says how an attack works, and no attack knows how its publisher works.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

from heartport.assessments.records import Record
from heartport.insights.rules.answers import Answer, ScaleKey, answer_of, contributions, measured
from heartport.insights.rules.blocks import Node, Tree
from heartport.insights.rules.budget import Draw
from heartport.insights.rules.tables import Asked, Kind, Tally, make_table
from heartport.scoring.library import load_file

SCALE = load_file(Path(__file__).parents[2] / "scales" / "phq9.yaml")
KEY = ScaleKey.of(SCALE.id, SCALE.version)
FLOOR = 10
NAIVE_FLOOR = 5


@dataclass(frozen=True)
class Person:
    """A sheet of somebody in a department, and whether it says that they are at risk."""

    name: str
    department: str
    unwell: bool


@dataclass(frozen=True)
class Cell:
    """Published counts of the people of some departments together."""

    departments: frozenset[str]
    n: int
    unwell: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.unwell, self.n) if self.n > 0 else Fraction()


Publish = Callable[[Sequence[Person], Sequence[str]], list[Cell]]
"""Publishes a window: the sheets of all who took part, the first one first, and all departments that there are."""
Count = Callable[[Sequence[Person]], Iterable[Answer]]


def enterprise_of(department: str) -> str:
    return department.partition("/")[0]


def naive(people: Sequence[Person], departments: Sequence[str]) -> list[Cell]:
    """Exact counts of every department, every enterprise and the city, hidden below five people."""
    groups = [frozenset({each}) for each in departments]
    enterprises = sorted({enterprise_of(each) for each in departments})
    groups += [frozenset(d for d in departments if enterprise_of(d) == each) for each in enterprises]
    groups.append(frozenset(departments))
    cells = [exact(people, group) for group in groups]
    return [cell for cell in cells if cell.n >= NAIVE_FLOOR]


def exact(people: Sequence[Person], group: frozenset[str]) -> Cell:
    inside = [each for each in people if each.department in group]
    return Cell(group, len(inside), sum(each.unwell for each in inside))


def counted(sheets: Sequence[Person]) -> Iterable[Answer]:
    """Give what counts of all sheets, as the sealing finds it in the records of each person, the latest first."""
    by_name: dict[str, list[Person]] = {}
    for sheet in reversed(sheets):
        by_name.setdefault(sheet.name, []).append(sheet)
    for own in by_name.values():
        yield from contributions(answer(sheet.department, sheet.unwell) for sheet in own)


@cache
def answer(department: str, unwell: bool) -> Answer | None:
    """Return what one sealed sheet says for aggregates."""
    record = Record(
        scale_id=SCALE.id,
        scale_version=SCALE.version,
        scale_hash=SCALE.hash,
        engine="1",
        submitted_at=datetime(2026, 3, 1, tzinfo=UTC),
        answers={},
        profile={},
        scores={},
        bands={"total": "moderate" if unwell else "minimal"},
        flags=(),
        advice=(),
        missing=(),
        duration_ms=None,
        consents=("aggregate",),
        unit=department,
    )
    return answer_of(record, SCALE)


def sealed(draw: Draw, count: Count = counted) -> Publish:
    """The mechanism itself, with its blocks as cells and every sum of them that the API gives."""

    def publish(people: Sequence[Person], departments: Sequence[str]) -> list[Cell]:
        tree = tree_of(departments)
        tally = Tally(Kind(each.key, each.unit_id, each.levels, each.at_risk, None) for each in count(people))
        table = make_table(tree, tally, Asked(KEY, measured(SCALE), "sex"), FLOOR, draw)
        cells = [
            Cell(frozenset(u for u in block.units if u in departments), figure.n, figure.at_risk)
            for block in table.blocks.blocks
            for figure in (table.figures[block.id],)
        ]
        return [*cells, *sums(cells, departments)]

    return publish


def sums(cells: Sequence[Cell], departments: Sequence[str]) -> list[Cell]:
    """Return the figures of enterprises and of the city, as the API sums them up from blocks."""
    found = []
    enterprises = [
        frozenset(d for d in departments if enterprise_of(d) == e) for e in {*map(enterprise_of, departments)}
    ]
    for group in (*enterprises, frozenset(departments)):
        inside = [each for each in cells if each.departments <= group]
        if len(inside) > 1:
            union = frozenset(d for each in inside for d in each.departments)
            found.append(Cell(union, sum(each.n for each in inside), sum(each.unwell for each in inside)))
    return found


def tree_of(departments: Sequence[str]) -> Tree:
    nodes = [Node("c", None, "city", "c"), Node("d", "c", "district", "d")]
    nodes += [Node(each, "d", "enterprise", each) for each in sorted({*map(enterprise_of, departments)})]
    nodes += [Node(each, enterprise_of(each), "department", each) for each in departments]
    return Tree({each.id: each for each in nodes})


# Worlds to attack


def world(seed: int, enterprises: int = 5, departments: int = 4, most: int = 22) -> tuple[list[Person], list[str]]:
    """Return people in departments of very different sizes, a third of them at risk."""
    source = random.Random(seed)
    names = [f"e{e}/p{p}" for e in range(enterprises) for p in range(departments)]
    people = []
    for name in names:
        size = int(source.random() * most)
        people += [Person(f"{name}:{number}", name, source.random() < 1 / 3) for number in range(size)]
    return people, names


def counts(people: Sequence[Person], departments: Sequence[str]) -> Mapping[str, Cell]:
    """Return the truth about each department."""
    return {each: exact(people, frozenset({each})) for each in departments}
