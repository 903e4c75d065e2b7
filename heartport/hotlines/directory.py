"""Reads the lists of hotlines and clinics once, at start; a wrong file is refused with all its problems."""

from pathlib import Path

from marshmallow import Schema, ValidationError, fields, validate

from heartport.content import NOT_BLANK, ContentRefused, be_a_day, read_content
from heartport.hotlines.rules import (
    Clinic,
    Directory,
    Hotline,
    HotlineKind,
    HoursUnreadable,
    parse_hours,
)

PHONE = validate.Regexp(r"[0-9][0-9 -]{1,18}[0-9]\Z", error="Must be digits, with spaces or hyphens between.")


def load_directory(path: Path) -> Directory:
    """Return the hotlines of a file; raises `ContentRefused`."""
    raw = read_content(path, DirectoryFile())
    hotlines = tuple(Hotline(**each | {"hours": parse_hours(each["hours"])}) for each in raw["hotlines"])
    _refuse_repeats(path, hotlines)
    return Directory(hotlines, example=raw["example"])


def load_clinics(path: Path) -> tuple[Clinic, ...]:
    """Return the clinics of a file, each with the file's mark `example`; raises `ContentRefused`."""
    raw = read_content(path, ClinicsFile())
    return tuple(
        Clinic(**each | {"hours": parse_hours(each["hours"])}, example=raw["example"]) for each in raw["clinics"]
    )


def _refuse_repeats(path: Path, hotlines: tuple[Hotline, ...]) -> None:
    keys = [(each.number, each.district) for each in hotlines]
    problems = [
        f"{path} › hotlines › {place} › number: Is listed twice for the same district."
        for place, key in enumerate(keys, start=1)
        if key in keys[: place - 1]
    ]
    if problems:
        raise ContentRefused(problems)


def _be_readable_hours(text: str) -> None:
    try:
        parse_hours(text)
    except HoursUnreadable as problem:
        raise ValidationError(f"Not opening hours: {problem}.") from None


class HotlineEntry(Schema):
    """One hotline as an editor writes it."""

    number = fields.String(required=True, validate=PHONE)
    name = fields.String(required=True, validate=NOT_BLANK)
    kind = fields.Enum(HotlineKind, by_value=True, required=True)
    district = fields.String(load_default=None, allow_none=True, validate=NOT_BLANK)
    hours = fields.String(required=True, validate=_be_readable_hours)
    verified_on = fields.Date(required=True, validate=be_a_day)
    verified_by = fields.String(required=True, validate=NOT_BLANK)


class DirectoryFile(Schema):
    """The file of hotlines."""

    example = fields.Boolean(required=True)
    hotlines = fields.List(fields.Nested(HotlineEntry), required=True, validate=validate.Length(min=1))


class ClinicEntry(Schema):
    """One clinic as an editor writes it."""

    name = fields.String(required=True, validate=NOT_BLANK)
    department = fields.String(required=True, validate=NOT_BLANK)
    district = fields.String(required=True, validate=NOT_BLANK)
    address = fields.String(required=True, validate=NOT_BLANK)
    phone = fields.String(load_default=None, allow_none=True, validate=PHONE)
    hours = fields.String(required=True, validate=_be_readable_hours)
    verified_on = fields.Date(required=True, validate=be_a_day)
    verified_by = fields.String(required=True, validate=NOT_BLANK)


class ClinicsFile(Schema):
    """The file of clinics."""

    example = fields.Boolean(required=True)
    clinics = fields.List(fields.Nested(ClinicEntry), required=True, validate=validate.Length(min=1))
