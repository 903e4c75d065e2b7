"""From insight to help: which topics of the catalogue fit where many need attention, and that is known well enough."""

from flask import Flask

from heartport.assessments.shelf import current_shelf
from heartport.callers import UNIT_HEAD, Caller
from heartport.catalogue.directory import current_catalogue
from heartport.catalogue.rules import Topic
from heartport.clock import today
from heartport.content import ContentRefused
from heartport.insights.distributions import Distribution, figure_of
from heartport.insights.releases import list_releases
from heartport.insights.rules.comparison import Change, change_between
from heartport.insights.rules.figures import Figure
from heartport.insights.rules.uncertainty import interval
from heartport.scoring.workshops import workshops_of
from heartport.units.tree import UnitUnknown

MOST_TOPICS = 6
"""So many topics of one scale are suggested at most, in the catalogue's order."""


def init_app(app: Flask) -> None:
    """See that every workshop that a scale's advice offers is in the catalogue; raises `ContentRefused`."""
    with app.app_context():
        catalogue, scales = current_catalogue(), current_shelf().all_versions()
    unknown = [
        f"{scale.id} {scale.version} › advice: there is no theme or topic {code}"
        for scale in scales
        for code in workshops_of(scale)
        if not catalogue.topics_at([code])
    ]
    if unknown:
        raise ContentRefused(unknown)


def themes_for(found: Distribution) -> list[Topic]:
    """Return the topics that fit a block in which many need attention; none where that is not known well enough."""
    if found.figure is None or not has_signal(found.figure, found.city.figure if found.city else None):
        return []
    topics = current_catalogue().topics_at(workshops_of(found.scale))
    return [topic for topic in topics if topic.is_offered(today())][:MOST_TOPICS]


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
