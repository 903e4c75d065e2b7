"""What a message says, as it is posted and as it is stored: kind, times and what it leads to, sealed in one column."""

import json
from dataclasses import dataclass
from datetime import datetime

from heartport.messages.rules import About, Kind
from heartport.vault.door import current_vault

COLUMN = "message"
CONTENT_LENGTH = 320
"""Bytes of the padded content: three moments, two ids and two short words take 230."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is to be said: `at` is when it takes place, `until` until when to answer, `about_id` what it leads to.

    `occasion` tells two of one kind about one thing apart, such as the version of a booking that is moved twice.
    """

    kind: Kind
    about: About
    about_id: str
    occasion: str = ""
    at: datetime | None = None
    until: datetime | None = None
    due_at: datetime | None = None
    """When it is to be said; None is now."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is sealed: `said_at` is the minute from which on the inbox shows it."""

    kind: Kind
    about: About
    about_id: str
    at: datetime | None
    until: datetime | None
    said_at: datetime


def seal_content(message_id: str, content: Content) -> bytes:
    """Return the sealed form, of one length."""
    fields = [content.kind, content.about, content.about_id, *map(_text, (content.at, content.until, content.said_at))]
    text = json.dumps(fields, separators=(",", ":"))
    return current_vault().seal_column(COLUMN, message_id, text, CONTENT_LENGTH)


def open_content(message_id: str, sealed: bytes) -> Content:
    """Return what was sealed."""
    kind, about, about_id, at, until, said_at = json.loads(current_vault().open_column(COLUMN, message_id, sealed))
    return Content(Kind(kind), About(about), about_id, _moment(at), _moment(until), datetime.fromisoformat(said_at))


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
