"""What clients see of the library: briefs for lists, and whole things."""

from collections.abc import Sequence
from typing import Annotated, Generic, TypedDict, TypeVar

from heartport.library.bodies import Block, Form
from heartport.library.cards import HotlineCardOut
from heartport.library.documents import FileFacts
from heartport.library.media import address_of, content_type_of
from heartport.library.rules import NOTICE, Holds, Kind, Level, ThingKind
from heartport.library.search import Field, Hit, match_of
from heartport.library.shelf import Shelf
from heartport.library.stock import Thing
from heartport.library.things import Category
from heartport.local_time import instant_out
from heartport.web.shapes import Day, Instant, Keywords, one_of

T = TypeVar("T")
SLUG_SHAPE = Keywords(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", maxLength=60)
Slug = Annotated[str, SLUG_SHAPE]
ReviewNote = Annotated[str | None, "To be shown beside what nobody with a clinical licence has read."]


MediaUrl = Annotated[str, "Where to fetch it, without a token: a path of this service, or a full address."]


class ArticleTopicOut(TypedDict):
    """What something is about."""

    id: str
    title: str


class CategoryOut(TypedDict):
    """A shelf."""

    id: str
    title: str
    summary: str
    holds: Annotated[str, one_of(Holds)]
    count: Annotated[int, "How many things stand there now."]


class CategoriesOut(TypedDict):
    """The shelves in the order of showing, and the topics by which lists can be narrowed."""

    items: list[CategoryOut]
    topics: list[ArticleTopicOut]


class ShelfPageOut(TypedDict, Generic[T]):
    """A list, or one page of it."""

    items: list[T]
    next_cursor: Annotated[str | None, "Send it as `cursor` for the next page; null on the last."]
    note: Annotated[str | None, "What to say, and to suggest, where there is nothing."]


class ThingOut(TypedDict):
    """What all things say."""

    id: Annotated[Slug, "It never changes: favourites and links keep this one."]
    slug: Annotated[Slug, "Its name in addresses today; earlier ones lead here too."]
    title: str
    summary: str
    topics: list[ArticleTopicOut]
    published_at: Instant


class ArticleBriefOut(ThingOut):
    """An article in a list."""

    category: str
    level: Annotated[str, one_of(Level)]
    minutes: Annotated[int, "How long reading takes."]
    crisis: Annotated[bool, "It speaks of self-harm."]
    cover: MediaUrl
    review_note: ReviewNote


class TrackBriefOut(ThingOut):
    """A track in a list."""

    kind: Annotated[str, one_of(Kind)]
    category: str
    seconds: int
    loops: Annotated[bool, "It is meant to be played in a ring."]
    cover: MediaUrl
    review_note: ReviewNote


class NewsBriefOut(ThingOut):
    """A news item in a list."""


class SourceOut(TypedDict):
    """A publication; `[1]` in a text is the first of them."""

    title: str
    by: str
    year: int
    where: str | None
    url: str | None


class BlockOut(TypedDict):
    """One stretch of a text. Texts keep `**strong words**` and marks of sources, such as `[1]`."""

    form: Annotated[str, one_of(Form)]
    texts: Annotated[list[str], "One for a heading, a paragraph or a quote; one an entry of a list or of steps."]


class MediaOut(TypedDict):
    """A file to fetch."""

    url: MediaUrl
    content_type: str
    bytes: int


class WholeOut(TypedDict):
    """What whole things say besides."""

    author: str
    sources: list[SourceOut]


class ReadOut(WholeOut):
    """What is read."""

    blocks: list[BlockOut]
    html: Annotated[str, "The same for clients that show HTML: seven tags without attributes, sanitised."]
    card: Annotated[HotlineCardOut | None, "Stands before a text that speaks of self-harm."]


class ReviewedOut(TypedDict):
    """By whom it was read, and when; both null where nobody did."""

    reviewer: str | None
    reviewed_on: Day | None


class ArticleOut(ArticleBriefOut, ReadOut, ReviewedOut):
    """A whole article."""

    today: Annotated[str, "One thing to do today, shown apart from the text."]


class NewsOut(NewsBriefOut, ReadOut):
    """A whole news item."""


class CueOut(TypedDict):
    """What is shown from one moment to another, in milliseconds from the beginning."""

    starts_ms: int
    ends_ms: int
    text: str


class TrackOut(TrackBriefOut, WholeOut, ReviewedOut):
    """A whole track; its cues carry its guidance as text."""

    notice: Annotated[str, "Stands before it plays."]
    media: MediaOut
    captions: Annotated[MediaOut, "The cues as WebVTT."]
    cues: list[CueOut]
    card: HotlineCardOut | None


class MatchOut(TypedDict):
    """The place that matched best."""

    field: Annotated[str, one_of(Field)]
    text: Annotated[str, "The title, the topics, or a stretch of the text."]
    marks: Annotated[list[list[int]], "Where the words stand in it: start and length, in characters."]


class HitOut(ThingOut):
    """Something that was found."""

    kind: Annotated[str, one_of(kind for kind in ThingKind if kind is not ThingKind.LIST)]
    crisis: Annotated[bool, "It speaks of self-harm."]
    match: MatchOut


class FoundOut(TypedDict):
    """What a search found; the card comes before all of it."""

    card: Annotated[HotlineCardOut | None, "Where the words speak of a crisis, whatever else was found."]
    items: list[HitOut]
    next_cursor: Annotated[str | None, "Send it as `cursor` for the next page; null on the last."]
    note: Annotated[str | None, "What to say, and to suggest, where nothing was found."]


def hit_out(hit: Hit, shelf: Shelf) -> HitOut:
    """Return one thing that was found."""
    match = match_of(hit)
    return {
        **thing_out(hit.thing, shelf),
        "kind": hit.thing.kind.value,
        "crisis": hit.thing.crisis,
        "match": {"field": match.field.value, "text": match.text, "marks": [list(each) for each in match.marks]},
    }


def categories_out(shelf: Shelf, shown: Sequence[Thing]) -> CategoriesOut:
    """Return the shelves with how much stands there now, and the topics that something is about."""
    used = {topic for each in shown for topic in each.topics}
    return {
        "items": [category_out(each, shown) for each in shelf.categories],
        "topics": [{"id": each.id, "title": each.title} for each in shelf.topics if each.id in used],
    }


def category_out(category: Category, shown: Sequence[Thing]) -> CategoryOut:
    """Return one shelf."""
    kind = ThingKind.ARTICLE if category.holds is Holds.ARTICLES else ThingKind.TRACK
    return {
        "id": category.id,
        "title": category.title,
        "summary": category.summary,
        "holds": category.holds.value,
        "count": sum(each.kind is kind and each.category == category.id for each in shown),
    }


def thing_out(thing: Thing, shelf: Shelf) -> ThingOut:
    """Return what all things say; only of one that is shown."""
    assert thing.visible_from is not None
    return {
        "id": thing.id,
        "slug": thing.slug,
        "title": thing.title,
        "summary": thing.summary,
        "topics": [{"id": topic, "title": shelf.topic_titles.get(topic, topic)} for topic in thing.topics],
        "published_at": instant_out(thing.visible_from),
    }


def article_brief_out(thing: Thing, shelf: Shelf) -> ArticleBriefOut:
    """Return an article for a list."""
    return {
        **thing_out(thing, shelf),
        "category": thing.document["category"],
        "level": thing.document["level"],
        "minutes": thing.minutes or 1,
        "crisis": thing.crisis,
        "cover": address_of(thing.document["files"]["cover"]),
        "review_note": review_note_of(thing),
    }


def article_out(thing: Thing, shelf: Shelf, card: HotlineCardOut | None) -> ArticleOut:
    """Return a whole article."""
    return {
        **article_brief_out(thing, shelf),
        **read_out(thing, card),
        **reviewed_out(thing),
        "today": thing.document["today"],
    }


def track_brief_out(thing: Thing, shelf: Shelf) -> TrackBriefOut:
    """Return a track for a list."""
    return {
        **thing_out(thing, shelf),
        "kind": thing.document["kind"],
        "category": thing.document["category"],
        "seconds": thing.seconds or 0,
        "loops": thing.document["loops"],
        "cover": address_of(thing.document["files"]["cover"]),
        "review_note": review_note_of(thing),
    }


def track_out(thing: Thing, shelf: Shelf, card: HotlineCardOut | None) -> TrackOut:
    """Return a whole track."""
    return {
        **track_brief_out(thing, shelf),
        **whole_out(thing),
        **reviewed_out(thing),
        "notice": NOTICE,
        "media": media_out(thing.document["files"]["media"]),
        "captions": media_out(thing.document["files"]["captions"]),
        "cues": [{"starts_ms": each[0], "ends_ms": each[1], "text": each[2]} for each in thing.document["cues"]],
        "card": card,
    }


def media_out(facts: FileFacts) -> MediaOut:
    """Return where a file is fetched, and what it is."""
    return {"url": address_of(facts), "content_type": content_type_of(facts), "bytes": facts["bytes"]}


def news_brief_out(thing: Thing, shelf: Shelf) -> NewsBriefOut:
    """Return a news item for a list."""
    return {**thing_out(thing, shelf)}


def news_out(thing: Thing, shelf: Shelf, card: HotlineCardOut | None) -> NewsOut:
    """Return a whole news item."""
    return {**news_brief_out(thing, shelf), **read_out(thing, card)}


def read_out(thing: Thing, card: HotlineCardOut | None) -> ReadOut:
    """Return the text of what is read."""
    return {**whole_out(thing), "blocks": [block_out(each) for each in thing.blocks], "html": thing.html, "card": card}


def whole_out(thing: Thing) -> WholeOut:
    """Return who wrote it, and on what it rests."""
    return {"author": thing.document["author"], "sources": [source_out(each) for each in thing.document["sources"]]}


def source_out(source: dict[str, object]) -> SourceOut:
    """Return one publication."""
    return {name: source[name] for name in SourceOut.__annotations__}  # type: ignore[return-value]


def block_out(block: Block) -> BlockOut:
    """Return one stretch of a text."""
    return {"form": block.form.value, "texts": list(block.texts)}


def reviewed_out(thing: Thing) -> ReviewedOut:
    """Return by whom it was read."""
    return {"reviewer": thing.document["reviewer"], "reviewed_on": thing.document["reviewed_on"]}


def review_note_of(thing: Thing) -> str | None:
    """Return the words beside what nobody with a clinical licence has read."""
    return thing.review.note if thing.review else None
