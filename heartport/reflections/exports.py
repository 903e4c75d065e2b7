"""A person's notes in the document of everything that is held about them, and where they lie sealed."""

from collections.abc import Mapping
from typing import TypedDict

from heartport.local_time import instant_out
from heartport.members.standing import Standing
from heartport.reflections.directory import current_reflections
from heartport.reflections.notes import Note, all_notes
from heartport.reflections.rules import chosen
from heartport.reflections.schemas import AnsweredOut, ReflectionNameOut, advice_out, name_out
from heartport.vault.records import NOTE
from heartport.vault.shredding import Holdings
from heartport.web.shapes import Instant


class NoteHeldOut(TypedDict):
    """A note with all that is stored of it, in words."""

    id: str
    reflection: ReflectionNameOut
    kept_at: Instant
    answers: Mapping[str, str | None]
    items: list[AnsweredOut]
    note: str


class NotesPartOut(TypedDict):
    """What the reflections hold about a person."""

    notes: list[NoteHeldOut]


def sealed_notes() -> Holdings:
    """Name what the reflections seal."""
    return Holdings(listed=(NOTE,))


def export_notes(standing: Standing) -> NotesPartOut:
    """Return all notes in full, newest first."""
    return {"notes": [_note(note) for note in all_notes(standing)]}


def _note(note: Note) -> NoteHeldOut:
    version = current_reflections().version(note.reflection_id, note.version)
    return {
        "id": note.id,
        "reflection": name_out(note.reflection_id, note.version, version),
        "kept_at": instant_out(note.kept_at),
        "answers": note.answers,
        "items": advice_out(chosen(version, note.answers)) if version else [],
        "note": note.text,
    }
