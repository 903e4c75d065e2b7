"""The unit tree as it is stored: where a unit stands, which units there are, and taking over a file of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from heartport.columns import new_public_id
from heartport.errors import NotFound
from heartport.stores import Store, reading, write_transaction
from heartport.units.models import Unit
from heartport.units.rules import Level, UnitEntry, in_tree_order


class UnitUnknown(NotFound):
    """There is no such unit."""

    code = "unit_unknown"
    detail = "没有这个单位。"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit and all above it, from the city down: their ids and their names."""

    ids: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def id(self) -> str:
        """The unit itself."""
        return self.ids[-1]

    @property
    def name(self) -> str:
        """What the unit itself is called."""
        return self.names[-1]


@dataclass(frozen=True, slots=True)
class Node:
    """A unit in a list of the whole tree; `depth` is 0 for a city."""

    id: str
    key: str
    name: str
    level: str
    depth: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What taking over a file changed, by the keys of the units."""

    new: tuple[str, ...]
    renamed: tuple[str, ...]
    moved: tuple[str, ...]
    unchanged: int
    unnamed: int
    """How many stored units the file does not name; they stay."""


def place_of(unit_id: str) -> Place:
    """Return where a unit stands; raises `UnitUnknown`."""
    with reading(Store.MAIN) as session:
        place = place_within(session, unit_id)
    if place is None:
        raise UnitUnknown
    return place


def place_within(session: Session, unit_id: str) -> Place | None:
    """Return where a unit stands, within a session that is open already, in one query."""
    row = session.execute(_lineage(unit_id)).one_or_none()
    if row is None:
        return None
    upwards = [(unit_id, name) for unit_id, name in zip(row[::2], row[1::2], strict=True) if unit_id is not None]
    ids, names = zip(*reversed(upwards), strict=True)
    return Place(ids, names)


def enterprise_of(unit_id: str | None) -> str | None:
    """Return the enterprise to which a unit belongs, itself perhaps; None above one, and for who belongs nowhere."""
    if unit_id is None:
        return None
    with reading(Store.MAIN) as session:
        place = place_within(session, unit_id)
        above = select(Unit.id).where(Unit.id.in_(place.ids if place else ()), Unit.level == Level.ENTERPRISE.value)
        return session.execute(above).scalar()


def find_unit(word: str) -> Place:
    """Return the unit of an id or a key; raises `UnitUnknown`."""
    with reading(Store.MAIN) as session:
        unit_id = session.execute(select(Unit.id).where(or_(Unit.id == word, Unit.key == word))).scalar()
    if unit_id is None:
        raise UnitUnknown
    return place_of(unit_id)


def units_below(session: Session, unit_ids: Collection[str]) -> set[str]:
    """Return the ids of some units and of all below them, in one query a level."""
    found, level = set(unit_ids), set(unit_ids)
    while level:
        level = set(session.execute(select(Unit.id).where(Unit.parent_id.in_(level))).scalars()) - found
        found |= level
    return found


def list_units() -> list[Node]:
    """Return the whole tree, each unit followed by those below it, by their names."""
    with reading(Store.MAIN) as session:
        rows = session.execute(select(Unit).order_by(Unit.name)).scalars().all()
        return list(_walk(rows, None, 0))


def stored_entries() -> dict[str, UnitEntry]:
    """Return the stored units as a file would name them."""
    with reading(Store.MAIN) as session:
        return _entries(session)


def take_over(entries: Sequence[UnitEntry]) -> Changes:
    """Bring the tree to what checked entries say, in one transaction; units they do not name stay as they are."""

    def work(session: Session) -> Changes:
        before = _entries(session)
        fresh = [each for each in entries if each.key not in before]
        known = [each for each in entries if each.key in before]
        changed = [each for each in known if each != before[each.key]]
        _make_room(session, changed)
        ids = _ids(session)
        for entry in in_tree_order([*fresh, *changed]):
            _put(session, entry, ids)
        return Changes(
            new=tuple(each.key for each in fresh),
            renamed=tuple(each.key for each in changed if each.name != before[each.key].name),
            moved=tuple(each.key for each in changed if each.parent != before[each.key].parent),
            unchanged=len(known) - len(changed),
            unnamed=len(before) - len(known),
        )

    return write_transaction(Store.MAIN, work)


def _lineage(unit_id: str) -> Select[*tuple[Any, ...]]:
    """Select id and name of a unit, then of its parent, up to the fourth level."""
    chain = [aliased(Unit) for _ in range(4)]
    statement = select(*(column for each in chain for column in (each.id, each.name)))
    statement = statement.select_from(chain[0])
    for below, above in pairwise(chain):
        statement = statement.outerjoin(above, above.id == below.parent_id)
    return statement.where(chain[0].id == unit_id)


def _walk(rows: Sequence[Unit], parent_id: str | None, depth: int) -> Iterator[Node]:
    for row in rows:
        if row.parent_id == parent_id:
            yield Node(row.id, row.key, row.name, row.level, depth)
            yield from _walk(rows, row.id, depth + 1)


def _entries(session: Session) -> dict[str, UnitEntry]:
    parent = aliased(Unit)
    columns = select(Unit.key, Unit.name, Unit.level, parent.key.label("parent"))
    rows = session.execute(columns.outerjoin(parent, parent.id == Unit.parent_id))
    return {row.key: UnitEntry(row.key, row.name, Level(row.level), row.parent) for row in rows}


def _ids(session: Session) -> dict[str, str]:
    return {row.key: row.id for row in session.execute(select(Unit.key, Unit.id))}


def _make_room(session: Session, changed: Sequence[UnitEntry]) -> None:
    """Take their names from units that change, so that two may swap theirs."""
    keys = [each.key for each in changed]
    session.execute(update(Unit).where(Unit.key.in_(keys)).values(name=Unit.id))


def _put(session: Session, entry: UnitEntry, ids: dict[str, str]) -> None:
    values: Mapping[str, object] = {
        "name": entry.name,
        "level": entry.level.value,
        "parent_id": ids[entry.parent] if entry.parent else None,
    }
    if entry.key in ids:
        session.execute(update(Unit).where(Unit.key == entry.key).values(**values))
    else:
        ids[entry.key] = new_public_id()
        session.execute(insert(Unit).values(id=ids[entry.key], key=entry.key, **values))
