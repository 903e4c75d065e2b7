"""From insight to help: which topics of the catalogue fit where many need attention, and that is known well enough."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from marshmallow import Schema, fields, validate

from heartport.callers import UNIT_HEAD, Caller
from heartport.catalogue.directory import current_catalogue
from heartport.catalogue.rules import Topic
from heartport.clock import today
from heartport.content import ContentRefused, read_content
from heartport.extensions import registry
from heartport.insights.distributions import Distribution, figure_of
from heartport.insights.releases import list_releases
from heartport.insights.rules.comparison import Change, change_between
from heartport.insights.rules.figures import Figure
from heartport.insights.rules.uncertainty import interval
from heartport.units.tree import UnitUnknown

FILE_NAME = "insight_topics.yaml"


class ScaleEntry(Schema):
    """Which topics fit a scale."""

    scale = fields.String(required=True)
    topics = fields.List(fields.String(), required=True, validate=validate.Length(1, 6))


class TopicsForScalesFile(Schema):
    """The whole file."""

    scales = fields.List(fields.Nested(ScaleEntry), required=True)


def init_app(app: Flask, content_dir: Path) -> None:
    """Read which topics fit which scale; raises `ContentRefused` for a topic that is not in the catalogue."""
    found = read_topics(content_dir / FILE_NAME)
    with app.app_context():
        unknown = sorted({code for codes in found.values() for code in codes if current_catalogue().get(code) is None})
    if unknown:
        raise ContentRefused([f"{FILE_NAME}: there is no topic {code}" for code in unknown])
    app.extensions["heartport.insight_topics"] = found


def read_topics(path: Path) -> Mapping[str, Sequence[str]]:
    """Return the codes of topics by scale; raises `ContentRefused`."""
    content: dict[str, Any] = read_content(path, TopicsForScalesFile())
    return {each["scale"]: each["topics"] for each in content["scales"]}


def themes_for(found: Distribution) -> list[Topic]:
    """Return the topics that fit a block in which many need attention; none where that is not known well enough."""
    if found.figure is None or not has_signal(found.figure, found.city.figure if found.city else None):
        return []
    codes: Mapping[str, Sequence[str]] = registry()["heartport.insight_topics"]
    topics = [current_catalogue().get(code) for code in codes.get(found.scale.id, ())]
    return [topic for topic in topics if topic is not None and topic.is_offered(today())]


def has_signal(figure: Figure, city: Figure | None) -> bool:
    """Tell whether surely more than a tenth need attention, or surely more than in the whole city."""
    ends = interval(figure)
    if ends is None:
        return False
    return ends[0] > 0.1 or (city is not None and change_between(city, figure) is Change.HIGHER)


def suggest_topics(caller: Caller, unit_id: str) -> list[Topic]:
    """Return the topics that fit a unit in the latest half-year, of all scales, in the catalogue's order.

    Neither figures nor scales come along, and it is about the whole block in which a unit is counted. Raises
    `UnitUnknown` where the caller is not the head of the unit.
    """
    releases = list_releases()
    if not releases:
        return []
    release = releases[0]
    if unit_id not in release.tree.nodes or not caller.may_act_in(UNIT_HEAD, release.tree.lineage(unit_id)):
        raise UnitUnknown
    scales = sorted({word.partition("/")[0] for word in release.manifest["tables"]})
    found = [topic for scale in scales for topic in themes_for(figure_of(release, scale, unit_id))]
    return sorted({topic.code: topic for topic in found}.values(), key=lambda topic: topic.code)
