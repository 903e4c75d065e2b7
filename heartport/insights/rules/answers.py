"""What of a person's results counts: the last valid one of each scale in a window, if they said so at the time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from heartport.assessments.records import Record
from heartport.insights.rules.families import is_published
from heartport.scoring.language import Scale

AGGREGATE = "aggregate"
LEFT_OUT = "leave_out_of_aggregate"
AGES = ((25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"))
OLDEST = "55+"
SEXES = ("female", "male")


@dataclass(frozen=True, slots=True, order=True)
class ScaleKey:
    """A scale in one major version; others could score differently, and are kept apart."""

    id: str
    major: int

    @classmethod
    def of(cls, scale_id: str, version: str) -> "ScaleKey":
        """Return the key of a version such as 1.2.0."""
        return cls(scale_id, int(version.partition(".")[0]))


@dataclass(frozen=True, slots=True)
class Measured:
    """A banded score: its levels from the lowest edge up, and which of them count as 需要关注."""

    score: str
    levels: tuple[str, ...]
    at_risk: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one sealed result says for aggregates; `levels` in the order of the scale's banded scores."""

    key: ScaleKey
    unit_id: str | None
    levels: tuple[str, ...]
    at_risk: bool


@dataclass(frozen=True, slots=True)
class Person:
    """To which group by sex and by age somebody belongs; None where they did not say."""

    sex: str | None
    age: str | None


def measured(scale: Scale) -> tuple[Measured, ...]:
    """Return the banded scores of a scale that is published; nothing where no level of it counts as 需要关注."""
    if not is_published(scale.id):
        return ()
    shown = [(bands.score, bands.shown.bands) for bands in scale.bands if bands.shown]
    found = [
        Measured(score, tuple(band.id for band in bands), frozenset(band.id for band in bands if band.at_risk))
        for score, bands in shown
    ]
    return tuple(each for each in found if each.at_risk)


def answer_of(record: Record, scale: Scale | None) -> Answer | None:
    """Return what a record counts for, or None: not published, not valid, or not agreed to when it was submitted."""
    scores = measured(scale) if scale else ()
    if not scale or not scores or AGGREGATE not in record.consents:
        return None
    left_out = {rule.id for rule in scale.validity if LEFT_OUT in rule.do}
    levels = tuple(record.bands.get(each.score) or "" for each in scores)
    if not left_out.isdisjoint(record.validity) or "" in levels:
        return None
    at_risk = any(level in each.at_risk for level, each in zip(levels, scores, strict=True))
    return Answer(ScaleKey.of(scale.id, scale.version), record.unit, levels, at_risk)


def contributions(latest_first: Iterable[Answer | None]) -> Sequence[Answer]:
    """Return the answers that count, one a scale, whatever the version: the last valid one of each."""
    found: dict[str, Answer] = {}
    for answer in latest_first:
        if answer is not None:
            found.setdefault(answer.key.id, answer)
    return list(found.values())


def person_of(sex: str | None, birth_year: int | None, window: str) -> Person:
    """Return the groups of somebody, of an age as in the year of the window."""
    return Person(sex if sex in SEXES else None, None if birth_year is None else _age(int(window[:4]) - birth_year))


def _age(years: int) -> str:
    return next((name for below, name in AGES if years < below), OLDEST)


def facet_of(window: str) -> str:
    """Return by what a window's figures are told apart besides: by sex in the first half of a year, then by age."""
    return "sex" if window.endswith("H1") else "age"


def groups_of(facet: str) -> tuple[str, ...]:
    """Return the groups of a facet."""
    return SEXES if facet == "sex" else (*(name for _, name in AGES), OLDEST)
