"""What the files of the library may say, key by key; docs/content-format.md is their description for editors."""

from collections.abc import Sequence

from marshmallow import Schema, ValidationError, fields, validate

from heartport.content import NOT_BLANK, be_a_day
from heartport.library.rules import Holds, Kind, Level, Status

ID = validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z", error="Must be 1 to 40 of a-z, 0-9 and _, a letter first.")
TIME = validate.Regexp(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="Must be a time such as '08:30', in quotes.")
PICTURE = validate.Regexp(r"[a-z0-9-]+\.(svg|png)\Z", error="Must be the name of an SVG or PNG file of covers/.")


def _be_without_repeats(values: Sequence[str]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("One is there twice.")


def _text(longest: int) -> fields.String:
    return fields.String(required=True, validate=[NOT_BLANK, validate.Length(max=longest)])


def _words(shortest: int = 1) -> fields.List:
    word = fields.String(validate=[NOT_BLANK, validate.Length(max=20)])
    return fields.List(word, required=True, validate=[validate.Length(min=shortest), _be_without_repeats])


def _topics(shortest: int) -> fields.List:
    return fields.List(
        fields.String(validate=ID),
        required=True,
        validate=[validate.Length(min=shortest, max=6), _be_without_repeats],
    )


class SourceEntry(Schema):
    """One publication; `where` is the journal with its issue, or the number of a document."""

    title = _text(200)
    by = _text(120)
    year = fields.Integer(required=True, strict=True, validate=validate.Range(min=1900, max=2100))
    where = fields.String(load_default=None, validate=[NOT_BLANK, validate.Length(max=120)])
    url = fields.Url(load_default=None, schemes={"https"})


class ThingHead(Schema):
    """What articles, tracks and news say of themselves alike."""

    title = _text(40)
    summary = _text(120)
    author = _text(40)
    sources = fields.List(fields.Nested(SourceEntry), required=True, validate=validate.Length(max=8))
    published_on = fields.Date(required=True, validate=be_a_day)
    publish_time = fields.String(load_default=None, validate=TIME)
    status = fields.Enum(Status, by_value=True, required=True)


class ReviewedHead(ThingHead):
    """What articles and tracks say besides; the reviewer must be written, if only as null."""

    category = fields.String(required=True, validate=ID)
    topics = _topics(1)
    cover = fields.String(required=True, validate=PICTURE)
    reviewer = fields.String(required=True, allow_none=True, validate=NOT_BLANK)
    reviewed_on = fields.Date(required=True, allow_none=True, validate=be_a_day)


class ArticleHead(ReviewedHead):
    """The front matter of an article; every article rests on at least one source."""

    today = _text(80)
    level = fields.Enum(Level, by_value=True, required=True)
    crisis = fields.Boolean(required=True)
    sources = fields.List(fields.Nested(SourceEntry), required=True, validate=validate.Length(min=1, max=8))


class TrackFile(ReviewedHead):
    """The file of a track; media and captions lie in media/ under the file's own name."""

    kind = fields.Enum(Kind, by_value=True, required=True)
    seconds = fields.Integer(required=True, strict=True, validate=validate.Range(min=20, max=1800))
    loops = fields.Boolean(required=True)


class NewsHead(ThingHead):
    """The front matter of a news item."""

    topics = _topics(0)


class CategoryEntry(Schema):
    """One category as an editor writes it."""

    id = fields.String(required=True, validate=ID)
    title = _text(12)
    summary = _text(60)
    holds = fields.Enum(Holds, by_value=True, required=True)


class CategoriesFile(Schema):
    """The file of categories, in the order in which they are shown."""

    categories = fields.List(fields.Nested(CategoryEntry), required=True, validate=validate.Length(min=1, max=60))


class TopicEntry(Schema):
    """One topic as an editor writes it."""

    id = fields.String(required=True, validate=ID)
    title = _text(12)


class TopicsFile(Schema):
    """The file of topics."""

    topics = fields.List(fields.Nested(TopicEntry), required=True, validate=validate.Length(min=1, max=300))


class SynonymsEntry(Schema):
    """One group of words as an editor writes it."""

    said = _words()
    also = _words()
    topics = fields.List(fields.String(validate=ID), load_default=list, validate=_be_without_repeats)
    crisis = fields.Boolean(load_default=False)


class SynonymsFile(Schema):
    """The file of synonyms."""

    groups = fields.List(fields.Nested(SynonymsEntry), required=True, validate=validate.Length(min=1))
