"""What goes out of the assessments: a scale as a client needs it, flags with their card, a result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heartport.assessments.cards import CrisisCard, in_language, not_watched_out
from heartport.assessments.records import Record
from heartport.assessments.rules import Answer, DraftState, Shown
from heartport.local_time import local
from heartport.scoring.conditions import (
    Atom,
    Comparison,
    Condition,
    Every,
    Expression,
    Includes,
    Named,
    Not,
    Some,
    Within,
)
from heartport.scoring.constructs import Advice, Band, Flag, Item, Offer, Score
from heartport.scoring.exact import display, number
from heartport.scoring.kinds import LONGEST_TEXT
from heartport.scoring.language import Scale
from heartport.scoring.norms import standings, told_standing
from heartport.scoring.spans import Span

Offers = Mapping[str, Callable[[], list[dict[str, Any]]]]
"""What this deployment has to offer, by kind, and how to list it as of now."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a result and is not the scale's own: the card, what is on offer, the privacy note.

    The card and the lists behind the offers are made only for a result that shows them.
    """

    card: Callable[[], Mapping[str, Any]]
    offers: Offers
    privacy_note: Mapping[str, Any]


UNSIGNED_NOTE = "演示：这份量表尚未由本单位的专业人员审核签字。"
OLDER_DRAFT_NOTE = (
    "这份测评出了新版，您之前的草稿是旧版的。{month} 月 {day} 日（含当天）以前，您可以照旧答完并提交；"
    "也可以删除草稿，用新版重新开始。"
)
DRAFT_NOTES = {
    DraftState.CURRENT: None,
    DraftState.EXPIRED: "旧版草稿已超过 14 天，不能再提交。您答过的还在这里，删除后可以用新版重新开始。",
    DraftState.RETIRED: "这个版本的测评已停用，草稿不能再提交。您答过的还在这里，可以随时删除。",
}
TRANSLATION_NOTE = "题目的中文译文由我们翻译，尚未经过验证研究。"


def scale_brief_out(scale: Scale, language: str, signed: bool) -> dict[str, Any]:
    """Return a scale as it stands on the shelf."""
    return {
        "id": scale.id,
        "version": scale.version,
        "title": in_language(scale.title, language),
        "summary": in_language(scale.summary, language),
        "category": scale.category,
        "minutes": scale.minutes,
        "item_count": sum(not item.unscored for item in scale.asked),
        "notes": _notes(scale, language, signed),
    }


def scale_out(scale: Scale, language: str, card: CrisisCard, signed: bool) -> dict[str, Any]:
    """Return a scale as a client needs it to ask: no scoring keys, no bands."""
    urgent = any(flag.level == "urgent" for flag in scale.flags)
    return {
        **scale_brief_out(scale, language, signed),
        "recall": {"last": scale.recall.last, "unit": scale.recall.unit} if scale.recall else None,
        "audience": in_language(scale.audience, language) if scale.audience else None,
        "before_start": [not_watched_out(card, language)] if urgent else [],
        "instruction": in_language(scale.instruction, language),
        "items": [item_out(item, language) for item in scale.items],
        "profile": list(scale.form.profile),
        "limits": in_language(scale.limits, language),
        "retake_not_before_days": scale.retake.not_before_days if scale.retake else None,
    }


def item_out(item: Item, language: str) -> dict[str, Any]:
    """Return one question with its options in printed order, or what else may be answered, and its branches."""
    return {
        "id": item.id,
        "kind": item.kind,
        "text": in_language(item.text or {}, language),
        "options": [{"value": each.value, "label": in_language(each.label, language)} for each in item.options],
        "range": range_out(item, language) if item.range else None,
        "longest": (item.longest or LONGEST_TEXT) if item.kind == "text" else None,
        "optional": item.optional,
        "applies_if": condition_out(item.applies_if) if item.applies_if else None,
        "show_if": condition_out(item.show_if) if item.show_if else None,
    }


def range_out(item: Item, language: str) -> dict[str, Any]:
    """Return which numbers may be answered."""
    span = item.range or Span(0, 0)
    return {
        "from": number(span.low),
        "to": number(span.high),
        "step": number(span.step),
        "unit": in_language(item.unit, language) if item.unit else None,
    }


def condition_out(condition: Condition) -> dict[str, Any]:
    """Return a condition as a tree that a client can evaluate without a parser."""
    return _expression_out(condition.expression)


def flags_out(flags: Sequence[Flag], card: Callable[[], Mapping[str, Any]], offers: Offers) -> list[dict[str, Any]]:
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


def offers_out(wanted: Sequence[Offer], offers: Offers) -> list[dict[str, Any]]:
    """Return what is offered; what this deployment does not have is left out."""
    return [
        {"kind": each.kind, **({"theme": each.theme} if each.theme else {}), "items": offers[each.kind]()}
        for each in wanted
        if each.kind in offers
    ]


def draft_out(shown: Shown, flags: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a draft as it came in, with what can be done with it; an answer taken back has no `value`."""
    return {
        "version": shown.version,
        "answers": {item: answer_out(answer) for item, answer in shown.answers.items()},
        "flags": flags,
        "state": shown.state.value,
        "usable_until": shown.last_day.isoformat() if shown.last_day else None,
        "note": _draft_note(shown),
    }


