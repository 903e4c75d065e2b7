"""Use cases: the published figures of a unit, how sure they are, and why there are none where there are none.

Everything here is computed from what is published; no answer is opened, and nothing is counted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from heartport import clock
from heartport.assessments.shelf import current_shelf
from heartport.callers import DUTY_ROLES, Caller
from heartport.errors import NotFound
from heartport.extensions import registry
from heartport.insights.releases import Published, Released, list_releases
from heartport.insights.rules.answers import Measured, ScaleKey, measured
from heartport.insights.rules.blocks import CITY, Node
from heartport.insights.rules.comparison import Change, change_between
from heartport.insights.rules.figures import Figure, sum_of, sum_of_levels
from heartport.insights.rules.windows import check_window
from heartport.insights.words import Reason
from heartport.scoring.language import Scale
from heartport.units.tree import UnitUnknown

DISTRICTS = frozenset({CITY, "district", "industry"})
"""Levels at which levels of answers, and groups by sex or age, are published."""
MOST_ANSWERS = 2000
"""So many answers of two kilobytes are kept at most."""


class ReleaseUnknown(NotFound):
    """Nothing is published of this half-year."""

    code = "release_unknown"
    detail = "这个半年还没有公布统计。"


class ScaleNotPublished(NotFound):
    """There are no figures of this scale: it is part of a longer one, has no level that counts, or does not exist."""

    code = "scale_not_published"
    detail = "没有这份测评的统计。"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see; no window stands for the latest."""

    scale: str
    unit: str
    window: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """Another figure beside the own one, and whether the own one differs by more than chance and noise."""

    window: str
    name: str
    figure: Figure
    change: Change


@dataclass(frozen=True, slots=True)
class LevelsFound:
    """The levels of one score: counts by level, the lowest edge first."""

    measured: Measured
    counts: Mapping[str, int]
    groups: int
    at_ceiling: bool
    scores: int
    """How many scores share the noise of this scale's levels."""


@dataclass(frozen=True)
class Distribution:
    """The figure that answers for a unit, of which block it is, and what can be said beside it."""

    release: Released
    key: ScaleKey
    scale: Scale
    unit_id: str
    block: str | None
    """The name of the people it is about, where they are others than the unit's alone."""
    figure: Figure | None
    reasons: tuple[Reason, ...]
    city: Compared | None = None
    previous: Compared | None = None
    levels: tuple[LevelsFound, ...] = ()
    groups: Mapping[str, Figure] = field(default_factory=dict)


@dataclass(frozen=True)
class Point:
    """One half-year of a trend; nothing is compared over a change of version or of block."""

    found: Distribution
    change: Change | None


def read_distribution(caller: Caller, asked: Asked) -> Distribution:
    """Return what is published of a unit; raises `ReleaseUnknown`, `ScaleNotPublished`, `UnitUnknown`, `WindowUnknown`.

    A unit outside the caller's remit is unknown to them, as is one that did not exist in that half-year.
    """
    releases = list_releases()
    place = _place_of(releases, asked.window)
    check_remit(caller, releases[place], asked.unit)
    return _distribution(releases[place], releases[place + 1 :], asked)


def answer_once(caller: Caller, asked: Asked, made_of: Callable[[Distribution], object]) -> bytes:
    """Return an answer as JSON, made when it is first asked for; raises as `read_distribution` does.

    What is published never changes, so an answer depends on the question, the releases and the day alone. The remit is
    checked each time.
    """
    releases = list_releases()
    place = _place_of(releases, asked.window)
    check_remit(caller, releases[place], asked.unit)
    kept: dict[object, bytes] = registry().setdefault("heartport.insight_answers", {})
    question = asked, clock.today(), tuple((each.id, each.has_maps) for each in releases)
    body = kept.get(question)
    if body is None:
        body = orjson.dumps(made_of(_distribution(releases[place], releases[place + 1 :], asked)))
        if len(kept) >= MOST_ANSWERS:
            kept.clear()
        kept[question] = body
    return body


def _distribution(release: Released, earlier: Sequence[Released], asked: Asked) -> Distribution:
    found = figure_of(release, asked.scale, asked.unit)
    levels, groups, reasons = _details(release.table(found.key), found, asked.by)
    return Distribution(
        release,
        found.key,
        found.scale,
        asked.unit,
        found.block,
        found.figure,
        (*found.reasons, *reasons),
        _with_city(release, found),
        _with_previous(earlier, found),
        levels,
        groups,
    )


def read_trend(caller: Caller, asked: Asked) -> list[Point]:
    """Return the figures of a unit in every half-year in which they are published, the oldest first.

    Raises as `read_distribution` does, and `ReleaseUnknown` where nothing is published at all.
    """
    releases = list_releases()
    _place_of(releases, None)
    known = [each for each in releases if asked.unit in each.tree.nodes and each.key_of(asked.scale)]
    if not known:
        raise UnitUnknown if any(each.key_of(asked.scale) for each in releases) else ScaleNotPublished
    check_remit(caller, known[0], asked.unit)
    points: list[Point] = []
    for release in reversed(known):
        found = figure_of(release, asked.scale, asked.unit)
        points.append(Point(found, _change(points[-1].found, found) if points else None))
    return points


