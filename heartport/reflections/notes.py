"""Use cases: keep the answers to a reflection as a private note because the person said so, read it again, delete it.

Nothing is kept without that wish, and with it only here: sealed under the person's own key, beside their results, and
gone with the same half-years. No consent beyond the wish is asked for; it is for this one note.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from heartport import clock
from heartport.errors import Conflict, Invalid, NotFound
from heartport.members.standing import Standing
from heartport.vault.door import current_vault
from heartport.vault.listing import delete_entry, find_entry, id_text, list_entries, place_text
from heartport.vault.records import NOTE, Entry, Records


class NoteUnknown(NotFound):
    """This person has no such note."""

    code = "note_unknown"
    detail = "没有找到这份笔记。"


class NoteReused(Invalid):
    """The attempt id belongs to another note already."""

    code = "note_reused"
    detail = "这次的编号已经用于另一份笔记，请重新打开后再试。"


class NoteDeleted(Conflict):
    """The note of this attempt was kept and then deleted by the person."""

    code = "note_deleted"
    detail = "这份笔记已被您删除。"


@dataclass(frozen=True, slots=True)
class Note:
    """What was kept; `id` and `place` are empty before it is."""

    reflection_id: str
    version: str
    kept_at: datetime
    answers: Mapping[str, str | None]
    text: str
    id: str = ""
    place: str = ""


def keep_note(standing: Standing, attempt_id: str, note: Note) -> str:
    """Keep a note once and return its id; raises `NoteReused` or `NoteDeleted` for an attempt that has a history."""
    records = _records(standing)
    entry, _ = records.insert_once(records.id_for(attempt_id), _encode(note), standing.windows)
    if entry.payload is None:
        raise NoteDeleted
    stored = _decode(entry)
    if _content(stored) != _content(note):
        raise NoteReused
    return stored.id


def list_notes(standing: Standing, after: str | None, limit: int) -> list[Note]:
    """Return up to `limit` notes, newest first, beginning after a place; raises `PlaceUnknown`."""
    return [_decode(entry) for entry in list_entries(_records(standing), standing.searched, after, limit)]


def find_note(standing: Standing, note_id: str) -> Note:
    """Return one note of this person; raises `NoteUnknown`."""
    entry = find_entry(_records(standing), standing.searched, note_id)
    if entry is None:
        raise NoteUnknown
    return _decode(entry)


def delete_note(standing: Standing, note_id: str) -> None:
    """Turn one note of this person into a tombstone; raises `NoteUnknown`."""
    if not delete_entry(_records(standing), standing.searched, note_id):
        raise NoteUnknown


def all_notes(standing: Standing) -> list[Note]:
    """Return every note, newest first."""
    return [_decode(entry) for entry in _records(standing).live(standing.searched)]


def new_note(reflection_id: str, version: str, answers: Mapping[str, Any], text: str) -> Note:
    """Return a note of this moment."""
    return Note(reflection_id, version, clock.now(), answers, text)


def _records(standing: Standing) -> Records:
    return current_vault().records(standing.account_id, NOTE)


def _content(note: Note) -> tuple[object, ...]:
    return note.reflection_id, note.version, dict(note.answers), note.text


def _encode(note: Note) -> bytes:
    fields = [note.reflection_id, note.version, note.kept_at.isoformat(), note.answers, note.text]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _decode(entry: Entry) -> Note:
    reflection_id, version, kept_at, answers, text = json.loads(entry.payload or b"")
    moment = datetime.fromisoformat(kept_at)
    return Note(reflection_id, version, moment, answers, text, id_text(entry.id), place_text(entry))
