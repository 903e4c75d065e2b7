"""What comes in and goes out of the reflections. Advice goes out with an answer only, never before it."""

from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

from marshmallow import ValidationError, fields, validate, validates_schema

from heartport.hotlines.schemas import HotlineOut
from heartport.reflections.rules import Choice, Question, Reflection, SafetyCard, chosen, topics_of
from heartport.web.schemas import BodyIn, Flag
from heartport.web.shapes import Day, Id, Keywords

REFLECTION_ID_SHAPE = Keywords(pattern="^[a-z][a-z0-9_]{0,39}$")

NOT_A_TEST = "这不是测评：没有分数、没有等级，也不和别人比，只帮您把事情理一理。"
BEFORE_START = (
    NOT_A_TEST,
    "没有人实时查看答案,系统不会自动联系您。",
    "除非您自己点“留作笔记”，看完关掉，什么都不会留下；笔记加密保存，只有您看得到，随时可以删除。",
)
NOTE_LENGTH = 300
"""Characters: with eight answers they fit into the one length of a sealed note, four bytes each."""


class AnswersIn(BodyIn):
    """Answers to a reflection; `keep` is the person's wish to keep them, and asks for an id of this attempt."""

    version = fields.String(required=True)
    answers = fields.Dict(
        required=True,
        metadata={
            "description": "By question the chosen option; null or absent passes it over.",
            "additionalProperties": {"type": ["string", "null"]},
        },
        error_messages={"invalid": "须为一个 JSON 对象，键是题号。"},
    )
    keep = Flag(load_default=False)
    attempt_id = fields.String(
        load_default=None,
        validate=validate.Regexp(r"[A-Za-z0-9_-]{8,64}\Z", error="须为 8 至 64 个字母、数字、- 或 _。"),
    )
    note = fields.String(
        load_default="", validate=validate.Length(max=NOTE_LENGTH, error=f"不超过 {NOTE_LENGTH} 个字。")
    )

    @validates_schema(skip_on_field_errors=False)
    def check_keeping(self, data: dict[str, Any], **_kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's own
        """What is kept can be sent twice; what is not kept has no place for a note."""
        if data.get("keep") and not data.get("attempt_id"):
            raise ValidationError({"attempt_id": ["要留作笔记时必须填写。"]})
        if data.get("note") and not data.get("keep"):
            raise ValidationError({"note": ["只有留作笔记（keep 为 true）时才能填写。"]})


class ReflectionNameOut(TypedDict):
    """Which reflection."""

    id: str
    version: str
    title: Annotated[str | None, "null where this version's file is no longer there"]


class ReflectionBriefOut(TypedDict):
    """A reflection on the list."""

    id: str
    version: str
    title: str
    summary: str
    minutes: int


class WordsOut(TypedDict):
    """A question or one of its options, by id and words."""

    id: str
    text: str


class ReflectionQuestionOut(TypedDict):
    """One question; every one may be passed over."""

    id: str
    text: str
    options: list[WordsOut]


class ReflectionOut(ReflectionBriefOut):
    """A reflection as a client needs it to ask."""

    before_start: Annotated[list[str], "Sentences to show before the first question"]
    opening: str
    questions: list[ReflectionQuestionOut]
    sources: list[str]


class AnsweredOut(TypedDict):
    """What follows from one answer."""

    question: Annotated[WordsOut, "The question"]
    answer: WordsOut
    advice: str


class SafetyButtonOut(TypedDict):
    """One way to answer a card; none of them tells anybody anything."""

    id: str
    label: str
    action: str


class SafetyCardOut(TypedDict):
    """A card that is shown first."""

    title: str
    lines: list[str]
    buttons: list[SafetyButtonOut]
    hotlines: list[HotlineOut]


class RaisedOut(TypedDict):
    """An answer that speaks of harm."""

    id: str
    level: str
    card: SafetyCardOut


class CardsBesideOut(TypedDict):
    """What stands beside a refusal of answers."""

    flags: list[RaisedOut]


class CardsPerhapsBesideOut(TypedDict, total=False):
    """The cards, where the answers were looked at before something failed."""

    flags: list[RaisedOut]


class NoteBriefOut(TypedDict):
    """A kept note on the list."""

    id: Id
    kept_on: Day
    reflection: ReflectionNameOut
    note: str


class NoteOut(NoteBriefOut):
    """A kept note in full."""

    items: list[AnsweredOut]


class ReflectedOut(TypedDict):
    """What comes of answers: words for each, cards first, nothing counted."""

    reflection: ReflectionNameOut
    not_a_test: str
    flags: list[RaisedOut]
    items: list[AnsweredOut]
    go_on: Annotated[list[str], "Topics of articles and tracks to go on with, best first"]
    kept: Annotated[Id | None, "The id of the note, null where nothing was kept"]


def reflection_brief_out(reflection: Reflection) -> ReflectionBriefOut:
    """Return a reflection in brief."""
    return {
        "id": reflection.id,
        "version": reflection.version,
        "title": reflection.title,
        "summary": reflection.summary,
        "minutes": reflection.minutes,
    }


def reflection_out(reflection: Reflection) -> ReflectionOut:
    """Return a whole reflection, without its advice."""
    return {
        **reflection_brief_out(reflection),
        "before_start": list(BEFORE_START),
        "opening": reflection.opening,
        "questions": [
            {"id": each.id, "text": each.text, "options": [_named(option) for option in each.options]}
            for each in reflection.questions
        ],
        "sources": list(reflection.sources),
    }


def card_out(card: SafetyCard, hotlines: list[HotlineOut]) -> SafetyCardOut:
    """Return a card; its buttons close it or bring its hotlines up, as those of the crisis card do."""
    return {
        "title": card.title,
        "lines": list(card.lines),
        "buttons": [
            {"id": "call", "label": "现在就打电话", "action": "call"},
            {"id": "later", "label": "知道了，先收起", "action": "close"},
        ],
        "hotlines": hotlines,
    }


def raised_out(name: str, card: SafetyCardOut) -> RaisedOut:
    """Return a raised card as a flag."""
    return {"id": name, "level": "urgent", "card": card}


def reflected_out(
    reflection: Reflection, answers: dict[str, Any], flags: list[RaisedOut], kept: str | None
) -> ReflectedOut:
    """Return what comes of answers."""
    pairs = chosen(reflection, answers)
    return {
        "reflection": name_out(reflection.id, reflection.version, reflection),
        "not_a_test": NOT_A_TEST,
        "flags": flags,
        "items": advice_out(pairs),
        "go_on": topics_of(choice for _, choice in pairs),
        "kept": kept,
    }


def name_out(reflection_id: str, version: str, reflection: Reflection | None) -> ReflectionNameOut:
    """Return which reflection this is."""
    return {"id": reflection_id, "version": version, "title": reflection.title if reflection else None}


def advice_out(pairs: Sequence[tuple[Question, Choice]]) -> list[AnsweredOut]:
    """Return the advice of each answer."""
    return [
        {"question": _named(question), "answer": _named(choice), "advice": choice.advice} for question, choice in pairs
    ]


def _named(each: Question | Choice) -> WordsOut:
    return {"id": each.id, "text": each.text}
