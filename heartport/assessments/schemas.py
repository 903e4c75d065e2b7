"""What goes out of answers: flags with their card, a draft, a result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, NotRequired, TypedDict, get_args

from heartport.assessments.cards import CardOut, in_language
from heartport.assessments.privacy_note import PrivacyNoteOut
from heartport.assessments.records import Record
from heartport.assessments.rules import Answer, DraftState, Shown
from heartport.assessments.scale_schemas import ScaleId, Version
from heartport.booking.counselling.offers import CounsellingOfferOut
from heartport.followups.schemas import CallBackOut
from heartport.hotlines.schemas import ClinicOut, HotlineOut
from heartport.local_time import local
from heartport.scoring.constructs import Advice, Band, Content, ContentKind, Flag, Level, OfferKind, Score, Yield
from heartport.scoring.exact import display, number
from heartport.scoring.kinds import Answer as Given
from heartport.scoring.language import Scale
from heartport.scoring.norms import standings, told_standing
from heartport.web.shapes import Day, Id, one_of


class FlagOut(TypedDict):
    """Something noticed in the answers; an urgent one carries the crisis card."""

    id: str
    level: Annotated[str, one_of(get_args(Level))]
    card: CardOut | None
    offer: "list[OfferOut]"


class FlagsBesideOut(TypedDict):
    """The live flags of answers that were refused."""

    flags: list[FlagOut]


class FlagsPerhapsBesideOut(TypedDict, total=False):
    """The live flags, where the answers were looked at before something failed."""

    flags: list[FlagOut]


class AnswerOut(TypedDict):
    """One answer with its revision; without `value` it was taken back, with null skipped on purpose."""

    value: NotRequired[Given]
    revision: int


class DraftOut(TypedDict):
    """What is answered so far."""

    version: Version
    answers: dict[str, AnswerOut]
    flags: list[FlagOut]
    state: Annotated[str, one_of(DraftState)]
    usable_until: Annotated[Day | None, "The last day on which a draft of an older version can be submitted."]
    note: Annotated[str | None, "A sentence to show with it."]


class ScaleNameOut(TypedDict):
    """Which scale, in which version."""

    id: ScaleId
    version: Version
    title: str


class BandOut(TypedDict):
    """A score in words; where there is no score, there is no band."""

    score: str
    score_label: str
    id: str | None
    label: str | None
    meaning: str | None


class ScoreOut(TypedDict):
    """One number with its attainable range."""

    id: str
    label: str
    value: float | None
    min: float
    max: float
    shown: Annotated[str | None, "How to write it."]


class ContentOut(TypedDict):
    """Something to read or to listen to, in the library."""

    kind: Annotated[str, one_of(get_args(ContentKind))]
    id: str
    title: str


OfferItems = list[HotlineOut] | list[ClinicOut] | list[CallBackOut] | list[CounsellingOfferOut]


class OfferOut(TypedDict):
    """What this deployment has to offer of one kind."""

    kind: Annotated[str, one_of(get_args(OfferKind))]
    items: OfferItems


class AdviceOut(TypedDict):
    """One advice with its reason."""

    id: str
    text: str
    reason: str
    content: list[ContentOut]
    offer: list[OfferOut]


class ValidityOut(TypedDict):
    """A remark on how far the answers can be relied on."""

    id: str
    text: str


class NormOut(TypedDict):
    """How one score stands in a named norm, with its source and year."""

    id: str
    score: str
    yields: Annotated[str, one_of(get_args(Yield))]
    value: float
    text: str
    source: str


class VersionsOut(TypedDict):
    """Everything that a result was scored under."""

    scale: Version
    hash: str
    engine: str
    norm: str | None


class ResultBriefOut(TypedDict):
    """A result as it stands in a person's own list."""

    id: Id | None
    scale: ScaleNameOut
    submitted_on: Day
    bands: list[BandOut]


class ResultOut(ResultBriefOut):
    """A whole result; its id is null where nothing was kept."""

    scores: list[ScoreOut]
    flags: list[FlagOut]
    advice: list[AdviceOut]
    norms: list[NormOut]
    validity: list[ValidityOut]
    missing: Annotated[list[str], "The items without an answer."]
    limits: Annotated[str | None, "What the result does not mean."]
    privacy_note: PrivacyNoteOut
    versions: VersionsOut


Offers = Mapping[str, Callable[[], OfferItems]]
"""What this deployment has to offer, by kind, and how to list it as of now."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a result and is not the scale's own: the card, offers, things to read, the privacy note.

    The card and the lists behind the offers are made only for a result that shows them.
    """

    card: Callable[[], CardOut]
    offers: Offers
    content: Callable[[Content], list[ContentOut]]
    privacy_note: PrivacyNoteOut


OLDER_DRAFT_NOTE = (
    "这份测评出了新版，您之前的草稿是旧版的。{month} 月 {day} 日（含当天）以前，您可以照旧答完并提交；"
    "也可以删除草稿，用新版重新开始。"
)
DRAFT_NOTES = {
    DraftState.CURRENT: None,
    DraftState.EXPIRED: "旧版草稿已超过 14 天，不能再提交。您答过的还在这里，删除后可以用新版重新开始。",
    DraftState.RETIRED: "这个版本的测评已停用，草稿不能再提交。您答过的还在这里，可以随时删除。",
}


def flags_out(flags: Sequence[Flag], card: Callable[[], CardOut], offers: Offers) -> list[FlagOut]:
    """Return flags; an urgent one carries the crisis card."""
    return [
        {
            "id": flag.id,
            "level": flag.level,
            "card": card() if flag.level == "urgent" else None,
            "offer": offers_out(flag.offer, offers),
        }
        for flag in flags
    ]


