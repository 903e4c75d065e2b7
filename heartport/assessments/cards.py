"""The crisis card: what a person reads when an answer shows that they may be in danger.

The card is content, but not every word is an editor's to change: the two fixed sentences and the three ways
to answer are checked here, and a card without them does not load.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from heartport.content import ContentRefused, read_content

CHINESE = "zh-CN"
# Both are part of the HTTP contract; clients and the page before the first question rely on them.
NOT_WATCHED = "没有人实时查看答案,系统不会自动联系您。"
IN_DANGER = "如果您可能马上伤害自己,请拨打120或110,并请身边的人陪着您。"

Words = Mapping[str, str]
"""One wording by language; `zh-CN` is always there."""


class CardAction(StrEnum):
    """What a client does when a button of the card is tapped; no button tells any staff anything.

    - `acknowledge` (我现在是安全的): tell the server that the person says to be safe, which ends the
      live flag; fold the card to one line that opens it again. Nothing ever says "no risk".
    - `call` (我担心自己会做): keep the card, bring its hotlines up large with the first that is open
      ready to dial, and offer a call-back. A call starts only with the person's own tap.
    - `close` (暂时不想说): fold the card without a question. The flag stays live, the card one tap away.

    The card stays when the answer that raised it is changed or cleared; only these buttons fold it.
    """

    ACKNOWLEDGE = "acknowledge"
    CALL = "call"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Button:
    """One way to answer the card."""

    id: str
    label: Words
    action: CardAction


@dataclass(frozen=True, slots=True)
class CrisisCard:
    """The words of the card; `not_watched` is also shown before any scale that has an urgent flag."""

    id: str
    title: Words
    not_watched: Words
    lines: tuple[Words, ...]
    buttons: tuple[Button, ...]


def load_card(path: Path) -> CrisisCard:
    """Return the card of a file; raises `ContentRefused`."""
    raw = read_content(path, CardFile())
    if problems := _missing_words(raw):
        raise ContentRefused([f"{path} › {problem}" for problem in problems])
    return CrisisCard(
        id=raw["id"],
        title=raw["title"],
        not_watched=raw["not_watched"],
        lines=tuple(raw["lines"]),
        buttons=tuple(Button(**each) for each in raw["buttons"]),
    )


def card_out(card: CrisisCard, hotlines: Sequence[Mapping[str, Any]], language: str = CHINESE) -> dict[str, Any]:
    """Return the card with the hotlines given, as `hotlines.schemas.hotline_out` made them, best first.

    Buttons carry `action`: `acknowledge`, `call` or `close`; `CardAction` says what a client does with each.
    """
    return {
        "title": in_language(card.title, language),
        "lines": [in_language(line, language) for line in card.lines],
        "buttons": [
            {"id": each.id, "label": in_language(each.label, language), "action": each.action.value}
            for each in card.buttons
        ],
        "hotlines": [dict(each) for each in hotlines],
    }


def not_watched_out(card: CrisisCard, language: str = CHINESE) -> str:
    """Return the sentence that stands before the first question of a scale with an urgent flag."""
    return in_language(card.not_watched, language)


def in_language(words: Words, language: str) -> str:
    """Return the wording in a language, or in Chinese where there is none; nothing where there are no words at all."""
    return words.get(language) or words.get(CHINESE, "")


def _missing_words(raw: Mapping[str, Any]) -> list[str]:
    problems = []
    for key, sentence in (("not_watched", NOT_WATCHED), ("in_danger", IN_DANGER)):
        if raw[key][CHINESE] != sentence:
            problems.append(f"{key} › {CHINESE}: Must read exactly {sentence}")
        if raw[key] not in raw["lines"]:
            problems.append(f"lines: The words of {key} must be one of them.")
    if [each["action"] for each in raw["buttons"]] != list(CardAction):
        problems.append(f"buttons: Their actions must be {', '.join(CardAction)}, in this order.")
    if len({each["id"] for each in raw["buttons"]}) != len(raw["buttons"]):
        problems.append("buttons: Two have the same id.")
    return problems


def _have_chinese(words: Mapping[str, str]) -> None:
    if CHINESE not in words:
        raise ValidationError(f"The wording in {CHINESE} is missing.")


def _words() -> fields.Dict:
    text = fields.String(required=True, validate=validate.Regexp(r"\s*\S", error="Must not be empty."))
    language = fields.String(validate=validate.OneOf([CHINESE, "en"]))
    return fields.Dict(keys=language, values=text, required=True, validate=_have_chinese)


class ButtonEntry(Schema):
    """One button as an editor writes it."""

    id = fields.String(required=True, validate=validate.Regexp(r"[a-z_]+\Z"))
    label = _words()
    action = fields.Enum(CardAction, by_value=True, required=True)


class CardFile(Schema):
    """The file of the crisis card."""

    id = fields.String(required=True, validate=validate.Regexp(r"[a-z_]+\Z"))
    title = _words()
    not_watched = _words()
    in_danger = _words()
    lines = fields.List(_words(), required=True, validate=validate.Length(min=2, max=8))
    buttons = fields.List(fields.Nested(ButtonEntry), required=True)
