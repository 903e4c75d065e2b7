"""What the file of topics may say, key by key; docs/content-format.md is its description for editors."""

from collections.abc import Sequence

from marshmallow import Schema, ValidationError, fields, validate

from heartport.catalogue.rules import TICK_MINUTES, Format
from heartport.content import NOT_BLANK, be_a_day

ID = validate.Regexp(r"[a-z][a-z0-9_]{0,29}\Z", error="Must be 1 to 30 of a-z, 0-9 and _, a letter first.")
THEME_CODE = validate.Regexp(r"[A-Z]\Z", error="Must be one letter from A to Z.")
TOPIC_CODE = validate.Regexp(r"[A-Z][0-9]{2}\Z", error="Must be a letter from A to Z and two digits.")
MOST_PEOPLE = 1000
LONGEST_MIN = 480


def _be_without_repeats(values: Sequence[str]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("One is there twice.")


def _be_whole_ticks(minutes: int) -> None:
    if minutes % TICK_MINUTES:
        raise ValidationError(f"Must be a multiple of {TICK_MINUTES} minutes.")


def _text(longest: int) -> fields.String:
    return fields.String(required=True, validate=[NOT_BLANK, validate.Length(max=longest)])


def _people() -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=MOST_PEOPLE))


class QualificationEntry(Schema):
    """One qualification as an editor writes it."""

    id = fields.String(required=True, validate=ID)
    title = _text(12)
    meaning = _text(60)


class TopicEntry(Schema):
    """One topic as an editor writes it."""

    code = fields.String(required=True, validate=TOPIC_CODE)
    title = _text(40)
    format = fields.Enum(Format, by_value=True, required=True)
    duration_min = fields.Integer(
        required=True, strict=True, validate=[validate.Range(min=30, max=LONGEST_MIN), _be_whole_ticks]
    )
    min_people = _people()
    max_people = _people()
    qualifications = fields.List(
        fields.String(validate=ID), required=True, validate=[validate.Length(min=1), _be_without_repeats]
    )
    outline = fields.List(_text(60), required=True, validate=validate.Length(min=1, max=12))
    withdrawn_on = fields.Date(load_default=None, validate=be_a_day)


class ThemeEntry(Schema):
    """One theme as an editor writes it."""

    code = fields.String(required=True, validate=THEME_CODE)
    title = _text(20)
    topics = fields.List(fields.Nested(TopicEntry), required=True, validate=validate.Length(min=1))


class TopicsFile(Schema):
    """The file of topics, in the order in which they are shown."""

    qualifications = fields.List(fields.Nested(QualificationEntry), required=True, validate=validate.Length(min=1))
    themes = fields.List(fields.Nested(ThemeEntry), required=True, validate=validate.Length(min=1))
