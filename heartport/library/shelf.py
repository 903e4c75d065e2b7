"""What the library shows now: kept in memory, and asked for anew when somebody has changed something.

Other features find things here: `list_things`, `find_thing`, `shown_thing`, `things_about`. A thing is known for ever
by its kind and its id (the name of its first file), whatever its slug becomes; a fresh deployment of the same files has
the same ids.
"""

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice, zip_longest

import structlog
from flask import Flask, current_app
from sqlalchemy import func, select

from heartport import clock
from heartport.errors import NotFound
from heartport.library.documents import FileFacts
from heartport.library.models import LibraryRevision
from heartport.library.revisions import Key, StoredThing, owners_of_slugs, stored_things
from heartport.library.rules import ThingKind
from heartport.library.stock import Thing, categories_of, thing_of, topics_of
from heartport.library.things import Category, Topic
from heartport.stores import Store, reading

log = structlog.get_logger("heartport.library")
SAFETY = "safety"
"""The topic of what speaks of self-harm and of violence."""
LOOKS_AGAIN_AFTER_SECONDS = 1.0
"""How long another process may go on showing what was there before an edit."""


class ThingUnknown(NotFound):
    """There is no such article, track or news item, or it is not shown now."""

    code = "thing_unknown"
    detail = "没有找到这篇内容，它可能已经下架。您可以回到列表看看别的。"


@dataclass(frozen=True)
class Shown:
    """All things that are shown from one moment to another, the newest first."""

    things: Sequence[Thing]
    by_key: Mapping[Key, Thing]
    since: datetime | None
    until: datetime | None
    """The moment at which the next thing appears, if one is to come."""

    @cached_property
    def files(self) -> Mapping[str, FileFacts]:
        """The files beside the database that belong to what is shown, by their names without a folder."""
        found = (facts for each in self.things for facts in each.document.get("files", {}).values())
        return {facts["name"].rpartition("/")[2]: facts for facts in found}

    def holds_at(self, now: datetime) -> bool:
        """Tell whether this is what is shown at a moment."""
        return (self.since is None or self.since <= now) and (self.until is None or now < self.until)


@dataclass(frozen=True)
class Shelf:
    """Everything that is stored, as of one count of revisions."""

    count: int
    things: Mapping[Key, Thing]
    slugs: Mapping[tuple[ThingKind, str], str]
    categories: Sequence[Category]
    topics: Sequence[Topic]

    @cached_property
    def topic_titles(self) -> Mapping[str, str]:
        """What each topic is called."""
        return {each.id: each.title for each in self.topics}

    def shown_at(self, now: datetime) -> Shown:
        """Return what is shown at a moment."""
        times = sorted({each.visible_from for each in self.things.values() if each.visible_from})
        shown = [each for each in self.things.values() if each.is_shown(now)]
        shown.sort(key=lambda each: each.id)
        shown.sort(key=lambda each: each.visible_from or now, reverse=True)
        return Shown(
            things=shown,
            by_key={(each.kind, each.id): each for each in shown},
            since=max((moment for moment in times if moment <= now), default=None),
            until=min((moment for moment in times if moment > now), default=None),
        )


