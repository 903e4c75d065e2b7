"""What is published, read once and kept: a release never changes, so neither does what was read of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import bindparam, select

from heartport.extensions import registry
from heartport.insights.documents import changed_parts, digest, table_of, tree_of
from heartport.insights.models import BlockMap, Release, ReleasedTable, Sealing
from heartport.insights.rules.answers import ScaleKey
from heartport.insights.rules.blocks import Tree
from heartport.insights.rules.figures import Figure, sum_of
from heartport.insights.rules.tables import Table
from heartport.prepared import Prepared
from heartport.stores import Store, read_prepared, reading
from heartport.vault.door import current_vault
from heartport.vault.signatures import is_signed

RELEASES = Release.__table__
HAS_MAPS = select(BlockMap.window).where(BlockMap.window == RELEASES.c.window).exists()
LISTED = Prepared(select(RELEASES.c.id, RELEASES.c.window, HAS_MAPS.label("maps")).order_by(RELEASES.c.window.desc()))
TABLE = Prepared(
    select(ReleasedTable.body, BlockMap.body)
    .outerjoin(BlockMap, (BlockMap.window == ReleasedTable.window) & (BlockMap.scale == ReleasedTable.scale))
    .where(ReleasedTable.window == bindparam("window"), ReleasedTable.scale == bindparam("scale"))
)

WITH_TREES = select(Release, Sealing.tree).join(Sealing, Sealing.window == Release.window)


@dataclass(frozen=True)
class Published:
    """One table as it is read: figures of blocks, and of every unit that has blocks within it."""

    tree: Tree
    table: Table
    names: Mapping[str, str]

    @cached_property
    def inside(self) -> Mapping[str, Figure]:
        """The sum of the blocks within each unit; units without a block of their own are not here."""
        blocks: dict[str, list[Figure]] = {}
        for block in self.table.blocks.blocks:
            for unit_id in self.tree.lineage(block.root):
                blocks.setdefault(unit_id, []).append(self.table.figures[block.id])
        return {unit_id: found for unit_id, each in blocks.items() if (found := sum_of(each))}

    @cached_property
    def with_people_elsewhere(self) -> frozenset[str]:
        """The units of which some part is counted in a block that reaches beyond them, or in none."""
        if not self.table.blocks.of_unit:
            return frozenset()
        lineages = {block.id: self.tree.lineage(block.root) for block in self.table.blocks.blocks}
        found: set[str] = set()
        for unit_id in self.tree.nodes:
            inside = lineages.get(self.table.blocks.of_unit.get(unit_id) or "", ())
            found.update(each for each in self.tree.lineage(unit_id) if each not in inside)
        return frozenset(found)


@dataclass
class Released:
    """One release in memory; its tables are read when they are first asked for."""

    id: str
    window: str
    published_on: date
    synthetic: bool
    tree: Tree
    manifest: Mapping[str, Any]
    digest: str
    signature: bytes
    has_maps: bool
    _tables: dict[str, Published] = field(default_factory=dict, repr=False)

    def key_of(self, scale_id: str) -> ScaleKey | None:
        """Return the newest major version of a scale for which there is a table, or None."""
        words = (word.partition("/") for word in self.manifest["tables"])
        majors = [int(major) for found, _, major in words if found == scale_id]
        return ScaleKey(scale_id, max(majors)) if majors else None

    def table(self, key: ScaleKey) -> Published:
        """Return the table of a scale that has one."""
        name = f"{key.id}/{key.major}"
        found = self._tables.get(name)
        if found is None:
            rows = read_prepared(Store.MAIN, TABLE, {"window": self.window, "scale": name})
            found = self._tables[name] = Published(self.tree, *table_of(key, *rows[0]))
        return found


def list_releases() -> list[Released]:
    """Return all releases, the latest half-year first: one statement, and what is new since it was last asked."""
    kept: dict[tuple[str, bool], Released] = registry().get("heartport.releases", {})
    listed = [(row[0], bool(row[2])) for row in read_prepared(Store.MAIN, LISTED, {})]
    if any(each not in kept for each in listed):
        # Another thread may be reading the old ones: they are replaced, never changed.
        kept = {each: kept[each] if each in kept else _opened(*each) for each in listed}
        registry()["heartport.releases"] = kept
    return [kept[each] for each in listed]


def problems_of_releases() -> list[str]:
    """Say of every release what is not as it was signed; block maps that are gone by age are none of these."""
    problems = []
    with reading(Store.MAIN) as session:
        for row, tree in session.execute(WITH_TREES.order_by(Release.window)):
            wrong = [] if is_signed(current_vault().public_key, row.signature, row.manifest.encode()) else ["signature"]
            manifest = orjson.loads(row.manifest)
            wrong += [] if digest(tree) == manifest["tree"] else ["tree"]
            for model, signed in ((ReleasedTable, manifest["tables"]), (BlockMap, manifest["block_maps"])):
                bodies = select(model.scale, model.body).where(model.window == row.window)
                stored = {row.scale: row.body for row in session.execute(bodies)}
                changed = changed_parts(signed, stored) if stored or model is ReleasedTable else []
                wrong += [f"{model.__tablename__} {name}" for name in changed]
            problems += [f"{row.window}: {each} is not as it was signed" for each in wrong]
    return problems


def _opened(release_id: str, has_maps: bool) -> Released:
    with reading(Store.MAIN) as session:
        row, tree = session.execute(WITH_TREES.where(Release.id == release_id)).one()
    return Released(
        row.id,
        row.window,
        row.published_on,
        row.synthetic,
        tree_of(tree),
        orjson.loads(row.manifest),
        digest(row.manifest),
        row.signature,
        has_maps,
    )
