"""What goes out of a trend: numbers with their days, and in words whether something clearly changed."""

from typing import Annotated, Literal, TypedDict

from heartport.assessments.cards import Words, in_language
from heartport.assessments.scale_schemas import ScaleId
from heartport.assessments.trends import Line, Point, Segment, Trend
from heartport.scoring.exact import decimal, display, number
from heartport.web.shapes import Day, Id

Verdict = Literal["better", "worse", "no_clear_change", "no_rule", "one_result", "none", "broken"]

SAID: dict[str, Words] = {
    "better": {
        "zh-CN": "和上一次比，有明显好转：变化不小于 {least}，不像是偶然的起伏。",
        "en": "Clearly better than the time before: a change of at least {least} is more than chance.",
    },
    "worse": {
        "zh-CN": "和上一次比，感觉明显吃力了一些：变化不小于 {least}。不用等下一次测评，现在就可以找人谈谈。",
        "en": "Clearly harder than the time before: by {least} or more. You need not wait to talk to someone.",
    },
    "no_clear_change": {
        "zh-CN": "和上一次比，没有明显变化：小于 {least} 的上下起伏，可能只是偶然。",
        "en": "No clear change since the time before: ups and downs below {least} may be chance.",
    },
    "no_rule": {
        "zh-CN": "这个分数没有公布过“多大的差别才算变化”，所以这里只列出每次的数值，不作判断。",
        "en": "Nobody has published how large a difference of this score matters, so only the numbers stand here.",
    },
    "one_result": {
        "zh-CN": "只有一次结果，还看不出变化。",
        "en": "There is one result only, and no change to see yet.",
    },
    "none": {
        "zh-CN": "还没有保存过这份测评的结果。做一次并选择“保存结果”，以后就能在这里看到变化。",
        "en": "No result of this scale is kept yet. Take it and keep the result, and changes will show here.",
    },
    "broken": {
        "zh-CN": "量表的版本或参照变了，之前的数值和现在的不能直接比较，所以线在这里断开。",
        "en": "The version of the scale or its norm changed; what was before cannot be compared, and the line breaks.",
    },
}
AGAIN: Words = {
    "zh-CN": "隔一段时间再做，更能看出变化：建议 {month} 月 {day} 日以后。想早些做也可以，只是不容易看出差别。",
    "en": "Taking it again tells more after some time: from {on} on. Earlier is fine; it shows less.",
}
NOW: Words = {"zh-CN": "现在再做一次，可以看看有没有变化。", "en": "Taking it again now can show a change."}


class PointOut(TypedDict):
    """One result on the line."""

    result: Id
    on: Day
    value: float | None
    shown: str | None
    band: Annotated[str | None, "In words for the person."]


class SegmentOut(TypedDict):
    """A stretch, oldest first, that was counted in the same way."""

    version: str
    norm: str | None
    points: list[PointOut]


class ChangeOut(TypedDict):
    """The smallest difference worth telling, and who says so."""

    at_least: float
    source: str


class LineOut(TypedDict):
    """One score over time."""

    score: str
    label: str
    min: float
    max: float
    higher_is: Literal["worse", "better"]
    segments: list[SegmentOut]
    change: ChangeOut | None
    verdict: Verdict
    text: str
    picture: Annotated[str, "Where its picture is."]


class RetakeOut(TypedDict):
    """When taking it again is worth it."""

    worth_from: Day | None
    text: str


class TrendScaleOut(TypedDict):
    """Which scale."""

    id: ScaleId
    title: str


class TrendOut(TypedDict):
    """How the scores of one scale moved."""

    scale: TrendScaleOut
    taken: Annotated[int, "How many kept results there are."]
    lines: list[LineOut]
    retake: RetakeOut


def trend_out(trend: Trend, language: str, is_due: bool) -> TrendOut:
    """Return a trend; `is_due` tells whether taking it again is worth it today."""
    return {
        "scale": {"id": trend.scale.id, "title": in_language(trend.scale.title, language)},
        "taken": trend.taken,
        "lines": [line_out(trend, line, language) for line in trend.lines],
        "retake": retake_out(trend, language, is_due),
    }


def line_out(trend: Trend, line: Line, language: str) -> LineOut:
    """Return one line."""
    verdict = verdict_of(line)
    return {
        "score": line.score.id,
        "label": in_language(line.score.label, language),
        "min": number(line.score.min),
        "max": number(line.score.max),
        "higher_is": "worse" if is_worse_upwards(trend, line) else "better",
        "segments": [_segment_out(segment, line, language) for segment in line.segments],
        "change": {"at_least": number(line.change.at_least), "source": line.change.source} if line.change else None,
        "verdict": verdict,
        "text": said(line, language),
        "picture": f"/api/v1/me/trends/{trend.scale.id}/picture.svg?score={line.score.id}",
    }


def verdict_of(line: Line) -> Verdict:
    """Return what can be told of a line."""
    if not line.segments:
        return "none"
    if line.known < 2:
        return "broken" if len(line.segments) > 1 else "one_result"
    return line.clear or "no_rule"


def said(line: Line, language: str) -> str:
    """Return the verdict in words."""
    least = decimal(line.change.at_least) if line.change else ""
    return in_language(SAID[verdict_of(line)], language).format(least=least)


def retake_out(trend: Trend, language: str, is_due: bool) -> RetakeOut:
    """Return when taking it again is worth it."""
    on = trend.worth_again_from
    if on is None or is_due:
        return {"worth_from": on.isoformat() if on else None, "text": in_language(NOW, language)}
    text = in_language(AGAIN, language).format(month=on.month, day=on.day, on=on.isoformat())
    return {"worth_from": on.isoformat(), "text": text}


def is_worse_upwards(trend: Trend, line: Line) -> bool:
    """Tell whether a higher number of this score means more trouble."""
    return (line.score.direction or trend.scale.direction) == "higher_is_worse"


def _segment_out(segment: Segment, line: Line, language: str) -> SegmentOut:
    points = [_point_out(point, line, language) for point in segment.points]
    return {"version": segment.version, "norm": segment.norm, "points": points}


def _point_out(point: Point, line: Line, language: str) -> PointOut:
    return {
        "result": point.result_id,
        "on": point.on.isoformat(),
        "value": None if point.value is None else number(point.value),
        "shown": None if point.value is None else display(point.value, line.score),
        "band": in_language(point.band.person, language) if point.band else None,
    }
