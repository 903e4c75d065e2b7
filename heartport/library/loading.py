"""Takes the files of the content folder over into the database, and says of each thing what became of it.

What was edited in the database since its file was last taken over is never overwritten unasked: where the file has
changed too, that is a conflict, which is told again at each load until somebody decides.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from heartport.library.documents import Document, digest_of
from heartport.library.files import read_library
from heartport.library.revisions import Act, Key, Slugs, StoredThing, hold_library, mark_loaded, revise, stored_things
from heartport.library.rules import Status, ThingKind
from heartport.library.shelf import forget_shelf
from heartport.library.things import Library
from heartport.stores import Store, write_transaction

LOADER = "flask content load"


class Fate(StrEnum):
    """What became of one thing."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "edited here, kept"
    CONFLICT = "conflict"
    RETIRED = "retired"
    MISSING = "not in the files, kept"


class Take(StrEnum):
    """Whose word counts where both sides changed."""

    NEITHER = "neither"
    FILES = "files"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one thing."""

    kind: ThingKind
    id: str
    fate: Fate


def load_library(
    folder: Path, *, take: Take = Take.NEITHER, retire_missing: bool = False, by: str = LOADER
) -> list[Loaded]:
    """Take over all files of a folder in one transaction, and tell what became of each thing.

    Raises `ContentRefused` with every problem of every file, having changed nothing.
    """
    return take_over(read_library(folder), take=take, retire_missing=retire_missing, by=by)


def take_over(
    library: Library, *, take: Take = Take.NEITHER, retire_missing: bool = False, by: str = LOADER
) -> list[Loaded]:
    """Do the same with files that have been read."""

    def work(session: Session) -> list[Loaded]:
        hold_library(session)
        loading = _Loading(session, take, by)
        told = [loading.take_over(kind, thing_id, document) for kind, thing_id, document in library.documents()]
        return told + loading.leave_behind(library, retire_missing)

    told = write_transaction(Store.MAIN, work)
    forget_shelf()
    return told


def fate_of(file: bytes, loaded: bytes | None, stored: bytes) -> Fate:
    """Decide by digests: of the file, of the file when it was last taken over, and of what is stored now."""
    if file == stored:
        return Fate.UNCHANGED
    if file == loaded:
        return Fate.KEPT
    return Fate.CHANGED if stored == loaded else Fate.CONFLICT


class _Loading:
    """One load within its transaction."""

    def __init__(self, session: Session, take: Take, by: str) -> None:
        self._session = session
        self._take = take
        self._by = by
        self._stored = stored_things(session)
        self._slugs = Slugs(session)

    def take_over(self, kind: ThingKind, thing_id: str, document: Document) -> Loaded:
        """Bring one thing to what its file says, unless somebody edited it here."""
        stored = self._stored.get((kind, thing_id))
        if stored is None:
            self._write((kind, thing_id), None, {**document, "slug": thing_id}, digest_of(document))
            self._slugs.take(kind, thing_id, thing_id)
            return Loaded(kind, thing_id, Fate.NEW)
        return Loaded(kind, thing_id, self._meet(stored, document))

    def leave_behind(self, library: Library, retire_missing: bool) -> list[Loaded]:
        """Tell which things came from a file that is gone; retire them if that is wanted."""
        named = {(kind, thing_id) for kind, thing_id, _ in library.documents()}
        gone = [each for key, each in sorted(self._stored.items()) if key not in named and each.loaded]
        return [self._miss(each, retire_missing) for each in gone if each.document.get("status") != Status.RETIRED]

    def _meet(self, stored: StoredThing, document: Document) -> Fate:
        file = digest_of(document)
        fate = fate_of(file, stored.loaded, digest_of(stored.document))
        if fate is Fate.CONFLICT and self._take is Take.FILES:
            fate = Fate.CHANGED
        if fate is Fate.CONFLICT and self._take is Take.DATABASE:
            fate = Fate.KEPT
        if fate is Fate.CHANGED:
            self._write(stored.key, stored, {**document, "slug": stored.slug}, file)
        elif fate is not Fate.CONFLICT and stored.loaded != file:
            mark_loaded(self._session, stored.key, file)
        return fate

    def _miss(self, stored: StoredThing, retire_missing: bool) -> Loaded:
        kind, thing_id = stored.key
        if not retire_missing:
            return Loaded(kind, thing_id, Fate.MISSING)
        if digest_of(stored.document) != stored.loaded and self._take is not Take.FILES:
            return Loaded(kind, thing_id, Fate.CONFLICT)
        self._write(stored.key, stored, {**stored.document, "status": Status.RETIRED.value}, stored.loaded)
        return Loaded(kind, thing_id, Fate.RETIRED)

    def _write(self, key: Key, before: StoredThing | None, document: Document, loaded: bytes | None) -> None:
        revise(self._session, key, before, document, act=Act.LOADED, by=self._by)
        mark_loaded(self._session, key, loaded)
