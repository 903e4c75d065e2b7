"""Pure decisions about the library: how long a page is, what it must say, and what it may not leave out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from heartport.local_time import SHANGHAI

SHORTEST, LONGEST = 600, 1200
"""Chinese characters of an article's text: long enough for a scene and a way on, short enough for a tea break."""

READ_A_MINUTE = 255
"""Chinese characters that a reader takes in within a minute.

Source: Trauzettel-Klosinski & Dietz 2012, the reading speed texts IReST, mean of Chinese readers (255 a minute).
"""

NOTICE = "驾驶、骑行时请勿收听；如感到不适请停止。"
"""Stands before every track, and opens its captions."""

UNREVIEWED = "未经临床审阅的示例稿"
"""Stands beside whatever nobody with a clinical licence has signed."""

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
LONGEST_SLUG = 60

CRISIS_WORDS = ("自杀", "自伤", "自残", "轻生", "不想活", "活不下去", "伤害自己", "结束生命")
CLAIM = re.compile(r"研究|调查|试验|指南|综述|世界卫生组织|世卫组织|%|％|百分之|法》|条例》|规定》|目录》")
MARK = re.compile(r"\[([1-9][0-9]?)\]")
HAN = re.compile(r"[㐀-䶿一-鿿]")


class Status(StrEnum):
    """Whether a thing is shown: not yet, now, or no longer."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Level(StrEnum):
    """What a reader brings along: nothing, or some practice."""

    FIRST = "first"
    FURTHER = "further"


class ThingKind(StrEnum):
    """What a thing of the library is; a list is that of the categories or that of the topics."""

    ARTICLE = "article"
    TRACK = "track"
    NEWS = "news"
    LIST = "list"


class Kind(StrEnum):
    """What a track is."""

    AUDIO = "audio"
    VIDEO = "video"


class Holds(StrEnum):
    """What a category is for."""

    ARTICLES = "articles"
    TRACKS = "tracks"


@dataclass(frozen=True, slots=True)
class Source:
    """One publication that a claim rests on, so that anybody can find it."""

    title: str
    by: str
    year: int
    where: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """Who with a clinical licence read a thing, and when; `None` for both says that nobody did."""

    reviewer: str | None
    reviewed_on: date | None

    @property
    def note(self) -> str | None:
        """The words beside a thing that nobody has reviewed."""
        return UNREVIEWED if self.reviewer is None else None


def is_slug(text: str) -> bool:
    """Tell whether a text can name a thing in an address: of a-z, 0-9 and single hyphens."""
    return len(text) <= LONGEST_SLUG and SLUG.match(text) is not None


def chinese_characters(text: str) -> int:
    """Count the Chinese characters of a text; punctuation, digits and Latin letters do not count."""
    return len(HAN.findall(text))


def reading_minutes(characters: int) -> int:
    """Return the whole minutes that reading takes, at least one."""
    return max(1, -(-characters // READ_A_MINUTE))


def visible_from(status: Status, published_on: date, publish_time: str | None) -> datetime | None:
    """Return the moment from which a thing is shown, the first of its day if no time is said; None: it is not shown."""
    if status is not Status.PUBLISHED:
        return None
    return datetime.combine(published_on, time.fromisoformat(publish_time or "00:00"), SHANGHAI)


def length_problem(characters: int) -> str | None:
    """Say what is wrong with the length of an article."""
    if SHORTEST <= characters <= LONGEST:
        return None
    return f"The text has {characters} Chinese characters; {SHORTEST} to {LONGEST} are asked for."


def source_problems(texts: Sequence[str], sources: int) -> Iterator[str]:
    """Say which claims name no source, which marks lead nowhere, and which sources nothing rests on."""
    for text in texts:
        if not MARK.search(text) and (claim := CLAIM.search(text)):
            yield f"“{claim[0]}” is said without the mark of a source, such as [1]: {text[:20]}…"
    marked = {int(mark) for text in texts for mark in MARK.findall(text)}
    yield from (f"[{mark}] is the mark of no source." for mark in sorted(marked - set(range(1, sources + 1))))
    yield from (f"Source {place} is never marked." for place in range(1, sources + 1) if place not in marked)


def crisis_problem(texts: Sequence[str], crisis: bool) -> str | None:
    """Say that a text about self-harm must carry the hotlines."""
    said = next((word for word in CRISIS_WORDS for text in texts if word in text), None)
    if said and not crisis:
        return f"“{said}” is spoken of: crisis must be true, so that the hotlines stand beside it."
    return None


def review_problem(review: Review) -> str | None:
    """Say that a review has a name and a day, or neither."""
    if (review.reviewer is None) == (review.reviewed_on is None):
        return None
    return "A review has a name and a day; where there was none, both are null."
