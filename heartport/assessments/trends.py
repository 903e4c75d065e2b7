"""Use case: how the scores of one scale moved, from a person's own stored results.

A line breaks where the version of the scale or the norm changed, since what was counted differently cannot be compared.
A change is told only where a smallest difference is published for the score; which one, and whose, goes out with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise

from heartport.assessments.records import Record, decode
from heartport.assessments.schemas import find_band, find_score
from heartport.assessments.shelf import ScaleUnknown, current_shelf
from heartport.errors import NotFound
from heartport.local_time import local
from heartport.members.standing import Standing
from heartport.scoring.constructs import Band, Change, Score
from heartport.scoring.exact import Exact
from heartport.scoring.language import Scale
from heartport.scoring.norms import Clear, clear_change
from heartport.vault.door import current_vault
from heartport.vault.listing import id_text
from heartport.vault.records import RESULT


class LineUnknown(NotFound):
    """The scale shows no such score."""

    code = "score_unknown"
    detail = "这份测评没有这个分数。"


@dataclass(frozen=True, slots=True)
class Point:
    """One result on a line; `value` is None where too much was left unanswered."""

    result_id: str
    on: date
    value: Exact | None
    band: Band | None
    sex: str | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of results, oldest first, that were counted in the same way."""

    version: str
    norm: str | None
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One score over time; `clear` is about the last two known values, where the last segment has them and a rule."""

    score: Score
    segments: tuple[Segment, ...]
    change: Change | None
    clear: Clear | None
    known: int
    """How many values the last segment has."""


@dataclass(frozen=True, slots=True)
class Trend:
    """All lines of one scale; `scale` is the newest version of which there is a file."""

    scale: Scale
    lines: tuple[Line, ...]
    taken: int
    last_on: date | None
    worth_again_from: date | None
    """From when on taking it again tells something new."""


def read_trend(standing: Standing, scale_id: str) -> Trend:
    """Return how a person's scores of one scale moved; raises `ScaleUnknown`."""
    records = records_of_scale(standing, scale_id)
    scale = _newest(scale_id, [record for _, record in records])
    days = [local(record.submitted_at).date() for _, record in records]
    again = days[-1] + timedelta(days=scale.retake.not_before_days) if days and scale.retake else None
    return Trend(
        scale=scale,
        lines=tuple(_line(scale, score, records) for score in scale.scores if score.shown),
        taken=len(records),
        last_on=days[-1] if days else None,
        worth_again_from=again,
    )


def line_of(trend: Trend, score_id: str | None) -> Line:
    """Return one line, by default the first; raises `LineUnknown`."""
    for line in trend.lines:
        if score_id in (None, line.score.id):
            return line
    raise LineUnknown


def records_of_scale(standing: Standing, scale_id: str) -> list[tuple[str, Record]]:
    """Return a person's results of one scale with their ids, oldest first."""
    entries = current_vault().records(standing.account_id, RESULT).live(standing.searched)
    found = [(id_text(entry.id), decode(entry.payload or b"")) for entry in entries]
    return sorted(
        [(result_id, record) for result_id, record in found if record.scale_id == scale_id],
        key=lambda pair: pair[1].submitted_at,
    )


def _newest(scale_id: str, records: Sequence[Record]) -> Scale:
    """Return what tells names and directions: the current version, or that of the last result of a scale now gone."""
    shelf = current_shelf()
    current = shelf.current(scale_id)
    if current is not None and (records or shelf.is_offered(current)):
        return current
    versions = (shelf.version(scale_id, record.scale_version) for record in reversed(records))
    scale = next((each for each in versions if each is not None), None)
    if scale is None:
        raise ScaleUnknown
    return scale


def _line(scale: Scale, score: Score, records: Sequence[tuple[str, Record]]) -> Line:
    pairs = [pair for pair in records if score.id in pair[1].scores]
    segments = tuple(
        Segment(version, norm, tuple(_point(score.id, *pair) for pair in run))
        for (version, norm), run in groupby(pairs, key=lambda pair: (pair[1].scale_version, pair[1].norm))
    )
    known = [point.value for point in segments[-1].points if point.value is not None] if segments else []
    last = current_shelf().version(scale.id, segments[-1].version) if segments else None
    rules = last.changes if last else ()
    change = next((each for each in rules if each.score == score.id), None)
    clear = [clear_change(last, score.id, earlier, later) for earlier, later in pairwise(known)] if last else []
    return Line(score, segments, change, clear[-1] if clear and find_score(last, score.id) else None, len(known))


def _point(score_id: str, result_id: str, record: Record) -> Point:
    scale = current_shelf().version(record.scale_id, record.scale_version)
    return Point(
        result_id=result_id,
        on=local(record.submitted_at).date(),
        value=record.scores[score_id],
        band=find_band(scale, score_id, record.bands.get(score_id)),
        sex=record.profile.get("sex"),
    )