def figure_of(release: Released, scale_id: str, unit_id: str) -> Distribution:
    """Return the bare figure of a unit in a release; raises `ScaleNotPublished`."""
    key = release.key_of(scale_id)
    scale = current_shelf().current(scale_id)
    if key is None or scale is None:
        raise ScaleNotPublished
    table = release.table(key)
    if unit_id in table.inside:
        return Distribution(release, key, scale, unit_id, None, table.inside[unit_id], _reasons_inside(table, unit_id))
    block = table.table.blocks.of_unit.get(unit_id)
    if block is None:
        reason = Reason.TOO_FEW if release.has_maps else Reason.MAP_GONE
        return Distribution(release, key, scale, unit_id, None, None, (reason,))
    figure = table.table.figures[block]
    ceiling = (Reason.CEILING,) if figure.at_ceiling else ()
    return Distribution(release, key, scale, unit_id, table.names[block], figure, (Reason.MERGED, *ceiling))


def list_units_within(caller: Caller) -> list[Node]:
    """Return the units of the latest half-year whose figures a caller may ask for, each after the one above it."""
    releases = list_releases()
    if not releases:
        return []
    tree, roots = releases[0].tree, [releases[0].tree.children.get(None, ())]
    found: list[Node] = []
    while roots:
        level = [node for nodes in roots for node in nodes]
        found += [node for node in level if _is_within(caller, tree.lineage(node.id))]
        roots = [tree.children.get(node.id, ()) for node in level]
        roots = [nodes for nodes in roots if nodes]
    return found


def check_remit(caller: Caller, release: Released, unit_id: str) -> None:
    """Raise `UnitUnknown` unless some role of the caller reaches the unit, as the units stood in that half-year."""
    if unit_id not in release.tree.nodes:
        raise UnitUnknown
    if not _is_within(caller, release.tree.lineage(unit_id)):
        raise UnitUnknown


def _is_within(caller: Caller, lineage: Sequence[str]) -> bool:
    return any(caller.may_act_in(role, lineage) for role in DUTY_ROLES)


def _place_of(releases: Sequence[Released], window: str | None) -> int:
    if window is not None:
        check_window(window)
    for place, release in enumerate(releases):
        if window in (None, release.window):
            return place
    raise ReleaseUnknown


def _reasons_inside(table: Published, unit_id: str) -> tuple[Reason, ...]:
    """Say of a unit that has blocks within it what its sum lacks."""
    figure = table.inside[unit_id]
    found = [Reason.PARTLY_ELSEWHERE] if unit_id in table.with_people_elsewhere else []
    if figure.at_ceiling:
        found.append(Reason.CEILING if figure.blocks == figure.at_ceiling else Reason.CEILING_IN_PART)
    return tuple(found)


def _with_city(release: Released, own: Distribution) -> Compared | None:
    city = release.tree.lineage(own.unit_id)[0]
    whole = release.table(own.key).inside.get(city)
    if own.figure is None or whole is None or city == own.unit_id:
        return None
    return Compared(release.window, release.tree.nodes[city].name, whole, change_between(whole, own.figure))


def _with_previous(earlier: Sequence[Released], own: Distribution) -> Compared | None:
    """Return the figure of the half-year before, where it is about the same people and the same version."""
    if not earlier or own.figure is None or own.unit_id not in earlier[0].tree.nodes:
        return None
    if earlier[0].key_of(own.scale.id) != own.key:
        return None
    before = figure_of(earlier[0], own.scale.id, own.unit_id)
    if before.figure is None or before.block != own.block:
        return None
    name = own.block or own.release.tree.nodes[own.unit_id].name
    return Compared(earlier[0].window, name, before.figure, change_between(before.figure, own.figure))


def _change(before: Distribution, after: Distribution) -> Change | None:
    if before.figure is None or after.figure is None or before.key != after.key or before.block != after.block:
        return None
    return change_between(before.figure, after.figure)


Details = tuple[tuple[LevelsFound, ...], Mapping[str, Figure], tuple[Reason, ...]]


def _details(table: Published, found: Distribution, by: str | None) -> Details:
    if by is None:
        return (), {}, ()
    if table.tree.nodes[found.unit_id].level not in DISTRICTS:
        return (), {}, (Reason.DISTRICTS_ONLY,)
    if by == "levels":
        levels = _levels(table, found)
        return levels, {}, () if levels else (Reason.NO_DETAILS,)
    if by != table.table.facet:
        return (), {}, (Reason.OTHER_FACET,)
    groups = _groups(table, found.unit_id)
    return (), groups, () if groups else (Reason.NO_DETAILS,)


def _levels(table: Published, found: Distribution) -> tuple[LevelsFound, ...]:
    made = []
    scores = measured(found.scale)
    for score in scores:
        tables = [e for e in table.table.levels if e.score == score.score and _within(table, e.root, found.unit_id)]
        if tables:
            counts = sum_of_levels([each.counts for each in tables])
            made.append(LevelsFound(score, counts, len(tables), any(each.at_ceiling for each in tables), len(scores)))
    return tuple(made)


def _groups(table: Published, unit_id: str) -> Mapping[str, Figure]:
    figures: dict[str, list[Figure]] = {}
    for each in table.table.groups:
        if _within(table, each.root, unit_id):
            figures.setdefault(each.group, []).append(each.figure)
    return {group: made for group, some in figures.items() if (made := sum_of(some))}


def _within(table: Published, root: str, unit_id: str) -> bool:
    return unit_id in table.tree.lineage(root)
