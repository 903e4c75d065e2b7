"""What goes out about aggregates beside the figures themselves: releases, units, topics, sealings, the service."""

from collections.abc import Mapping
from typing import Annotated, TypedDict

from heartport.catalogue.rules import Topic
from heartport.insights.openings import CUSTODIANS, Opened
from heartport.insights.releases import Released
from heartport.insights.rules.blocks import Node
from heartport.insights.rules.service import Measure
from heartport.insights.rules.windows import in_words
from heartport.insights.service_figures import MonthFigure, ServiceFigures
from heartport.insights.words import NOT_COUNTED, PUBLISHED_ONCE, coming_words
from heartport.units.rules import Level
from heartport.web.shapes import Day, Id, Keywords, one_of

WINDOW_WORD = Keywords(pattern="^[0-9]{4}H[12]$")
Window = Annotated[str, WINDOW_WORD]


class ReleasedScaleOut(TypedDict):
    """A scale of which there are figures."""

    id: str
    major: int
    title: str


class ReleaseOut(TypedDict):
    """What was published of a half-year."""

    id: Id
    window: Window
    title: str
    published_on: Day
    synthetic: Annotated[bool, "Made of invented people, for the demonstration."]
    smallest_group: Annotated[int, "So many people stand at least behind every figure."]
    by: Annotated[str, one_of(("sex", "age")), "By what people are told apart in this half-year besides."]
    scales: list[ReleasedScaleOut]
    manifest_sha256: str
    signature: Annotated[str, "Ed25519 over the manifest, in hexadecimal digits."]


class InsightNodeOut(TypedDict):
    """One unit to ask about."""

    id: Id
    name: str
    level: Annotated[str, one_of(Level)]
    parent: Id | None


class TopicNameOut(TypedDict):
    """A topic of the catalogue."""

    code: str
    title: str


Month = Annotated[str, Keywords(pattern="^[0-9]{4}-[0-9]{2}$")]


class MonthFigureOut(TypedDict):
    """A month in a district, published once; null is what fewer than the floor may stand behind, or is to come yet."""

    month: Month
    district: str
    synthetic: Annotated[bool, "Made of invented people, for the demonstration."]
    visitors: Annotated[int | None, "How many different people signed in; adjusted at random, rounded to fives."]
    lectures: Annotated[int | None, "How many open lectures took place."]
    registered: Annotated[int | None, "How many had a place."]
    attended: Annotated[int | None, "How many came."]
    workshops: Annotated[int | None, "How many workshops were delivered to units of this district."]
    workshop_attended: Annotated[int | None, "How many came to these."]
    appointments: Annotated[int | None, "Hours of counselling that were booked; by the counsellor's district."]
    appointments_attended: Annotated[int | None, "Those to which the person came."]


class MonthOpenedOut(TypedDict):
    """What the library's monthly report has published, added up, of the whole service."""

    month: Month
    opened: Annotated[int, "Openings of things that ten or more people opened, rounded as they were published."]


class ServiceFiguresOut(TypedDict):
    """How the service is used, by months that are over; nothing here is about health."""

    smallest_group: int
    not_counted: Annotated[str, "What is told nowhere, and how what is told was counted, in words."]
    coming: Annotated[list[str], "When the months that lack something will be published, in words."]
    library: list[MonthOpenedOut]
    items: list[MonthFigureOut]
    next_cursor: None


class SealingOut(TypedDict):
    """A half-year that waits to be counted, or was."""

    id: Id
    window: Window
    title: str
    opened_on: Day
    units: int
    confirmations: int
    needed: int
    published: bool


def release_out(release: Released, titles: Mapping[str, str]) -> ReleaseOut:
    """Return what there is of a half-year."""
    keys = sorted(word.partition("/")[::2] for word in release.manifest["tables"])
    return {
        "id": release.id,
        "window": release.window,
        "title": in_words(release.window),
        "published_on": release.published_on.isoformat(),
        "synthetic": release.synthetic,
        "smallest_group": release.manifest["settings"]["floor"],
        "by": "sex" if release.window.endswith("H1") else "age",
        "scales": [{"id": i, "major": int(major), "title": titles.get(i, i)} for i, major in keys],
        "manifest_sha256": release.digest,
        "signature": release.signature.hex(),
    }


def topic_name_out(topic: Topic) -> TopicNameOut:
    """Return a topic by its code and title."""
    return {"code": topic.code, "title": topic.title}


def node_out(node: Node) -> InsightNodeOut:
    """Return a unit as one of a tree."""
    return {"id": node.id, "name": node.name, "level": node.level, "parent": node.parent}


def service_figures_out(figures: ServiceFigures, smallest: int) -> ServiceFiguresOut:
    """Return what took place, month by month."""
    return {
        "smallest_group": smallest,
        "not_counted": NOT_COUNTED,
        "coming": [*(coming_words(each) for each in figures.coming), PUBLISHED_ONCE],
        "library": [{"month": month, "opened": opened} for month, opened in figures.opened.items()],
        "items": [_month_figure_out(each) for each in figures.months],
        "next_cursor": None,
    }


def _month_figure_out(found: MonthFigure) -> MonthFigureOut:
    figures, none = found.figures, 0 if found.has_bookings else None
    return {
        "month": found.month,
        "district": found.district,
        "synthetic": found.synthetic,
        "visitors": figures.get(Measure.VISITORS),
        "lectures": figures.get(Measure.LECTURES, none),
        "registered": figures.get(Measure.REGISTERED),
        "attended": figures.get(Measure.ATTENDED),
        "workshops": figures.get(Measure.WORKSHOPS, none),
        "workshop_attended": figures.get(Measure.WORKSHOP_ATTENDED),
        "appointments": figures.get(Measure.APPOINTMENTS),
        "appointments_attended": figures.get(Measure.APPOINTMENTS_ATTENDED),
    }


def sealing_out(opened: Opened) -> SealingOut:
    """Return a sealing as custodians see it."""
    return {
        "id": opened.id,
        "window": opened.window,
        "title": in_words(opened.window),
        "opened_on": opened.opened_on.isoformat(),
        "units": opened.units,
        "confirmations": opened.confirmations,
        "needed": CUSTODIANS,
        "published": opened.published,
    }
