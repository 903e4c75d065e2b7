"""Finds what is shown now by words: title before topic before summary before text, each with the place that matched.

A few thousand things are looked through in memory, text by text: that takes milliseconds, is right for words of two
signs, and gives the same answers over every database (decision 0041). What somebody looks for is noted nowhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from flask import Flask, current_app

from heartport.library.files import read_synonyms
from heartport.library.rules import ThingKind
from heartport.library.shelf import Shelf, Shown, current_shelf, what_is_shown
from heartport.library.stock import Thing
from heartport.library.things import Synonyms
from heartport.library.words import Asked, Need, folded, in_parts, initials_of, understood

BEFORE, AFTER = 12, 48
"""Signs of a long text that are shown around what matched."""


class Field(StrEnum):
    """Where something matched, the best place first."""

    TITLE = "title"
    TOPIC = "topic"
    SUMMARY = "summary"
    BODY = "body"


RANK = {field: rank for rank, field in enumerate(Field)}


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a thing, as it is and folded."""

    field: Field
    said: str
    plain: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing with its texts, the best first, and what its topics are called."""

    thing: Thing
    texts: tuple[Text, ...]
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: its best text, and the words that may stand there."""

    thing: Thing
    text: Text
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of the text that matched best, and where in it the words stand, each as start and length."""

    field: Field
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a search."""

    asked: Asked
    hits: Sequence[Hit]


@dataclass
class Searcher:
    """The words that people say otherwise, and the texts of what was shown when somebody last searched."""

    synonyms: Sequence[Synonyms]
    shown: Shown | None = None
    entries: Sequence[Entry] = ()

    def current(self) -> Sequence[Entry]:
        """Return the texts of what is shown now."""
        shown = what_is_shown()
        if shown is not self.shown:
            shelf = current_shelf()
            self.shown, self.entries = shown, [_entry(each, shelf) for each in shown.things]
        return self.entries


def init_app(app: Flask, content_dir: Path) -> None:
    """Read what people say otherwise; raises `ContentRefused`."""
    app.extensions["heartport.search"] = Searcher(read_synonyms(content_dir / "synonyms.yaml"))


def search_library(query: str, kind: str | None = None) -> Answered:
    """Find what is shown now; raises `StoreUnavailable`."""
    searcher: Searcher = current_app.extensions["heartport.search"]
    asked = understood(query, searcher.synonyms)
    entries = [each for each in searcher.current() if kind in (None, each.thing.kind)]
    hits = _found(asked.needs, entries, at_least=1)
    if not hits and asked.initials:
        hits = list(_by_initials(asked.initials, entries))
    if not hits and (parts := in_parts(asked.needs)):
        hits = _found(parts, entries, at_least=(len(parts) + 1) // 2)
    return Answered(asked, hits)


def match_of(hit: Hit) -> Match:
    """Return the place to show: a short text whole, of a long one a stretch around the first word."""
    text = hit.text
    firsts = [at for word in hit.words if (at := text.plain.find(word)) >= 0]
    start = max(0, min(firsts, default=0) - BEFORE) if text.field is Field.BODY else 0
    end = start + BEFORE + AFTER if text.field is Field.BODY else len(text.said)
    plain = text.plain[start:end]
    marks = sorted({(at, len(word)) for word in hit.words for at in _places(word, plain)})
    return Match(text.field, text.said[start:end], _joined(marks))


def _entry(thing: Thing, shelf: Shelf) -> Entry:
    titles = {each: shelf.topic_titles.get(each, each) for each in thing.topics}
    said = (thing.title, "、".join(titles.values()), thing.introduction, thing.words)
    texts = tuple(Text(field, text, folded(text)) for field, text in zip(Field, said, strict=True))
    return Entry(thing, texts, titles)


def _found(needs: Sequence[Need], entries: Sequence[Entry], *, at_least: int) -> list[Hit]:
    """Return what meets so many needs, a main one among them: what meets more, then what meets them better."""
    ranked = []
    for place, entry in enumerate(entries):
        met = [(need, best) for need in needs if (best := _best(need, entry))]
        if len(met) >= at_least and any(need.main for need, _ in met):
            ranked.append((-len(met), *_rank(met, entry.thing), place, entry, met))
    ranked.sort(key=lambda each: each[:-2])
    return [_hit(entry, met) for *_, entry, met in ranked]


def _best(need: Need, entry: Entry) -> Text | None:
    """Return the best text of a thing that meets a need, be it by a topic that is about it."""
    for text in entry.texts:
        if any(word in text.plain for word in need.words):
            return text
        if text.field is Field.TOPIC and not need.topics.isdisjoint(entry.thing.topics):
            return text
    return None


def _rank(met: Sequence[tuple[Need, Text]], thing: Thing) -> tuple[int, bool, bool, bool]:
    """Order by the best place, then by what a thing is mainly about, by the words as typed, and news last."""
    best = min(RANK[text.field] for _, text in met)
    about = any(thing.topics[:1] and thing.topics[0] in need.topics for need, _ in met)
    typed = any(need.typed in text.plain for need, text in met if RANK[text.field] == best)
    return best, not about, not typed, thing.kind is ThingKind.NEWS


def _hit(entry: Entry, met: Sequence[tuple[Need, Text]]) -> Hit:
    """Show the best text; of topics those that were meant are marked, though no word of them was said."""
    text = min((text for _, text in met), key=lambda each: RANK[each.field])
    words = [word for need, _ in met for word in need.words]
    if text.field is Field.TOPIC:
        words += [folded(title) for need, _ in met for topic, title in entry.titles.items() if topic in need.topics]
    return Hit(entry.thing, text, tuple(words))


def _by_initials(letters: str, entries: Sequence[Entry]) -> Iterator[Hit]:
    """Give what has a title, then what has a topic, of which a part begins with syllables of these letters."""
    for field in (Field.TITLE, Field.TOPIC):
        for entry in entries:
            text = entry.texts[RANK[field]]
            words = tuple(part[: len(letters)] for part in initials_of(text.plain, letters))
            if words and not (field is Field.TOPIC and initials_of(entry.texts[0].plain, letters)):
                yield Hit(entry.thing, text, words)


def _places(word: str, text: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def _joined(marks: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Join marks that touch or overlap."""
    joined: list[tuple[int, int]] = []
    for at, length in marks:
        if joined and at <= sum(joined[-1]):
            first, before = joined[-1]
            joined[-1] = first, max(first + before, at + length) - first
        else:
            joined.append((at, length))
    return tuple(joined)
