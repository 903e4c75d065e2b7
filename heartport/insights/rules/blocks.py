"""Which people are told about together: blocks, chosen by how many took part and never by what they answered.

`m = max(0, n - max(0, 3 + Z))`, with `Z` from the two-sided geometric distribution. A department with `m` at the floor
stands alone. The rest of its enterprise is pooled; where that is too small it joins the smallest block there, else the
pool of the district, then that of the city, and else it is left out of every figure.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from heartport.insights.rules.budget import CHOICE, Draw

FLOOR = 10
"""The fewest people behind a figure; a setting may raise it, nothing lowers it."""
UNDERCOUNT = 3
CITY, ENTERPRISE, DEPARTMENT = "city", "enterprise", "department"


@dataclass(frozen=True, slots=True)
class Node:
    """One unit of the tree as it stood when the window closed."""

    id: str
    parent: str | None
    level: str
    name: str


@dataclass(frozen=True)
class Tree:
    """All units of a window."""

    nodes: Mapping[str, Node]

    @cached_property
    def children(self) -> Mapping[str | None, Sequence[Node]]:
        """The units below each, in the order of their ids, which says nothing."""
        found: dict[str | None, list[Node]] = defaultdict(list)
        for node in sorted(self.nodes.values(), key=lambda each: each.id):
            found[node.parent].append(node)
        return found

    @cached_property
    def only_city(self) -> str | None:
        """The city, where there is but one: to it belongs whoever belongs to no unit that is there."""
        cities = [each.id for each in self.nodes.values() if each.level == CITY]
        return cities[0] if len(cities) == 1 else None

    def place(self, unit_id: str | None) -> str | None:
        """Return where an answer counts: at its unit, or at the only city where that unit is none or is gone."""
        return unit_id if unit_id in self.nodes else self.only_city

    def lineage(self, unit_id: str) -> tuple[str, ...]:
        """Return a unit and all above it, from the city down."""
        found: list[str] = []
        at: str | None = unit_id
        while at is not None:
            found.append(at)
            at = self.nodes[at].parent
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Block:
    """People who are told about together; all of them belong to `root` or below it."""

    id: str
    root: str
    units: tuple[str, ...]
    """Every unit whose people are in it."""


@dataclass(frozen=True)
class Blocks:
    """The blocks of one scale in one window, and in which of them each unit is; None is in no figure."""

    blocks: tuple[Block, ...]
    of_unit: Mapping[str, str | None] = field(repr=False)


@dataclass
class _Choice:
    """The choosing under way."""

    tree: Tree
    sizes: Mapping[str, int]
    floor: int
    draw: Draw
    found: list[Block] = field(default_factory=list)

    def measure(self, units: Sequence[str]) -> int:
        """Return `m`: how many took part, undercounted, with new noise for this group."""
        n = sum(self.sizes.get(each, 0) for each in units)
        return max(0, n - max(0, UNDERCOUNT + self.draw(CHOICE)))

    def enterprise(self, node: Node) -> list[str]:
        """Make the blocks of an enterprise; return its units where there are none."""
        departments = [each.id for each in self.tree.children.get(node.id, ())]
        measures = {each: self.measure([each]) for each in departments}
        alone = [each for each in departments if measures[each] >= self.floor]
        rest = [node.id, *(each for each in departments if each not in alone)]
        if self.measure(rest) >= self.floor:
            self.found += [Block(each, each, (each,)) for each in alone]
            self.found.append(Block(f"{node.id}+", node.id, tuple(rest)))
        elif alone:
            smallest = min(alone, key=lambda each: (measures[each], each))
            self.found += [Block(each, each, (each,)) for each in alone if each != smallest]
            self.found.append(Block(f"{node.id}+", node.id, (smallest, *rest)))
        else:
            return rest
        return []

    def above(self, node: Node) -> list[str]:
        """Make the blocks of a district, an industry or a city; return the units that are left over."""
        left = [node.id]
        for child in self.tree.children.get(node.id, ()):
            left += self.enterprise(child) if child.level == ENTERPRISE else self.above(child)
        if self.measure(left) < self.floor:
            return left
        self.found.append(Block(f"{node.id}+", node.id, tuple(left)))
        return []


def choose_blocks(tree: Tree, sizes: Mapping[str, int], floor: int, draw: Draw) -> Blocks:
    """Return the blocks for units of these sizes; `floor` below 10 is a `ValueError`."""
    if floor < FLOOR:
        raise ValueError(f"a block rests on at least {FLOOR} people")
    choice = _Choice(tree, sizes, floor, draw)
    for city in tree.children.get(None, ()):
        choice.above(city)
    of_unit: dict[str, str | None] = dict.fromkeys(tree.nodes)
    of_unit.update({unit: block.id for block in choice.found for unit in block.units})
    return Blocks(tuple(choice.found), of_unit)


def block_name(tree: Tree, block: Block) -> str:
    """Say in words whom a block holds."""
    root = tree.nodes[block.root]
    if block.id == block.root:
        return root.name
    below = [tree.nodes[each] for each in block.units if each != block.root]
    if root.level == ENTERPRISE:
        inside = len(below) == len(tree.children.get(block.root, ()))
        return root.name if inside else f"{root.name}（部分部门合并）"
    return f"{root.name}（人数较少的单位合并）"
