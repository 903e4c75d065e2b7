"""What a reflection is, and what follows from its answers: words for each of them, and cards; never a number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, str | None]
"""By question the chosen option; None or absent is a question passed over, which is as good as any answer."""


@dataclass(frozen=True, slots=True)
class SafetyCard:
    """What a person reads first when an answer speaks of harm; `hotlines` are numbers."""

    id: str
    title: str
    lines: tuple[str, ...]
    hotlines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: its own advice, topics of content to go on with, and the card that it raises."""

    id: str
    text: str
    advice: str
    topics: tuple[str, ...] = ()
    card: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question."""

    id: str
    text: str
    options: tuple[Choice, ...]

    def choice(self, option_id: object) -> Choice | None:
        """Return the option of this id, or None."""
        return next((each for each in self.options if each.id == option_id), None)


@dataclass(frozen=True, slots=True)
class Reflection:
    """One version of a reflection; `archived` ones are only there for notes that were kept."""

    id: str
    version: str
    title: str
    summary: str
    minutes: int
    opening: str
    sources: tuple[str, ...]
    questions: tuple[Question, ...]
    archived: bool = False


def wrong_answers(reflection: Reflection, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what is wrong, by path; nothing of what was received."""
    known = {question.id: question for question in reflection.questions}
    errors = {}
    for name, value in answers.items():
        if name not in known:
            errors[f"answers.{name[:40]}"] = ["没有这一题。"]
        elif value is not None and known[name].choice(value) is None:
            ids = "、".join(each.id for each in known[name].options)
            errors[f"answers.{name}"] = [f"请选择这些选项之一：{ids}；想跳过就留空。"]
    return errors


def chosen(reflection: Reflection, answers: Mapping[str, Any]) -> list[tuple[Question, Choice]]:
    """Return the answered questions in their order, whatever else was sent."""
    found = [(question, question.choice(answers.get(question.id))) for question in reflection.questions]
    return [(question, choice) for question, choice in found if choice is not None]


def cards_raised(choices: Iterable[Choice]) -> list[str]:
    """Return the names of the cards that these answers raise, each once."""
    return list(dict.fromkeys(choice.card for choice in choices if choice.card))


def topics_of(choices: Iterable[Choice]) -> list[str]:
    """Return the topics to go on with, those named most often first, ties in the order of the questions."""
    named = [topic for choice in choices for topic in choice.topics]
    return sorted(dict.fromkeys(named), key=lambda topic: -named.count(topic))
