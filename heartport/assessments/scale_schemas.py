"""What goes out of a scale: as it stands on the shelf, and as a client needs it to ask."""

from typing import Annotated, Literal, TypedDict, get_args

from heartport.assessments.cards import CrisisCard, in_language, not_watched_out
from heartport.scoring.conditions import (
    RELATIONS,
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
from heartport.scoring.constructs import Item, Kind, RecallUnit
from heartport.scoring.exact import number
from heartport.scoring.kinds import LONGEST_TEXT
from heartport.scoring.language import Scale
from heartport.scoring.spans import Span
from heartport.web.shapes import Keywords, one_of

SCALE_ID = Keywords(pattern="^[a-z][a-z0-9_]{0,39}$")
VERSION = Keywords(pattern=r"^(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){2}$")
ScaleId = Annotated[str, SCALE_ID]
Version = Annotated[str, VERSION]

UNSIGNED_NOTE = "演示：这份量表尚未由本单位的专业人员审核签字。"
TRANSLATION_NOTE = "题目的中文译文由我们翻译，尚未经过验证研究。"


class ScaleBriefOut(TypedDict):
    """A scale as it stands on the shelf."""

    id: ScaleId
    version: Version
    title: str
    summary: str
    category: str
    minutes: Annotated[int, "How long it takes."]
    item_count: int
    notes: Annotated[list[str], "Sentences that stand under it, such as who holds the wording."]


class RecallOut(TypedDict):
    """The time that the questions look back on."""

    last: int
    unit: Annotated[str, one_of(get_args(RecallUnit))]


class OptionOut(TypedDict):
    """One answer: what is sent and what is read."""

    value: int
    label: str


class TermOut(TypedDict):
    """One item of a sum, and how often it counts."""

    times: int
    item: str


class ComparisonOut(TypedDict):
    """A sum of answers, held against a number."""

    op: Annotated[str, one_of(tuple(RELATIONS))]
    sum: list[TermOut]
    to: float


class WithinOut(TypedDict):
    """A sum of answers that is one of some numbers."""

    op: Literal["in"]
    sum: list[TermOut]
    to: list[float]


class NamedOut(TypedDict):
    """A word of the profile that is one of some."""

    op: Literal["is"]
    name: str
    to: list[str]


class IncludesOut(TypedDict):
    """An item at which several options may be chosen: one of these was."""

    op: Literal["includes"]
    item: str
    to: list[float]


class NotOut(TypedDict):
    """The contrary of a condition."""

    op: Literal["not"]
    part: "ConditionOut"


class PartsOut(TypedDict):
    """All of some conditions, or at least one of them."""

    op: Literal["and", "or"]
    parts: "list[ConditionOut]"


ConditionOut = ComparisonOut | WithinOut | NamedOut | IncludesOut | NotOut | PartsOut
"""A condition as a tree that a client can evaluate without a parser."""


RangeOut = TypedDict("RangeOut", {"from": float, "to": float, "step": float, "unit": str | None})
"""Which numbers may be answered: from, to, in steps, of a unit."""


class ItemOut(TypedDict):
    """One question, or a notice between questions."""

    id: str
    kind: Annotated[str, one_of(get_args(Kind))]
    text: str
    options: list[OptionOut]
    range: Annotated[RangeOut | None, "Which numbers may be answered, where numbers are."]
    longest: Annotated[int | None, "How many characters a text may have, where a text is answered."]
    optional: bool
    applies_if: Annotated[ConditionOut | None, "For whom it is meant; null is everybody."]
    show_if: Annotated[ConditionOut | None, "When it is asked; null is always."]


class ScaleOut(ScaleBriefOut):
    """A scale as a client needs it to ask."""

    recall: Annotated[RecallOut | None, "null where the questions ask about no stretch of time."]
    audience: Annotated[str | None, "For whom it is meant."]
    before_start: Annotated[list[str], "What must stand before the first question."]
    instruction: str
    items: list[ItemOut]
    profile: Annotated[list[str], "What it asks for of the person's profile."]
    limits: Annotated[str, "What a result does not mean."]
    retake_not_before_days: int | None


def scale_brief_out(scale: Scale, language: str, signed: bool) -> ScaleBriefOut:
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


def scale_out(scale: Scale, language: str, card: CrisisCard, signed: bool) -> ScaleOut:
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


def item_out(item: Item, language: str) -> ItemOut:
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


def range_out(item: Item, language: str) -> RangeOut:
    """Return which numbers may be answered."""
    span = item.range or Span(0, 0)
    return {
        "from": number(span.low),
        "to": number(span.high),
        "step": number(span.step),
        "unit": in_language(item.unit, language) if item.unit else None,
    }


def condition_out(condition: Condition) -> ConditionOut:
    """Return a condition as a tree that a client can evaluate without a parser."""
    return _expression_out(condition.expression)


def _notes(scale: Scale, language: str, signed: bool) -> list[str]:
    wording, translation = scale.licence.wording, scale.provenance.translation.get(language)
    ours = translation is not None and translation.state == "ours"
    credit = in_language(wording.credit, language) if wording.credit else None
    return [
        note
        for note in (TRANSLATION_NOTE if ours else None, credit, None if signed else UNSIGNED_NOTE)
        if note is not None
    ]


def _expression_out(expression: Expression) -> ConditionOut:
    match expression:
        case Not(part):
            return {"op": "not", "part": _expression_out(part)}
        case Every(parts):
            return {"op": "and", "parts": [_expression_out(part) for part in parts]}
        case Some(parts):
            return {"op": "or", "parts": [_expression_out(part) for part in parts]}
        case _:
            return _atom_out(expression)


def _atom_out(atom: Atom) -> ConditionOut:
    match atom:
        case Comparison(total, relation, bound):
            return {"op": relation, "sum": _terms_out(total.terms), "to": number(bound)}
        case Within(total, numbers):
            return {"op": "in", "sum": _terms_out(total.terms), "to": [number(each) for each in numbers]}
        case Named(name, among):
            return {"op": "is", "name": name, "to": list(among)}
        case Includes(name, among):
            return {"op": "includes", "item": name, "to": [number(each) for each in among]}


def _terms_out(terms: tuple[tuple[int, str], ...]) -> list[TermOut]:
    return [{"times": sign, "item": name} for sign, name in terms]
