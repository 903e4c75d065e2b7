"""The form in which a thing is stored: JSON, and back to the file that an editor can change."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

import yaml

from heartport.content import ContentRefused
from heartport.library.rules import ThingKind

Document = Mapping[str, Any]
"""What the front matter says, by its own keys; beside it `body`, `cues` and `files`, and `slug` in the database."""


class FileFacts(TypedDict):
    """By which a file beside the database is known again."""

    name: str
    bytes: int
    digest: str


BESIDE = ("slug", "body", "cues", "files")
ORDER = (
    *("id", "title", "summary", "today", "kind", "by", "year", "where", "url", "category", "topics", "categories"),
    *("holds", "level", "crisis", "seconds", "loops", "cover", "author", "reviewer", "reviewed_on"),
    *("published_on", "publish_time", "status", "sources"),
)
"""In which order keys are written into a file."""
DIGEST_LENGTH = 32


def plain_document(head: Mapping[str, Any], **more: Any) -> Document:  # noqa: ANN401 - whatever JSON has a form for
    """Return the document of a checked front matter: dates and enums as texts."""
    document: Document = json.loads(json.dumps({**head, **more}, default=str))
    return document


def file_facts(path: Path) -> FileFacts:
    """Return a file's name in the content folder, its size, and 32 hex digits of its SHA-256."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH]
    return {"name": f"{path.parent.name}/{path.name}", "bytes": len(content), "digest": digest}


def facts_again(document: Document, folder: Path) -> Document:
    """Return a document with the files beside it as they are now; raises `ContentRefused` for one that is gone."""
    named = document.get("files", {})
    gone = [f"{folder / each['name']}: is missing." for each in named.values() if not (folder / each["name"]).is_file()]
    if gone:
        raise ContentRefused(gone)
    files = {role: file_facts(folder / each["name"]) for role, each in named.items()}
    return {**document, "files": files} if files else document


def text_of(document: Document) -> str:
    """Return a document as it is stored: one text for one meaning."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def document_of(text: str) -> Document:
    """Return a stored document."""
    document: Document = json.loads(text)
    return document


def digest_of(document: Document) -> bytes:
    """Return what tells whether two documents say the same; a slug is a name and says nothing."""
    return hashlib.sha256(text_of({key: value for key, value in document.items() if key != "slug"}).encode()).digest()


def file_of(kind: ThingKind, document: Document) -> str:
    """Return the file that would be read as this document."""
    head = {key: value for key, value in document.items() if key not in BESIDE and not _is_unsaid(key, value)}
    front = yaml.safe_dump(_in_order(head), allow_unicode=True, sort_keys=False, width=1000)
    if kind in (ThingKind.TRACK, ThingKind.LIST):
        return front
    return f"---\n{front}---\n\n{document['body']}\n"


def _in_order(value: Any) -> Any:  # noqa: ANN401 - whatever JSON has a form for
    """Put the keys of mappings, however deep, in the order in which an editor writes them."""
    if isinstance(value, list):
        return [_in_order(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: _in_order(value[key]) for key in sorted(value, key=_place)}


def _place(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _is_unsaid(key: str, value: object) -> bool:
    """Tell whether a key is one that need not be there and says nothing."""
    return key == "publish_time" and value is None
