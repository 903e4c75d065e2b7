"""Trees, tables and manifests as texts that are published, signed, and never written again."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from heartport.insights.rules import budget
from heartport.insights.rules.answers import ScaleKey
from heartport.insights.rules.blocks import UNDERCOUNT, Block, Blocks, Node, Tree, block_name
from heartport.insights.rules.families import family_of
from heartport.insights.rules.figures import CEILING_DENOMINATOR, CEILING_NUMERATOR, Figure
from heartport.insights.rules.tables import GroupFigure, Levels, Table

FORMAT = "heartport-release/1"


def canonical(value: object) -> str:
    """Return the one form of a JSON value: sorted keys, no blanks."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def digest(content: str) -> str:
    """Return the SHA-256 of what is published."""
    return hashlib.sha256(content.encode()).hexdigest()


def tree_text(tree: Tree) -> str:
    """Return the units of a window."""
    return canonical({each.id: [each.parent, each.level, each.name] for each in tree.nodes.values()})


def tree_of(content: str) -> Tree:
    """Return the units again."""
    return Tree({unit_id: Node(unit_id, *rest) for unit_id, rest in orjson.loads(content).items()})


def scale_word(key: ScaleKey) -> str:
    """Return the name of a table: the scale and its major version, such as phq9/1."""
    return f"{key.id}/{key.major}"


def table_text(tree: Tree, table: Table) -> str:
    """Return the finished figures of one scale."""
    blocks = [
        {"id": each.id, "root": each.root, "name": block_name(tree, each), **_figure_out(table.figures[each.id])}
        for each in table.blocks.blocks
    ]
    levels = [{"root": e.root, "score": e.score, "counts": e.counts, "at_ceiling": e.at_ceiling} for e in table.levels]
    groups = [{"root": each.root, "group": each.group, **_figure_out(each.figure)} for each in table.groups]
    return canonical({"facet": table.facet, "blocks": blocks, "levels": levels, "groups": groups})


def map_text(blocks: Blocks) -> str:
    """Return in which block each unit is counted; units in no figure are left out."""
    return canonical({unit: block for unit, block in blocks.of_unit.items() if block is not None})


def table_of(key: ScaleKey, body: str, block_map: str | None) -> tuple[Table, Mapping[str, str]]:
    """Return a table as it was published, and the names of its blocks; without its map no unit has a block."""
    found = orjson.loads(body)
    of_unit: dict[str, str | None] = orjson.loads(block_map) if block_map else {}
    blocks = Blocks(tuple(Block(each["id"], each["root"], ()) for each in found["blocks"]), of_unit)
    table = Table(
        key,
        found["facet"],
        blocks,
        {each["id"]: _figure_in(each) for each in found["blocks"]},
        tuple(Levels(e["root"], e["score"], e["counts"], e["at_ceiling"]) for e in found["levels"]),
        tuple(GroupFigure(each["root"], each["group"], _figure_in(each)) for each in found["groups"]),
    )
    return table, {each["id"]: each["name"] for each in found["blocks"]}


@dataclass(frozen=True)
class Parts:
    """All that is published of one half-year, as texts: the units, a table and a block map for each scale."""

    window: str
    floor: int
    synthetic: bool
    tree: str
    tables: Mapping[str, str]
    maps: Mapping[str, str]


def manifest_text(parts: Parts) -> str:
    """Return what a release is signed by: the digests of its parts, the settings, and the code that made them."""
    return canonical(
        {
            "format": FORMAT,
            "window": parts.window,
            "synthetic": parts.synthetic,
            "settings": settings_out(parts.floor),
            "code": code_digest(),
            "tree": digest(parts.tree),
            "tables": {name: digest(body) for name, body in parts.tables.items()},
            "block_maps": {name: digest(body) for name, body in parts.maps.items()},
        }
    )


def changed_parts(signed: Mapping[str, str], bodies: Mapping[str, str]) -> list[str]:
    """Return the names of the parts that are not as they were signed by their digests, are missing, or were not signed.

    `signed` has digests and `bodies` texts.
    """
    found = {name: digest(body) for name, body in bodies.items()}
    return sorted(name for name in signed.keys() | found.keys() if signed.get(name) != found.get(name))


def settings_out(floor: int) -> dict[str, Any]:
    """Return how a release is made, in numbers."""
    return {
        "floor": floor,
        "undercount": UNDERCOUNT,
        "ceiling": [CEILING_NUMERATOR, CEILING_DENOMINATOR],
        "milli_epsilon": {
            "choice": budget.CHOICE,
            "at_risk": budget.AT_RISK,
            "size": budget.SIZE,
            "levels": budget.LEVELS,
            "by_group": budget.BY_GROUP,
            "a_window": budget.MOST_A_WINDOW,
        },
    }


def family_word(table_name: str) -> str:
    """Return the family of items to which a table belongs."""
    return family_of(table_name.partition("/")[0])


def code_digest() -> str:
    """Return the SHA-256 over the files of the mechanism, in the order of their names."""
    files = sorted(Path(__file__).with_name("rules").glob("*.py"))
    return digest("".join(f"{each.name}\0{each.read_text(encoding='utf-8')}" for each in files))


def _figure_out(figure: Figure) -> dict[str, int]:
    return {"n": figure.n, "at_risk": figure.at_risk, "at_ceiling": figure.at_ceiling}


def _figure_in(found: Mapping[str, Any]) -> Figure:
    return Figure(found["n"], found["at_risk"], 1, found["at_ceiling"])
