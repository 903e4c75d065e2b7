"""What the library holds: articles, tracks, news, the lists that order them, and the words that find them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from heartport.library.bodies import Block
from heartport.library.captions import Cue
from heartport.library.rules import Holds, Kind, Level, Review, Source, Status, reading_minutes


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
    status: Status
    blocks: tuple[Block, ...]
    characters: int

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
    status: Status
    media: Path
    captions: Path
    cues: tuple[Cue, ...]


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
    status: Status
    blocks: tuple[Block, ...]


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