def offers_out(wanted: Sequence[OfferKind], offers: Offers) -> list[OfferOut]:
    """Return what is offered; what this deployment does not have, or not just now, is left out."""
    made: list[OfferOut] = [{"kind": kind, "items": offers[kind]()} for kind in wanted if kind in offers]
    return [each for each in made if each["items"]]


def draft_out(shown: Shown, flags: list[FlagOut]) -> DraftOut:
    """Return a draft as it came in, with what can be done with it; an answer taken back has no `value`."""
    return {
        "version": shown.version,
        "answers": {item: answer_out(answer) for item, answer in shown.answers.items()},
        "flags": flags,
        "state": shown.state.value,
        "usable_until": shown.last_day.isoformat() if shown.last_day else None,
        "note": _draft_note(shown),
    }


def answer_out(answer: Answer) -> AnswerOut:
    """Return one answer with its revision, as a client may send it again."""
    return {"value": answer.value, "revision": answer.revision} if answer.said else {"revision": answer.revision}


def result_out(
    result_id: str | None, record: Record, scale: Scale | None, language: str, surroundings: Surroundings
) -> ResultOut:
    """Return a whole result; `scale` is the very version that it was scored under, None where its file is gone."""
    raised = [flag for flag in scale.flags if flag.id in record.flags] if scale else []
    given = [advice for advice in scale.advice if advice.id in record.advice] if scale else []
    return {
        **result_brief_out(result_id, record, scale, language),
        "scores": [score_out(score, record, language) for score in scale.scores if score.shown] if scale else [],
        "flags": flags_out(raised, surroundings.card, surroundings.offers),
        "advice": [advice_out(advice, surroundings, language) for advice in given],
        "norms": norms_out(record, scale, language) if scale else [],
        "validity": validity_out(record, scale, language) if scale else [],
        "missing": list(record.missing),
        "limits": in_language(scale.limits, language) if scale else None,
        "privacy_note": surroundings.privacy_note,
        "versions": versions_out(record),
    }


def versions_out(record: Record) -> VersionsOut:
    """Return everything that a result was scored under."""
    return {"scale": record.scale_version, "hash": record.scale_hash, "engine": record.engine, "norm": record.norm}


def validity_out(record: Record, scale: Scale, language: str) -> list[ValidityOut]:
    """Return what was noticed about the manner of answering, in words for the person."""
    found = (each for each in scale.validity if each.id in record.validity)
    return [{"id": each.id, "text": in_language(each.text, language)} for each in found]


def norms_out(record: Record, scale: Scale, language: str) -> list[NormOut]:
    """Return how the scores stand in the norm that was pinned; a norm for professionals is never pinned."""
    norm = next((each for each in scale.norms if each.id == record.norm), None)
    if norm is None:
        return []
    found = standings(norm, record.scores, record.profile, local(record.submitted_at).year)
    return [
        {
            "id": norm.id,
            "score": score,
            "yields": norm.yields,
            "value": number(value),
            "text": in_language(told_standing(norm, value), language),
            "source": norm.source,
        }
        for score, value in found.items()
    ]


def result_brief_out(result_id: str | None, record: Record, scale: Scale | None, language: str) -> ResultBriefOut:
    """Return a result as it stands in a person's own list; `scale` None where its file is gone."""
    return {
        "id": result_id,
        "scale": {
            "id": record.scale_id,
            "version": record.scale_version,
            "title": in_language(scale.title, language) if scale else record.scale_id,
        },
        "submitted_on": local(record.submitted_at).date().isoformat(),
        "bands": [band_out(score, band, scale, language) for score, band in record.bands.items()],
    }


def band_out(score_id: str, band_id: str | None, scale: Scale | None, language: str) -> BandOut:
    """Return a band in the words for the person; an absent score has no band and says so."""
    band = find_band(scale, score_id, band_id)
    score = find_score(scale, score_id)
    return {
        "score": score_id,
        "score_label": in_language(score.label, language) if score else score_id,
        "id": band_id,
        "label": in_language(band.person, language) if band else None,
        "meaning": in_language(band.meaning, language) if band else None,
    }


def score_out(score: Score, record: Record, language: str) -> ScoreOut:
    """Return one number with its attainable range; `shown` is how to write it, None where it is absent."""
    value = record.scores.get(score.id)
    return {
        "id": score.id,
        "label": in_language(score.label, language),
        "value": None if value is None else number(value),
        "min": number(score.min),
        "max": number(score.max),
        "shown": None if value is None else display(value, score),
    }


def advice_out(advice: Advice, surroundings: Surroundings, language: str) -> AdviceOut:
    """Return one advice with its reason; what this deployment does not have is left out."""
    return {
        "id": advice.id,
        "text": in_language(advice.text, language),
        "reason": in_language(advice.reason, language),
        "content": surroundings.content(advice.content) if advice.content else [],
        "offer": offers_out(advice.offer, surroundings.offers),
    }


def find_band(scale: Scale | None, score_id: str, band_id: str | None) -> Band | None:
    """Return a band of the shown set."""
    bands = [each.shown.bands for each in scale.bands if each.shown and each.score == score_id] if scale else []
    return next((band for each in bands for band in each if band.id == band_id), None)


def find_score(scale: Scale | None, score_id: str) -> Score | None:
    """Return a score by its id."""
    return next((score for score in scale.scores if score.id == score_id), None) if scale else None


def _draft_note(shown: Shown) -> str | None:
    if shown.last_day is None:
        return DRAFT_NOTES[shown.state]
    return OLDER_DRAFT_NOTE.format(month=shown.last_day.month, day=shown.last_day.day)
