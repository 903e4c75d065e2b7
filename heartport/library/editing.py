"""What editors do with one thing: add it, change it, publish it at a time, retire it, rename it, bring a revision back.

Each is one revision more, with the name of who did it. Texts are read and checked by the same reader as the files.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from heartport import clock
from heartport.content import ContentRefused
from heartport.errors import Conflict, Invalid, NotFound, Stale
from heartport.library.documents import Document, digest_of, facts_again
from heartport.library.files import read_document
from heartport.library.references import reference_problems
from heartport.library.revisions import (
    Act,
    Key,
    Slugs,
    StoredThing,
    hold_library,
    owners_of_slugs,
    revise,
    revisions_within,
    stored_things,
)
from heartport.library.rules import Status, ThingKind, is_slug
from heartport.library.shelf import forget_shelf
from heartport.local_time import local
from heartport.stores import Store, reading, write_transaction

T = TypeVar("T")
LONGEST_NAME = 60
Change = Callable[[Session, StoredThing], Document]
"""Returns the document that a thing is to have."""


class StoredThingUnknown(NotFound):
    """Nothing of this kind has this slug or had it, shown or not."""

    code = "stored_thing_unknown"
    detail = "没有这一篇。请用 flask content list 查看。"


class ThingExists(Conflict):
    """There is a thing of this kind and name already."""

    code = "thing_exists"
    detail = "已经有同名的一篇。要修改请用 flask content edit。"


class ListStays(Conflict):
    """The lists of categories and topics are two, always there, and only edited."""

    code = "list_stays"
    detail = "分类表和话题表只能修改（edit）和撤销（undo），不能新增、改名、发布或下架。"


class RevisionUnknown(NotFound):
    """The thing has no such revision."""

    code = "revision_unknown"
    detail = "没有这个版本。请用 flask content history 查看。"


class RevisionOutdated(Stale):
    """Somebody changed the thing since it was read."""

    code = "revision_outdated"
    detail = "这一篇刚被别人改过，请重新取出再改。"


class SlugRefused(Invalid):
    """A slug is made of other signs than an address allows."""

    code = "slug_refused"
    detail = "网址名只用小写字母、数字和单个连字符，最多 60 个字符，例如 awake-at-two。"


class NameNeeded(Invalid):
    """Whoever changes something says who they are."""

    code = "name_needed"
    detail = f"请写明是谁改的，最多 {LONGEST_NAME} 个字。"


def list_stored(kind: ThingKind | None = None) -> list[StoredThing]:
    """Return all things that are stored, shown or not, by kind and id."""
    with reading(Store.MAIN) as session:
        found = stored_things(session)
    return [each for key, each in sorted(found.items()) if kind in (None, key[0])]


def find_stored(kind: ThingKind, slug: str) -> StoredThing:
    """Return a thing, shown or not, by a slug that it has or had; raises `StoredThingUnknown`."""
    with reading(Store.MAIN) as session:
        return _find(session, kind, slug)


def add_thing(kind: ThingKind, slug: str, path: Path, folder: Path, *, by: str) -> None:
    """Add a thing from a file, which the content folder need not have.

    Raises `SlugRefused`, `ThingExists`, `SlugTaken`, or `ContentRefused` with every problem of the file.
    """
    _check_kind(kind)
    _check_slug(slug)

    def work(session: Session) -> None:
        stored, slugs = stored_things(session), Slugs(session)
        if (kind, slug) in stored:
            raise ThingExists
        document = _read(kind, slug, path, folder, stored)
        revise(session, (kind, slug), None, {**document, "slug": slug}, act=Act.ADDED, by=_named(by))
        slugs.take(kind, slug, slug)

    _write(work)


def edit_thing(kind: ThingKind, slug: str, path: Path, folder: Path, *, by: str, on: int | None = None) -> bool:
    """Give a thing the text of a file; return whether that changed anything.

    `on` is the revision that was taken out to be changed. Raises `StoredThingUnknown`, `RevisionOutdated`, or
    `ContentRefused` with every problem of the file.
    """

    def change(session: Session, thing: StoredThing) -> Document:
        if on not in (None, thing.revision):
            raise RevisionOutdated
        return _read(kind, thing.key[1], path, folder, stored_things(session))

    return _change(kind, slug, change, Act.EDITED, by)


def publish_thing(kind: ThingKind, slug: str, *, by: str, at: datetime | None = None) -> datetime:
    """Show a thing from a moment on, by default from now on; return that moment, which is exact to the minute."""
    _check_kind(kind)
    moment = local(at or clock.now()).replace(second=0, microsecond=0)
    changes = {
        "status": Status.PUBLISHED.value,
        "published_on": moment.date().isoformat(),
        "publish_time": f"{moment:%H:%M}",
    }
    _change(kind, slug, lambda _, thing: {**thing.document, **changes}, Act.PUBLISHED, by)
    return moment


def retire_thing(kind: ThingKind, slug: str, *, by: str) -> bool:
    """Show a thing no longer; return whether that changed anything."""
    _check_kind(kind)
    retired = {"status": Status.RETIRED.value}
    return _change(kind, slug, lambda _, thing: {**thing.document, **retired}, Act.RETIRED, by)


def rename_thing(kind: ThingKind, slug: str, new: str, *, by: str) -> bool:
    """Give a thing another slug; all earlier ones go on leading to it. Raises `SlugTaken` or `SlugRefused`."""
    _check_kind(kind)
    _check_slug(new)

    def work(session: Session) -> bool:
        thing = _find(session, kind, slug)
        if thing.slug == new:
            return False
        Slugs(session).take(kind, new, thing.key[1])
        revise(session, thing.key, thing, {**thing.document, "slug": new}, act=Act.RENAMED, by=_named(by))
        return True

    return _write(work)


def undo_thing(kind: ThingKind, slug: str, folder: Path, *, by: str, to: int | None = None) -> int:
    """Bring an earlier revision back, by default the one before the last; return its number. The slug stays.

    What was undone stays in the history, so that undoing can be undone. Raises `RevisionUnknown`, and `ContentRefused`
    where a sound or a picture of that revision is no longer there.
    """
    with_number = find_stored(kind, slug).revision - 1 if to is None else to

    def change(session: Session, thing: StoredThing) -> Document:
        found = next((each for each in revisions_within(session, thing.key) if each.number == with_number), None)
        if found is None:
            raise RevisionUnknown
        return facts_again(found.document, folder)

    _change(kind, slug, change, Act.UNDONE, by)
    return with_number


def _write(work: Callable[[Session], T]) -> T:
    """Write the library, one writer after another, and let everybody see it."""

    def held(session: Session) -> T:
        hold_library(session)
        return work(session)

    done = write_transaction(Store.MAIN, held)
    forget_shelf()
    return done


def _change(kind: ThingKind, slug: str, change: Change, act: Act, by: str) -> bool:
    """Store what `change` makes of a thing, unless it says the same already; return whether it was stored."""
    name = _named(by)

    def work(session: Session) -> bool:
        thing = _find(session, kind, slug)
        document = {**change(session, thing), "slug": thing.slug}
        if digest_of(document) == digest_of(thing.document):
            return False
        revise(session, thing.key, thing, document, act=act, by=name)
        return True

    return _write(work)


def _find(session: Session, kind: ThingKind, slug: str) -> StoredThing:
    found = stored_things(session).get((kind, owners_of_slugs(session).get((kind, slug), "")))
    if found is None:
        raise StoredThingUnknown
    return found


def _read(kind: ThingKind, thing_id: str, path: Path, folder: Path, stored: Mapping[Key, StoredThing]) -> Document:
    """Return the document of a file that fits to what else is stored; raises `ContentRefused` with all problems."""
    document = read_document(kind, thing_id, path, folder)
    others = {key: each.document for key, each in stored.items()}
    if problems := reference_problems(kind, thing_id, document, others):
        raise ContentRefused([f"{path} › {problem}" for problem in problems])
    return document


def _check_kind(kind: ThingKind) -> None:
    if kind is ThingKind.LIST:
        raise ListStays


def _check_slug(slug: str) -> None:
    if not is_slug(slug):
        raise SlugRefused


def _named(by: str) -> str:
    name = by.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise NameNeeded
    return name
