"""What one thing says of others: its category and topics must be there, and a list must keep what is in use. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from heartport.library.documents import Document
from heartport.library.rules import Holds, ThingKind

Documents = Mapping[tuple[ThingKind, str], Document]
HELD = {ThingKind.ARTICLE: Holds.ARTICLES, ThingKind.TRACK: Holds.TRACKS}


def reference_problems(kind: ThingKind, thing_id: str, document: Document, others: Documents) -> list[str]:
    """Say what a document asks for that is not there, or no longer offers though it is in use; its key comes first."""
    if kind is ThingKind.LIST:
        return list(_still_in_use(thing_id, document, others))
    return [*_missing(kind, document, others), *_same_title(kind, thing_id, document, others)]


def _missing(kind: ThingKind, document: Document, others: Documents) -> Iterator[str]:
    topics = {each["id"] for each in _entries(others, "topics")}
    yield from (f"topics: There is no topic {each}." for each in document["topics"] if each not in topics)
    if kind in HELD:
        shelves = {each["id"] for each in _entries(others, "categories") if each["holds"] == HELD[kind]}
        if document["category"] not in shelves:
            yield f"category: There is no category {document['category']} of {HELD[kind].value}."


def _same_title(kind: ThingKind, thing_id: str, document: Document, others: Documents) -> Iterator[str]:
    for (other_kind, other_id), other in others.items():
        if other_kind is kind and other_id != thing_id and other["title"] == document["title"]:
            yield f"title: {other_id} has this title already."


def _still_in_use(name: str, document: Document, others: Documents) -> Iterator[str]:
    kept = {each["id"] for each in document[name]}
    for (kind, thing_id), other in others.items():
        for each in _asked_for(name, other) if kind is not ThingKind.LIST else ():
            if each not in kept:
                yield f"{name}: {each} is in use by {kind.value} {thing_id}."


def _asked_for(name: str, document: Document) -> Iterable[str]:
    if name == "topics":
        topics: list[str] = document["topics"]
        return topics
    return [document["category"]] if "category" in document else []


def _entries(others: Documents, name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = others.get((ThingKind.LIST, name), {}).get(name, [])
    return entries
