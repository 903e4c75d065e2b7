"""What goes out of the catalogue."""

from typing import Annotated, TypedDict

from heartport.catalogue.rules import FORMAT_LABELS, Format, Theme, Topic
from heartport.web.shapes import Day, Keywords, one_of

TOPIC_CODE_SHAPE = Keywords(pattern="^[A-Z][0-9]{2}$")
TopicCode = Annotated[str, TOPIC_CODE_SHAPE]


class TopicBriefOut(TypedDict):
    """A topic in the list of its theme."""

    code: TopicCode
    title: str
    format: Annotated[str, one_of(Format)]
    format_label: str
    duration_min: Annotated[int, "Minutes."]
    min_people: int
    max_people: int


class ThemeOut(TypedDict):
    """A theme with the topics that are offered."""

    code: str
    title: str
    topics: list[TopicBriefOut]


class ThemeNameOut(TypedDict):
    """Which theme."""

    code: str
    title: str


class TopicOut(TopicBriefOut):
    """One topic in full."""

    theme: ThemeNameOut
    outline: list[str]
    withdrawn_on: Annotated[Day | None, "From this day on it cannot be asked for; what was booked stays booked."]


def theme_out(theme: Theme, topics: list[Topic]) -> ThemeOut:
    """Return a theme with these of its topics."""
    return {"code": theme.code, "title": theme.title, "topics": [topic_brief_out(each) for each in topics]}


def topic_brief_out(topic: Topic) -> TopicBriefOut:
    """Return a topic as a list shows it."""
    return {
        "code": topic.code,
        "title": topic.title,
        "format": topic.format.value,
        "format_label": FORMAT_LABELS[topic.format],
        "duration_min": topic.duration_min,
        "min_people": topic.min_people,
        "max_people": topic.max_people,
    }


def topic_out(topic: Topic, theme: Theme) -> TopicOut:
    """Return one topic in full."""
    return {
        **topic_brief_out(topic),
        "theme": {"code": theme.code, "title": theme.title},
        "outline": list(topic.outline),
        "withdrawn_on": topic.withdrawn_on.isoformat() if topic.withdrawn_on else None,
    }
