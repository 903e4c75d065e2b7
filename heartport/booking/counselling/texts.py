"""The informed consent before the first appointment: a text of our own in versions, one file each."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypedDict

from flask import Flask, current_app
from marshmallow import Schema, fields, validate

from heartport.content import NOT_BLANK, ContentRefused, be_a_day, read_content
from heartport.web.shapes import Day

FOLDER = "counselling"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the text."""

    id: str
    title: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One version."""

    version: str
    published_on: date
    title: str
    sections: tuple[Section, ...]


class ConsentSectionOut(TypedDict):
    """One part of the text."""

    id: str
    title: str
    text: list[str]


class SectionEntry(Schema):
    """One part of the text as an editor writes it."""

    id = fields.String(required=True, validate=validate.Regexp(r"[a-z_]+\Z"))
    title = fields.String(required=True, validate=NOT_BLANK)
    text = fields.List(fields.String(validate=NOT_BLANK), required=True, validate=validate.Length(min=1))


class TextFile(Schema):
    """One version of the text."""

    version = fields.String(required=True, validate=validate.Regexp(r"20[0-9]{2}-(0[1-9]|1[0-2])\Z"))
    published_on = fields.Date(required=True, validate=be_a_day)
    title = fields.String(required=True, validate=NOT_BLANK)
    sections = fields.List(fields.Nested(SectionEntry), required=True, validate=validate.Length(min=1))


class CounsellingTextOut(TypedDict):
    """The current text, and which version this person agreed to."""

    version: str
    published_on: Day
    title: str
    sections: list[ConsentSectionOut]
    agreed_version: str | None


def init_app(app: Flask, content_dir: Path) -> None:
    """Load the newest version; raises `ContentRefused`."""
    app.extensions["heartport.counselling_text"] = load_texts(content_dir / FOLDER)[-1]


def current_text() -> ConsentText:
    """Return the version to which a person agrees today."""
    text: ConsentText = current_app.extensions["heartport.counselling_text"]
    return text


def load_texts(folder: Path) -> list[ConsentText]:
    """Return all versions, the newest last; raises `ContentRefused`."""
    found = [_load(path) for path in sorted(folder.glob("*.yaml"))]
    if not found:
        raise ContentRefused([f"{folder}: holds no text (a file such as 2026-11.yaml)"])
    return found


def text_out(text: ConsentText, agreed_version: str | None) -> CounsellingTextOut:
    """Return a version as a client shows it."""
    return {
        "version": text.version,
        "published_on": text.published_on.isoformat(),
        "title": text.title,
        "sections": [{"id": each.id, "title": each.title, "text": list(each.text)} for each in text.sections],
        "agreed_version": agreed_version,
    }


def _load(path: Path) -> ConsentText:
    raw = read_content(path, TextFile())
    if raw["version"] != path.stem:
        raise ContentRefused([f"{path} › version: Must equal the name of the file."])
    sections = tuple(Section(each["id"], each["title"], tuple(each["text"])) for each in raw["sections"])
    return ConsentText(raw["version"], raw["published_on"], raw["title"], sections)
