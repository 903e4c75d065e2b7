"""What the library holds: articles, tracks, news, the lists that order them, and the words that find them."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from heartport.library.bodies import Block
from heartport.library.captions import Cue
from heartport.library.documents import Document
from heartport.library.rules import Holds, Kind, Level, Review, Source, Status, ThingKind, reading_minutes


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of articles or of tracks."""

    id: str
    title: str
    summary: str
    holds: Holds


@dataclass(frozen=True, slots=True)
class Topic:
    """What a thing is about; advice of scales asks for topics by their ids."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article of 科普."""

    slug: str
    title: str
    summary: str
    today: str
    category: str
    topics: tuple[str, ...]
    level: Level
    author: str
    review: Review
    cover: Path
    crisis: bool
    sources: tuple[Source, ...]
    published_on: date
    publish_time: str | None
    status: Status
    blocks: tuple[Block, ...]
    characters: int
    document: Document = field(repr=False, compare=False)

    @property
    def minutes(self) -> int:
        """How long reading takes."""
        return reading_minutes(self.characters)


@dataclass(frozen=True, slots=True)
class Track:
    """One audio or video of 解忧空间; `cues` carry its guidance as text."""

    slug: str
    kind: Kind
    title: str
    summary: str
    category: str
    topics: tuple[str, ...]
    seconds: int
    loops: bool
    author: str
    review: Review
    cover: Path
    sources: tuple[Source, ...]
    published_on: date
    publish_time: str | None
    status: Status
    media: Path
    captions: Path
    cues: tuple[Cue, ...]
    document: Document = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One item of 资讯."""

    slug: str
    title: str
    summary: str
    topics: tuple[str, ...]
    author: str
    sources: tuple[Source, ...]
    published_on: date
    publish_time: str | None
    status: Status
    blocks: tuple[Block, ...]
    document: Document = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What people type (`said`), the words to look for besides (`also`), and the topics that are meant.

    Where `crisis` is set, the hotlines come before anything that is found.
    """

    said: tuple[str, ...]
    also: tuple[str, ...]
    topics: tuple[str, ...]
    crisis: bool


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that the files of one folder hold, in the order of their names."""

    categories: tuple[Category, ...]
    topics: tuple[Topic, ...]
    articles: tuple[Article, ...]
    tracks: tuple[Track, ...]
    news: tuple[NewsItem, ...]
    synonyms: tuple[Synonyms, ...]

    def documents(self) -> Iterator[tuple[ThingKind, str, Document]]:
        """Give all that is stored in the database, each with its kind and its id; synonyms stay a file."""
        yield ThingKind.LIST, "categories", categories_document(self.categories)
        yield ThingKind.LIST, "topics", topics_document(self.topics)
        yield from ((ThingKind.ARTICLE, each.slug, each.document) for each in self.articles)
        yield from ((ThingKind.TRACK, each.slug, each.document) for each in self.tracks)
        yield from ((ThingKind.NEWS, each.slug, each.document) for each in self.news)


def categories_document(categories: Iterable[Category]) -> Document:
    """Return the shelves as they are stored."""
    return {"categories": [{**asdict(each), "holds": each.holds.value} for each in categories]}


def topics_document(topics: Iterable[Topic]) -> Document:
    """Return the topics as they are stored."""
    return {"topics": [asdict(each) for each in topics]}
