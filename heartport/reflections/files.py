"""Reads the reflections and their safety cards once, at start; a wrong file is refused with all its problems.

The current version of a reflection is `<id>.yaml`; older ones stay as `archive/<id>@<version>.yaml`, so that kept notes
keep their words.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields, validate

from heartport.content import NOT_BLANK, ContentRefused, read_content
from heartport.reflections.rules import Choice, Question, Reflection, SafetyCard

ID = validate.Regexp(r"[a-z][a-z_0-9]*\Z", error="Must be small letters, digits and _, beginning with a letter.")
VERSION = validate.Regexp(r"[0-9]+\.[0-9]+\.[0-9]+\Z", error="Must be three numbers such as 1.0.0.")
QUESTIONS = 8
NOT_WATCHED = "没有人实时查看答案,系统不会自动联系您。"
"""Part of the HTTP contract, as on the crisis card: whoever sees a card must not think that help is on its way."""


def load_cards(folder: Path, names: Sequence[str], numbers: Collection[str]) -> dict[str, SafetyCard]:
    """Return the safety cards of these names; `numbers` are those of the hotlines. Raises `ContentRefused`."""
    cards, problems = {}, []
    for name in names:
        path = folder / f"{name}.yaml"
        raw = read_content(path, CardFile())
        problems += [f"{path} › {problem}" for problem in _problems_of_card(raw, name, numbers)]
        cards[name] = SafetyCard(raw["id"], raw["title"], tuple(raw["lines"]), tuple(raw["hotlines"]))
    if problems:
        raise ContentRefused(problems)
    return cards


def load_reflections(folder: Path, cards: Collection[str]) -> tuple[Reflection, ...]:
    """Return all versions in a folder, current ones first; raises `ContentRefused` with all problems."""
    found: list[Reflection] = []
    problems: list[str] = []
    for path in (*sorted(folder.glob("*.yaml")), *sorted(folder.glob("archive/*.yaml"))):
        try:
            found.append(_load(path, cards))
        except ContentRefused as refused:
            problems += refused.problems
    if problems:
        raise ContentRefused(problems)
    return tuple(found)


def _load(path: Path, cards: Collection[str]) -> Reflection:
    raw = read_content(path, ReflectionFile())
    archived = path.parent.name == "archive"
    name = f"{raw['id']}@{raw['version']}" if archived else raw["id"]
    problems = [] if name == path.stem else [f"id: The file must be called {name}.yaml."]
    problems += list(_repeats(raw)) + list(_unknown_cards(raw, cards))
    if problems:
        raise ContentRefused([f"{path} › {problem}" for problem in problems])
    questions = tuple(
        Question(each["id"], each["text"], tuple(Choice(**option) for option in each["options"]))
        for each in raw.pop("questions")
    )
    return Reflection(**raw, questions=questions, archived=archived)


def _repeats(raw: dict[str, Any]) -> list[str]:
    problems = _repeated([each["id"] for each in raw["questions"]], "questions")
    for place, question in enumerate(raw["questions"], start=1):
        problems += _repeated([each["id"] for each in question["options"]], f"questions › {place} › options")
    return problems


def _repeated(ids: Sequence[str], path: str) -> list[str]:
    return [f"{path} › {place} › id: Is there twice." for place, each in enumerate(ids, 1) if each in ids[: place - 1]]


def _unknown_cards(raw: dict[str, Any], cards: Collection[str]) -> list[str]:
    return [
        f"questions › {place} › options › {number} › card: Must be one of {', '.join(cards)}."
        for place, question in enumerate(raw["questions"], start=1)
        for number, option in enumerate(question["options"], start=1)
        if option["card"] not in (None, *cards)
    ]


def _problems_of_card(raw: dict[str, Any], name: str, numbers: Collection[str]) -> list[str]:
    problems = [] if raw["id"] == name else ["id: Must equal the name of the file."]
    if not any(NOT_WATCHED.removesuffix("。") in line for line in raw["lines"]):
        problems.append(f"lines: One of them must say {NOT_WATCHED}")
    return problems + [
        f"hotlines › {place}: Is not among the hotlines of this deployment."
        for place, each in enumerate(raw["hotlines"], start=1)
        if each not in numbers
    ]


class OptionEntry(Schema):
    """One answer as an editor writes it."""

    id = fields.String(required=True, validate=ID)
    text = fields.String(required=True, validate=NOT_BLANK)
    advice = fields.String(required=True, validate=NOT_BLANK)
    topics = fields.List(fields.String(validate=ID), load_default=())
    card = fields.String(load_default=None)


class QuestionEntry(Schema):
    """One question as an editor writes it."""

    id = fields.String(required=True, validate=ID)
    text = fields.String(required=True, validate=NOT_BLANK)
    options = fields.List(fields.Nested(OptionEntry), required=True, validate=validate.Length(min=2, max=6))


class ReflectionFile(Schema):
    """One reflection: eight questions. There is no place for a number, so nothing can be added up."""

    id = fields.String(required=True, validate=ID)
    version = fields.String(required=True, validate=VERSION)
    title = fields.String(required=True, validate=NOT_BLANK)
    summary = fields.String(required=True, validate=NOT_BLANK)
    minutes = fields.Integer(required=True, strict=True, validate=validate.Range(1, 15))
    opening = fields.String(required=True, validate=NOT_BLANK)
    sources = fields.List(fields.String(validate=NOT_BLANK), load_default=())
    questions = fields.List(fields.Nested(QuestionEntry), required=True, validate=validate.Length(equal=QUESTIONS))


class CardFile(Schema):
    """The file of a safety card."""

    id = fields.String(required=True, validate=ID)
    title = fields.String(required=True, validate=NOT_BLANK)
    lines = fields.List(fields.String(validate=NOT_BLANK), required=True, validate=validate.Length(min=2, max=8))
    hotlines = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
