"""The stored things and their revisions: every change is one more revision, and none is ever overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, insert, select, text, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.errors import Conflict
from heartport.library.documents import Document, document_of, text_of
from heartport.library.models import LibraryRevision, LibrarySlug, LibraryThing
from heartport.library.rules import ThingKind
from heartport.stores import Store, reading

Key = tuple[ThingKind, str]
"""The kind and the id of a thing."""


class SlugTaken(Conflict):
    """Another thing has this slug or had it."""

    code = "slug_taken"
    detail = "这个网址名已经被占用，或曾经属于别的内容。"


class Act(StrEnum):
    """By doing what a revision came to be."""

    LOADED = "loaded"
    ADDED = "added"
    EDITED = "edited"
    PUBLISHED = "published"
    RETIRED = "retired"
    RENAMED = "renamed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class StoredThing:
    """A thing as it is stored now."""

    key: Key
    revision: int
    loaded: bytes | None
    document: Document

    @property
    def slug(self) -> str:
        """By which it is called in addresses."""
        slug: str = self.document["slug"]
        return slug


@dataclass(frozen=True, slots=True)
class Revision:
    """What a thing said from one moment on."""

    number: int
    act: str
    made_by: str
    made_at: datetime
    document: Document


class Slugs:
    """All slugs that things have or had, and whose they are."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.owners = owners_of_slugs(session)

    def take(self, kind: ThingKind, slug: str, thing_id: str) -> None:
        """Give a slug to a thing that is stored already; raises `SlugTaken`."""
        owner = self.owners.get((kind, slug))
        if owner is None:
            self._session.execute(insert(LibrarySlug).values(kind=kind.value, slug=slug, thing_id=thing_id))
            self.owners[kind, slug] = thing_id
        elif owner != thing_id:
            raise SlugTaken(f"{kind.value} {slug}：这个网址名属于 {owner}。")


def owners_of_slugs(session: Session) -> dict[tuple[ThingKind, str], str]:
    """Return the id of the thing that each slug leads to."""
    rows = session.execute(select(LibrarySlug.kind, LibrarySlug.slug, LibrarySlug.thing_id))
    return {(ThingKind(kind), slug): thing_id for kind, slug, thing_id in rows}


def hold_library(session: Session) -> None:
    """Let one writer of the library after another; SQLite has but one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE library_things IN SHARE ROW EXCLUSIVE MODE"))


def stored_things(session: Session) -> dict[Key, StoredThing]:
    """Return all things as they are now."""
    current = and_(
        LibraryRevision.kind == LibraryThing.kind,
        LibraryRevision.thing_id == LibraryThing.id,
        LibraryRevision.number == LibraryThing.revision,
    )
    rows = session.execute(
        select(
            LibraryThing.kind, LibraryThing.id, LibraryThing.revision, LibraryThing.loaded, LibraryRevision.document
        ).join(LibraryRevision, current)
    )
    found = [
        StoredThing((ThingKind(kind), thing_id), revision, loaded, document_of(document))
        for kind, thing_id, revision, loaded, document in rows
    ]
    return {each.key: each for each in found}


def revise(session: Session, key: Key, before: StoredThing | None, document: Document, *, act: Act, by: str) -> None:
    """Store what a thing says from now on, as its next revision."""
    kind, thing_id = key
    number = before.revision + 1 if before else 1
    if before:
        which = (LibraryThing.kind == kind.value, LibraryThing.id == thing_id)
        session.execute(update(LibraryThing).where(*which).values(revision=number))
    else:
        session.execute(insert(LibraryThing).values(kind=kind.value, id=thing_id, revision=number))
    row: Mapping[str, object] = {
        "kind": kind.value,
        "thing_id": thing_id,
        "number": number,
        "act": act.value,
        "made_by": by,
        "made_at": clock.now(),
        "document": text_of(document),
    }
    session.execute(insert(LibraryRevision).values(row))


def mark_loaded(session: Session, key: Key, digest: bytes | None) -> None:
    """Note which file of a thing was last taken over."""
    kind, thing_id = key
    which = (LibraryThing.kind == kind.value, LibraryThing.id == thing_id)
    session.execute(update(LibraryThing).where(*which).values(loaded=digest))


def read_revisions(key: Key) -> Sequence[Revision]:
    """Return all revisions of a thing, the first one first."""
    with reading(Store.MAIN) as session:
        return revisions_within(session, key)


def revisions_within(session: Session, key: Key) -> Sequence[Revision]:
    """Do the same within somebody else's transaction."""
    kind, thing_id = key
    rows = session.execute(
        select(LibraryRevision)
        .where(LibraryRevision.kind == kind.value, LibraryRevision.thing_id == thing_id)
        .order_by(LibraryRevision.number)
    ).scalars()
    return [Revision(each.number, each.act, each.made_by, each.made_at, document_of(each.document)) for each in rows]
