"""What a catalogue consists of, and what is wrong with one that a schema alone lets through."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

TICK_MINUTES = 15
"""Durations are whole quarters of an hour, because the calendar knows no shorter time."""


class Format(StrEnum):
    """How a topic is taught."""

    LECTURE = "lecture"
    SALON = "salon"
    GROUP = "group"
    WORKSHOP = "workshop"


FORMAT_LABELS = {Format.LECTURE: "讲座", Format.SALON: "沙龙", Format.GROUP: "团辅", Format.WORKSHOP: "工作坊"}


@dataclass(frozen=True, slots=True)
class Qualification:
    """Something that a facilitator must be able to do."""

    id: str
    title: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic; head counts include both ends, and who leads it holds every qualification."""

    code: str
    title: str
    format: Format
    duration_min: int
    min_people: int
    max_people: int
    qualifications: tuple[str, ...]
    outline: tuple[str, ...]
    withdrawn_on: date | None = None

    def is_offered(self, today: date) -> bool:
        """Tell whether it can be asked for on this day."""
        return self.withdrawn_on is None or today < self.withdrawn_on


@dataclass(frozen=True, slots=True)
class Theme:
    """A group of topics."""

    code: str
    title: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it, in the order in which it is shown."""

    themes: tuple[Theme, ...]
    qualifications: tuple[Qualification, ...]

    @property
    def topics(self) -> list[Topic]:
        """Every topic, the withdrawn ones among them."""
        return [topic for theme in self.themes for topic in theme.topics]


def may_lead(held: Collection[str], needed: Collection[str]) -> bool:
    """Tell whether somebody with these qualifications may lead a topic that needs those."""
    return set(needed) <= set(held)


def problems_of(catalogue: Catalogue) -> Iterator[str]:
    """Say what is wrong between the entries of a catalogue, each with its place."""
    known = [each.id for each in catalogue.qualifications]
    yield from _repeats("qualifications", "id", known)
    yield from _repeats("themes", "code", [each.code for each in catalogue.themes])
    titles: dict[str, str] = {}
    for number, theme in enumerate(catalogue.themes, start=1):
        place = f"themes › {number} › topics"
        yield from _repeats(place, "code", [each.code for each in theme.topics])
        for inner, topic in enumerate(theme.topics, start=1):
            yield from (f"{place} › {inner} › {problem}" for problem in _topic_problems(topic, theme.code, known))
            if titles.setdefault(topic.title, topic.code) != topic.code:
                yield f"{place} › {inner} › title: {titles[topic.title]} has this title already."


def lost_codes(before: Catalogue, after: Catalogue) -> Iterator[str]:
    """Say which topics of an earlier catalogue are gone, instead of being withdrawn."""
    kept = {topic.code for topic in after.topics}
    for topic in before.topics:
        if topic.code not in kept:
            yield f"{topic.code} is gone; a topic that is not offered any more stays, with withdrawn_on."


def _topic_problems(topic: Topic, theme_code: str, known: Collection[str]) -> Iterator[str]:
    if not topic.code.startswith(theme_code):
        yield f"code: {topic.code} does not begin with the code of its theme, {theme_code}."
    if topic.min_people > topic.max_people:
        yield "max_people: Must not be less than min_people."
    yield from (
        f"qualifications: There is no qualification {each}." for each in topic.qualifications if each not in known
    )


def _repeats(place: str, key: str, values: Sequence[str]) -> Iterator[str]:
    for number, value in enumerate(values, start=1):
        if value in values[: number - 1]:
            yield f"{place} › {number} › {key}: {value} is there twice."
