"""One thing as it is stored, with what lists, pages, search and recommendations ask of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from heartport.library.bodies import Block, read_body
from heartport.library.documents import Document
from heartport.library.revisions import StoredThing
from heartport.library.rules import (
    Holds,
    Review,
    Status,
    ThingKind,
    chinese_characters,
    crisis_problem,
    reading_minutes,
    visible_from,
)
from heartport.library.things import Category, Topic

MARKS = re.compile(r"\*\*|\[[1-9][0-9]?\]|\n")


@dataclass(frozen=True)
class Thing:
    """An article, a track or a news item; `document` has the rest of it, by the keys of its file."""

    kind: ThingKind
    id: str
    revision: int
    slug: str
    title: str
    summary: str
    topics: tuple[str, ...]
    category: str | None
    minutes: int | None
    """How long reading takes; None for a track."""
    seconds: int | None
    """How long a track lasts; None for what is read."""
    crisis: bool
    """It speaks of self-harm: the hotlines stand beside it."""
    visible_from: datetime | None
    document: Document

    def is_shown(self, now: datetime) -> bool:
        """Tell whether it is shown at a moment."""
        return self.visible_from is not None and self.visible_from <= now

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The text in its five forms; a track has none."""
        return read_body(self.document.get("body", ""))[0]

    @cached_property
    def html(self) -> str:
        """The text as sanitised HTML."""
        from heartport.library.pages import render_page  # noqa: PLC0415 - see there

        return render_page(self.document["body"])

    @cached_property
    def introduction(self) -> str:
        """What is said before the text."""
        return "".join((self.summary, self.document.get("today", "")))

    @cached_property
    def words(self) -> str:
        """The text, or the guidance of a track, without marks."""
        texts = [text for block in self.blocks for text in block.texts]
        cues = [text for _, _, text in self.document.get("cues", [])]
        return MARKS.sub("", "".join(texts or cues))

    @property
    def review(self) -> Review | None:
        """Who with a clinical licence read it; a news item needs none."""
        if self.kind is ThingKind.NEWS:
            return None
        day = self.document["reviewed_on"]
        return Review(self.document["reviewer"], day and date.fromisoformat(day))


def thing_of(stored: StoredThing) -> Thing:
    """Return a stored thing with its facts taken out."""
    (kind, thing_id), document = stored.key, stored.document
    body = document.get("body")
    said = (document["title"], document["summary"], document.get("today", ""), body or "")
    return Thing(
        kind=kind,
        id=thing_id,
        revision=stored.revision,
        slug=stored.slug,
        title=document["title"],
        summary=document["summary"],
        topics=tuple(document["topics"]),
        category=document.get("category"),
        minutes=None if body is None else reading_minutes(chinese_characters(body)),
        seconds=document.get("seconds"),
        crisis=document.get("crisis", False) or crisis_problem(said, crisis=False) is not None,
        visible_from=visible_from(
            Status(document["status"]), date.fromisoformat(document["published_on"]), document["publish_time"]
        ),
        document=document,
    )


def categories_of(lists: Mapping[str, Document]) -> tuple[Category, ...]:
    """Return the shelves in their order."""
    entries: list[dict[str, Any]] = lists.get("categories", {}).get("categories", [])
    return tuple(Category(**{**each, "holds": Holds(each["holds"])}) for each in entries)


def topics_of(lists: Mapping[str, Document]) -> tuple[Topic, ...]:
    """Return what things can be about."""
    return tuple(Topic(**each) for each in lists.get("topics", {}).get("topics", []))
