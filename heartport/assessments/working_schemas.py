"""What goes out as "how was this counted": every shown number with its items, key, rule, rounding and band edge."""

from typing import Any

from heartport.assessments.cards import in_language
from heartport.assessments.schemas import result_brief_out, score_out, versions_out
from heartport.assessments.working import Explained
from heartport.scoring.constructs import Item
from heartport.scoring.exact import decimal, number
from heartport.scoring.working import Entry, Working
from heartport.scoring.working_words import (
    calculation,
    told_display,
    told_entry,
    told_keys,
    told_missing,
    told_missing_rule,
    told_place,
    told_rounding,
)


def working_out(explained: Explained, language: str) -> dict[str, Any]:
    """Return the working of a whole result."""
    kept = explained.kept
    brief = result_brief_out(kept.id, kept.record, explained.scale, language)
    return {
        "result": kept.id,
        "scale": brief["scale"],
        "submitted_on": brief["submitted_on"],
        "versions": versions_out(kept.record),
        "scores": [_score(each, explained, language) for each in explained.workings.scores],
    }


def _score(working: Working, explained: Explained, language: str) -> dict[str, Any]:
    score, provenance = working.score, explained.scale.provenance
    shown = score_out(score, explained.kept.record, language)
    return {
        **shown,
        "shown": shown["shown"] if score.shown else None,
        "items": [_entry(entry, language) for entry in working.entries],
        "key": in_language(told_keys(working), language),
        "rule": in_language(score.formula.told(), language),
        "calculation": calculation(working),
        "missing_rule": {
            "text": in_language(told_missing_rule(score.missing), language),
            "here": in_language(told_missing(working), language),
            "missing": [entry.id for entry in working.absent],
            "source": provenance.missing_source,
        },
        "rounding": {
            "score": in_language(told_rounding(working), language),
            "display": in_language(told_display(working), language),
        },
        "band": _band(working, language),
        "source": provenance.scoring_source,
    }


def _entry(entry: Entry, language: str) -> dict[str, Any]:
    note = told_entry(entry)
    return {
        "id": entry.id,
        "kind": "score" if entry.number is None else "item",
        "number": entry.number,
        "text": in_language(entry.words, language),
        "answer": entry.answer,
        "answer_label": _answer_label(entry, language),
        "state": entry.state.value,
        "counted_as": None if entry.counted_as is None else number(entry.counted_as),
        "counted_as_exact": None if entry.counted_as is None else decimal(entry.counted_as),
        "note": in_language(note, language) if note else None,
    }


def _answer_label(entry: Entry, language: str) -> str | None:
    chosen = entry.answer if isinstance(entry.answer, list) else [entry.answer]
    options = entry.of.options if isinstance(entry.of, Item) else ()
    labels = [in_language(option.label, language) for option in options if option.value in chosen]
    return "、".join(labels) if labels else None


def _band(working: Working, language: str) -> dict[str, Any] | None:
    place, text = working.place, told_place(working)
    if text is None:
        return None
    return {
        "id": place.band.id if place else None,
        "label": in_language(place.band.person, language) if place else None,
        "from": number(place.start) if place else None,
        "below": number(place.below) if place and place.below is not None else None,
        "text": in_language(text, language),
        "source": place.source if place else None,
    }