@dataclass
class Shelves:
    """The shelf of an application as it was last read; a thread that finds it old reads what changed."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    shelf: Shelf | None = None
    shown: Shown | None = None
    looked_at: float = 0.0

    def current(self) -> Shelf:
        """Return the shelf as it was at most a second ago."""
        moment = time.monotonic()
        if (fresh := self._fresh(moment)) is not None:
            return fresh
        with self.lock:
            if (fresh := self._fresh(moment)) is not None:
                return fresh  # Another thread was here first.
            made = _read_shelf(self.shelf)
            if made is not self.shelf:
                self.shelf, self.shown = made, None
            self.looked_at = moment
            return made

    def _fresh(self, moment: float) -> Shelf | None:
        return self.shelf if moment - self.looked_at < LOOKS_AGAIN_AFTER_SECONDS else None

    def shown_now(self) -> Shown:
        """Return what is shown now."""
        shelf, now = self.current(), clock.now()
        shown = self.shown
        if shown is None or not shown.holds_at(now):
            self.shown = shown = shelf.shown_at(now)
        return shown


def init_app(app: Flask) -> None:
    """Give the application an empty shelf; it is filled when it is first asked for."""
    app.extensions["heartport.library"] = Shelves()


def forget_shelf() -> None:
    """Let the next one who asks look at the database."""
    _shelves().looked_at = 0.0


def current_shelf() -> Shelf:
    """Return all that is stored; raises `StoreUnavailable`."""
    return _shelves().current()


def list_things(kind: ThingKind | None = None) -> list[Thing]:
    """Return what is shown now, the newest first; raises `StoreUnavailable`."""
    return [each for each in _shelves().shown_now().things if kind in (None, each.kind)]


def what_is_shown() -> Shown:
    """Return all that is shown now, which is the same object until something changes."""
    return _shelves().shown_now()


def find_thing(kind: ThingKind, slug: str) -> Thing:
    """Return the thing that has or had this slug (its id is its first one); raises `ThingUnknown`."""
    found = shown_thing(kind, current_shelf().slugs.get((kind, slug), ""))
    if found is None:
        raise ThingUnknown
    return found


def shown_thing(kind: ThingKind, thing_id: str) -> Thing | None:
    """Return the thing of an id, or None where it is not shown now."""
    return _shelves().shown_now().by_key.get((kind, thing_id))


def shown_file(name: str) -> FileFacts | None:
    """Return what is known of a file of something that is shown now."""
    return _shelves().shown_now().files.get(name)


def things_about(topics: Collection[str], kinds: Sequence[ThingKind], limit: int) -> list[Thing]:
    """Return what is shown now of these topics, one of each kind in turn, so that there is something to hear too.

    Within a kind that comes first which is about more of them, then that whose first topic is one of them. What speaks
    of self-harm comes last, unless one asks for it.
    """

    def rank(thing: Thing) -> tuple[bool, int, bool]:
        asked_for = SAFETY in topics or not thing.crisis
        return not asked_for, -len(set(topics) & set(thing.topics)), thing.topics[0] not in topics

    found = [each for each in list_things() if not set(topics).isdisjoint(each.topics)]
    by_kind = [sorted((each for each in found if each.kind is kind), key=rank) for kind in kinds]
    turns = (each for turn in zip_longest(*by_kind) for each in turn if each)
    return list(islice(turns, limit))


def _shelves() -> Shelves:
    shelves: Shelves = current_app.extensions["heartport.library"]
    return shelves


def _read_shelf(before: Shelf | None) -> Shelf:
    """Return the shelf as it is now, which is the one before where nothing was written since."""
    with reading(Store.MAIN) as session:
        count = session.execute(select(func.count()).select_from(LibraryRevision)).scalar_one()
        if before is not None and before.count == count:
            return before
        stored = stored_things(session)
        slugs = owners_of_slugs(session)
    known = before.things if before else {}
    made = (_made(each, known.get(key)) for key, each in stored.items() if key[0] is not ThingKind.LIST)
    things = {(each.kind, each.id): each for each in made if each}
    lists = {thing_id: each.document for (kind, thing_id), each in stored.items() if kind is ThingKind.LIST}
    return Shelf(count, things, slugs, categories_of(lists), topics_of(lists))


def _made(stored: StoredThing, before: Thing | None) -> Thing | None:
    """Return a stored thing, made anew where it changed; None where its document is broken.

    Whoever reads a result must not go without it because one article of many cannot be read.
    """
    if before and before.revision == stored.revision:
        return before
    try:
        return thing_of(stored)
    except (KeyError, TypeError, ValueError):
        kind, thing_id = stored.key
        log.error("library_thing_unreadable", kind=kind.value, id=thing_id, revision=stored.revision)
        return None
