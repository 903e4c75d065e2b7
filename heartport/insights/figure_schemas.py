"""A figure as it goes out: its window, its block, how sure it is, and what stands beside it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, NotRequired, TypedDict

from heartport.catalogue.rules import Topic
from heartport.insights.distributions import Compared, Distribution, LevelsFound, Point
from heartport.insights.releases import Released
from heartport.insights.rules.budget import AT_RISK, BY_GROUP, of_a_level
from heartport.insights.rules.comparison import Change
from heartport.insights.rules.figures import Figure, shown_levels
from heartport.insights.rules.uncertainty import interval, interval_of_level, is_reliable
from heartport.insights.rules.windows import in_words
from heartport.insights.schemas import ReleasedScaleOut, TopicNameOut, Window, topic_name_out
from heartport.insights.words import COMPARED, GROUPS, HOW_SURE, NOT_INDIVIDUALS, SYNTHETIC, explained
from heartport.scoring.constructs import Band
from heartport.scoring.language import Scale
from heartport.web.shapes import Id, Keywords, one_of

Share = Annotated[float, Keywords(minimum=0, maximum=1)]


class CountedShareOut(TypedDict):
    """A share from 0 to 1, and how sure it is."""

    share: Annotated[float, "At most 0.6.", Keywords(minimum=0, maximum=0.6)]
    low: Share
    high: Share
    at_ceiling: Annotated[bool, "The share may be higher than what is shown."]


class BriefReleaseOut(TypedDict):
    """The release that answers."""

    id: Id
    window: Window
    title: str
    synthetic: bool


class InsightUnitOut(TypedDict):
    """A unit, as units stood in that half-year."""

    id: Id
    name: str
    path: list[str]


class CountedBlockOut(TypedDict):
    """Whom a figure is about."""

    name: str
    is_unit: Annotated[bool, "False where the unit's own people were too few and others are counted with them."]


class ComparedOut(TypedDict):
    """Another figure beside the own one."""

    window: Window
    name: str
    n: int
    at_risk: CountedShareOut | None
    change: Annotated[str, one_of(Change), "How the own figure stands to this one."]
    text: str


class CountedLevelOut(TypedDict):
    """One level."""

    id: str
    label: str
    at_risk: bool
    share: Share
    low: Share
    high: Share


class ScoreLevelsOut(TypedDict):
    """The levels of one score."""

    score: str
    label: str
    at_ceiling: bool
    levels: list[CountedLevelOut]


class CountedGroupOut(TypedDict):
    """One group by sex or by age."""

    id: str
    label: str
    n: int
    at_risk: CountedShareOut | None


class DistributionOut(TypedDict):
    """What is published of a unit."""

    release: BriefReleaseOut
    window: Window
    scale: ReleasedScaleOut
    unit: InsightUnitOut
    block: CountedBlockOut | None
    n: Annotated[int | None, "How many took part, with noise."]
    at_risk: CountedShareOut | None
    reliable: Annotated[bool, "Whether the share is known to within ten points to either side."]
    city: ComparedOut | None
    previous: Annotated[ComparedOut | None, "The half-year before, where it is about the same people."]
    topics: Annotated[list[TopicNameOut], "Workshops that fit, where many need attention and that is sure enough."]
    levels: NotRequired[list[ScoreLevelsOut]]
    groups: NotRequired[list[CountedGroupOut]]
    explanation: Annotated[list[str], "Why the figure is as it is, or why there is none."]
    how_sure: str


class HalfYearOut(TypedDict):
    """One half-year."""

    window: Window
    title: str
    synthetic: bool
    major: int
    block: CountedBlockOut | None
    n: int | None
    at_risk: CountedShareOut | None
    change: Annotated[str | None, "Against the half-year before it in this list: higher, lower, no_clear_difference."]
    explanation: list[str]


class UnitTrendOut(TypedDict):
    """All half-years of a unit, the oldest first."""

    scale: str
    unit: InsightUnitOut
    items: list[HalfYearOut]
    how_sure: str


def distribution_out(found: Distribution, by: str | None, topics: Sequence[Topic]) -> DistributionOut:
    """Return a figure with its window, its block and how sure it is."""
    made: DistributionOut = {
        "release": _brief(found.release),
        "window": found.release.window,
        "scale": {"id": found.key.id, "major": found.key.major, "title": _word(found.scale.title)},
        "unit": _unit(found),
        "block": block_out(found),
        "n": None if found.figure is None else max(0, found.figure.n),
        "at_risk": share_out(found.figure),
        "reliable": found.figure is not None and is_reliable(found.figure),
        "city": _compared_out(found.city, "与全市相比"),
        "previous": _compared_out(found.previous, "与上一期相比"),
        "topics": [topic_name_out(each) for each in topics],
        "explanation": explanation(found),
        "how_sure": HOW_SURE,
    }
    if by == "levels":
        made["levels"] = [_levels_out(each, found.scale) for each in found.levels]
    elif by is not None:
        made["groups"] = [_group_out(group, figure) for group, figure in found.groups.items()]
    return made


def trend_out(points: Sequence[Point]) -> UnitTrendOut:
    """Return a trend."""
    last = points[-1].found
    return {
        "scale": last.key.id,
        "unit": _unit(last),
        "items": [_point_out(each) for each in points],
        "how_sure": HOW_SURE,
    }


def share_out(figure: Figure | None, milli: int = AT_RISK) -> CountedShareOut | None:
    """Return a share with its interval, rounded to thousandths; None where there is none."""
    if figure is None or figure.share is None:
        return None
    ends = interval(figure, milli) or (0.0, 1.0)
    low, high = (round(each, 3) for each in ends)
    return {"share": round(figure.share, 3), "low": low, "high": high, "at_ceiling": figure.at_ceiling > 0}


def block_out(found: Distribution) -> CountedBlockOut | None:
    """Return whom a figure is about."""
    if found.figure is None:
        return None
    own = found.release.tree.nodes[found.unit_id].name
    return {"name": found.block or own, "is_unit": found.block is None}


def explanation(found: Distribution) -> list[str]:
    """Return all that is to be said about a figure, in words."""
    said = [explained(reason, found.block) for reason in found.reasons]
    said += [SYNTHETIC] if found.release.synthetic else []
    return [*said, NOT_INDIVIDUALS] if found.figure else said


def _brief(release: Released) -> BriefReleaseOut:
    return {
        "id": release.id,
        "window": release.window,
        "title": in_words(release.window),
        "synthetic": release.synthetic,
    }


def _unit(found: Distribution) -> InsightUnitOut:
    tree = found.release.tree
    path = [tree.nodes[each].name for each in tree.lineage(found.unit_id)]
    return {"id": found.unit_id, "name": path[-1], "path": path}


def _compared_out(compared: Compared | None, with_what: str) -> ComparedOut | None:
    if compared is None:
        return None
    return {
        "window": compared.window,
        "name": compared.name,
        "n": max(0, compared.figure.n),
        "at_risk": share_out(compared.figure),
        "change": compared.change.value,
        "text": f"{with_what}{COMPARED[compared.change]}",
    }


def _levels_out(found: LevelsFound, scale: Scale) -> ScoreLevelsOut:
    flags = [level in found.measured.at_risk for level in found.measured.levels]
    counts = shown_levels([found.counts.get(level, 0) for level in found.measured.levels], flags)
    total, milli = sum(counts), of_a_level(found.scores)
    bands = {
        band.id: band
        for each in scale.bands
        if each.score == found.measured.score and each.shown
        for band in each.shown.bands
    }
    labels = {score.id: score.label for score in scale.scores}
    levels: list[CountedLevelOut] = []
    for level, count, flag in zip(found.measured.levels, counts, flags, strict=True):
        low, high = interval_of_level(count, total, found.groups, milli)
        label = _professional(bands.get(level), level)
        share = round(count / total, 3) if total else 0.0
        levels.append({"id": level, "label": label, "at_risk": flag, "share": share, "low": low, "high": high})
    label = _word(labels[found.measured.score])
    return {"score": found.measured.score, "label": label, "at_ceiling": found.at_ceiling, "levels": levels}


def _professional(band: Band | None, level: str) -> str:
    return _word(band.professional) if band else level


def _group_out(group: str, figure: Figure) -> CountedGroupOut:
    return {
        "id": group,
        "label": GROUPS[group],
        "n": max(0, figure.n),
        "at_risk": share_out(figure, BY_GROUP),
    }


def _point_out(point: Point) -> HalfYearOut:
    found = point.found
    return {
        "window": found.release.window,
        "title": in_words(found.release.window),
        "synthetic": found.release.synthetic,
        "major": found.key.major,
        "block": block_out(found),
        "n": None if found.figure is None else max(0, found.figure.n),
        "at_risk": share_out(found.figure),
        "change": point.change.value if point.change else None,
        "explanation": [explained(reason, found.block) for reason in found.reasons],
    }


def _word(words: Mapping[str, str]) -> str:
    return words["zh-CN"]
