"""Invented cities and their people, for proofs about the pure mechanism."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from heartport.insights.rules.answers import Measured, ScaleKey
from heartport.insights.rules.blocks import Node, Tree
from heartport.insights.rules.budget import Draw
from heartport.insights.rules.tables import Asked, Kind, Table, Tally, make_table

KEY = ScaleKey("phq9", 1)
LEVELS = ("minimal", "mild", "moderate", "severe")
SCORES = (Measured("total", LEVELS, frozenset({"moderate", "severe"})),)
ASKED = Asked(KEY, SCORES, "sex")
FLOOR = 10


@dataclass(frozen=True)
class Respondent:
    """One person with their last answer."""

    unit: str
    level: str
    group: str | None = "female"

    @property
    def kind(self) -> Kind:
        return Kind(KEY, self.unit, (self.level,), self.level in SCORES[0].at_risk, self.group)


def tally(people: Iterable[Respondent]) -> Tally:
    return Tally(each.kind for each in people)


def table(tree: Tree, people: Iterable[Respondent], draw: Draw, asked: Asked = ASKED, floor: int = FLOOR) -> Table:
    return make_table(tree, tally(people), asked, floor, draw)


def city(districts: int = 2, enterprises: int = 3, departments: int = 4) -> Tree:
    """Return a city; the ids say where a unit stands: `d0`, `d0e1`, `d0e1p3`."""
    nodes = [Node("c", None, "city", "云岬市")]
    for d in range(districts):
        nodes.append(Node(f"d{d}", "c", "district", f"第 {d} 区"))
        for e in range(enterprises):
            nodes.append(Node(f"d{d}e{e}", f"d{d}", "enterprise", f"第 {d}.{e} 厂"))
            nodes += [Node(f"d{d}e{e}p{p}", f"d{d}e{e}", "department", f"第 {p} 车间") for p in range(departments)]
    return Tree({each.id: each for each in nodes})


def crowd(
    tree: Tree, seed: int, most: int = 30, level: Callable[[random.Random], str] | None = None
) -> list[Respondent]:
    """Return people in all units, in most departments few, in some many."""
    source = random.Random(seed)
    pick = level or (lambda own: own.choices(LEVELS, (40, 30, 20, 10))[0])
    people = []
    for node in sorted(tree.nodes.values(), key=lambda each: each.id):
        share = {"department": 1.0, "enterprise": 0.2}.get(node.level, 0.1)
        count = int(source.random() ** 2 * most * share)
        people += [Respondent(node.id, pick(source), source.choice(("female", "male", None))) for _ in range(count)]
    return people


def no_noise(_milli: int) -> int:
    return 0


def seeded(seed: int) -> Draw:
    """Return noise of the right shape that comes again; for tests alone, being no true randomness."""
    source = random.Random(seed)

    def draw(milli: int) -> int:
        stop = 1 - 2.718281828459045 ** (-milli / 1000)
        ups = downs = 0
        while source.random() > stop:
            ups += 1
        while source.random() > stop:
            downs += 1
        return ups - downs

    return draw


def people_of(people: Sequence[Respondent], units: Iterable[str]) -> list[Respondent]:
    wanted = set(units)
    return [each for each in people if each.unit in wanted]
