"""The privacy note (隐私说明) under each result: what was stored, who can see it, how to undo it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from marshmallow import Schema, fields, validate

from heartport.content import NOT_BLANK, read_content


@dataclass(frozen=True, slots=True)
class PrivacyNote:
    """One title and its lines."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrivacyNotes:
    """The notes for a kept result, counted in statistics or not, and for one that was not kept."""

    kept_counted: PrivacyNote
    kept_not_counted: PrivacyNote
    not_kept: PrivacyNote


class PrivacyNoteOut(TypedDict):
    """What was stored, who can see it, how to undo it."""

    title: str
    lines: list[str]


def load_privacy_notes(path: Path) -> PrivacyNotes:
    """Return the notes of a file; raises `ContentRefused`."""
    raw = read_content(path, PrivacyNoteFile())
    kept, not_kept = raw["kept"], raw["not_kept"]
    return PrivacyNotes(
        kept_counted=_kept(kept, "counted"),
        kept_not_counted=_kept(kept, "not_counted"),
        not_kept=PrivacyNote(not_kept["title"], tuple(not_kept["lines"])),
    )


def privacy_note(notes: PrivacyNotes, *, kept: bool, aggregate: bool) -> PrivacyNoteOut:
    """Return `{title, lines}` for a result, by the two consents that held when it was submitted.

    What was not kept cannot be counted, whatever `aggregate` says: statistics are made from stored results.
    """
    note = notes.not_kept
    if kept:
        note = notes.kept_counted if aggregate else notes.kept_not_counted
    return {"title": note.title, "lines": list(note.lines)}


def _kept(raw: dict[str, Any], statistics: str) -> PrivacyNote:
    return PrivacyNote(raw["title"], (*raw["lines"], raw[statistics], *raw["closing"]))


def _lines() -> fields.List[str]:
    return fields.List(fields.String(validate=NOT_BLANK), required=True, validate=validate.Length(min=1))


class NotKeptEntry(Schema):
    """The note under a result that was not kept."""

    title = fields.String(required=True, validate=NOT_BLANK)
    lines = _lines()


class KeptEntry(NotKeptEntry):
    """The note under a kept result, with the sentence on statistics that depends on consent."""

    counted = fields.String(required=True, validate=NOT_BLANK)
    not_counted = fields.String(required=True, validate=NOT_BLANK)
    closing = _lines()


class PrivacyNoteFile(Schema):
    """The file of privacy notes."""

    kept = fields.Nested(KeptEntry, required=True)
    not_kept = fields.Nested(NotKeptEntry, required=True)