def answer_out(answer: Answer) -> dict[str, Any]:
    """Return one answer with its revision, as a client may send it again."""
    return {"value": answer.value, "revision": answer.revision} if answer.said else {"revision": answer.revision}


def result_out(
    result_id: str | None, record: Record, scale: Scale | None, language: str, surroundings: Surroundings
) -> dict[str, Any]:
    """Return a whole result; `scale` is the very version that it was scored under, None where its file is gone."""
    raised = [flag for flag in scale.flags if flag.id in record.flags] if scale else []
    given = [advice for advice in scale.advice if advice.id in record.advice] if scale else []
    return {
        **result_brief_out(result_id, record, scale, language),
        "scores": [score_out(score, record, language) for score in scale.scores if score.shown] if scale else [],
        "flags": flags_out(raised, surroundings.card, surroundings.offers),
        "advice": [advice_out(advice, surroundings.offers, language) for advice in given],
        "norms": norms_out(record, scale, language) if scale else [],
        "validity": validity_out(record, scale, language) if scale else [],
        "missing": list(record.missing),
        "limits": in_language(scale.limits, language) if scale else None,
        "privacy_note": surroundings.privacy_note,
        "versions": versions_out(record),
    }


def versions_out(record: Record) -> dict[str, Any]:
    """Return everything that a result was scored under."""
    return {"scale": record.scale_version, "hash": record.scale_hash, "engine": record.engine, "norm": record.norm}


def validity_out(record: Record, scale: Scale, language: str) -> list[dict[str, Any]]:
    """Return what was noticed about the manner of answering, in words for the person."""
    found = (each for each in scale.validity if each.id in record.validity)
    return [{"id": each.id, "text": in_language(each.text, language)} for each in found]


def norms_out(record: Record, scale: Scale, language: str) -> list[dict[str, Any]]:
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


def result_brief_out(result_id: str | None, record: Record, scale: Scale | None, language: str) -> dict[str, Any]:
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


def band_out(score_id: str, band_id: str | None, scale: Scale | None, language: str) -> dict[str, Any]:
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


def score_out(score: Score, record: Record, language: str) -> dict[str, Any]:
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


def advice_out(advice: Advice, offers: Offers, language: str) -> dict[str, Any]:
    """Return one advice with its reason; offers that this deployment does not have are left out."""
    return {
        "id": advice.id,
        "text": in_language(advice.text, language),
        "reason": in_language(advice.reason, language),
        "content": [],
        "offer": offers_out(advice.offer, offers),
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


def _notes(scale: Scale, language: str, signed: bool) -> list[str]:
    wording, translation = scale.licence.wording, scale.provenance.translation.get(language)
    ours = translation is not None and translation.state == "ours"
    credit = in_language(wording.credit, language) if wording.credit else None
    return [
        note
        for note in (TRANSLATION_NOTE if ours else None, credit, None if signed else UNSIGNED_NOTE)
        if note is not None
    ]


def _expression_out(expression: Expression) -> dict[str, Any]:
    match expression:
        case Not(part):
            return {"op": "not", "part": _expression_out(part)}
        case Every(parts):
            return {"op": "and", "parts": [_expression_out(part) for part in parts]}
        case Some(parts):
            return {"op": "or", "parts": [_expression_out(part) for part in parts]}
        case _:
            return _atom_out(expression)


def _atom_out(atom: Atom) -> dict[str, Any]:
    match atom:
        case Comparison(total, relation, bound):
            return {"op": relation, "sum": _terms_out(total.terms), "to": number(bound)}
        case Within(total, numbers):
            return {"op": "in", "sum": _terms_out(total.terms), "to": [number(each) for each in numbers]}
        case Named(name, among):
            return {"op": "is", "name": name, "to": list(among)}
        case Includes(name, among):
            return {"op": "includes", "item": name, "to": [number(each) for each in among]}


def _terms_out(terms: tuple[tuple[int, str], ...]) -> list[dict[str, Any]]:
    return [{"times": sign, "item": name} for sign, name in terms]
