"""Reads answers into a sheet: strictly as they come over HTTP, loosely as they come in a batch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from heartport.scoring.conditions import Value
from heartport.scoring.forms import Field, Form, Sheet, State, profile_row
from heartport.scoring.kinds import told_answers
from heartport.scoring.language import Scale
from heartport.scoring.profiles import profile_errors

Errors = dict[str, list[str]]
"""Path of a field to what is wrong there, in Chinese; never what was received."""

UNKNOWN_ITEM = "这份量表没有这一题。"
NOT_ANSWERED = "这一题还没有回答；如果想跳过，请明确选择跳过。"
NOT_ASKED = {
    State.HIDDEN: "根据前面的回答，这一题不需要回答。",
    State.NA: "这一题不适用于您，请留空。",
}
_LONGEST_NAME = 40


class _Absent:
    """What stands for an answer that is not there at all, other than `None`, a deliberate skip."""


ABSENT = _Absent()


class Entry(NamedTuple):
    """What becomes of one answer."""

    state: State
    value: Value = None
    error: str | None = None
    ignored: bool = False


Reading = Callable[[Field, object, State | None], Entry]
"""How an answer is taken, given why its item is not asked, if it is not."""

_NOT_ANSWERED = Entry(State.MISSING, error=NOT_ANSWERED)


def read_sheet(
    scale: Scale, answers: Mapping[str, object], profile: Mapping[str, object], year: int | None = None
) -> tuple[Sheet, Errors]:
    """Read answers strictly; give the sheet as far as it is right, and all errors, by `answers.q4`.

    `year` is that of the answers, for scales that ask how old somebody is.
    """
    sheet, entries = _read(scale.form, answers, profile_row(scale.form, profile, year), strictly)
    errors = {f"answers.{item}": [entry.error] for item, entry in zip(sheet.items, entries, strict=True) if entry.error}
    unknown = {answer_path(name): [UNKNOWN_ITEM] for name in answers.keys() - scale.form.known}
    return sheet, errors | unknown | profile_errors(profile)


def read_loosely(
    scale: Scale, answers: Mapping[str, object], profile: Mapping[str, object], year: int | None = None
) -> Sheet:
    """Read answers as a batch has them: absent or empty is missing, wrong ones are collected as invalid."""
    return read_with(scale.form, answers, profile, year)


def read_with(
    form: Form, answers: Mapping[str, object], profile: Mapping[str, object], year: int | None = None
) -> Sheet:
    """Read answers loosely, by a form alone."""
    return _read(form, answers, profile_row(form, profile, year), loosely)[0]


def strictly(field: Field, raw: object, away: State | None) -> Entry:
    """Take an answer as HTTP sends it: `None` is a deliberate skip, nothing at all is an error."""
    if away is not None:
        unwanted = raw is not None and raw is not ABSENT
        return Entry(away, _standing(field, away), NOT_ASKED[away] if unwanted else None)
    value = field.valid(raw)
    if value is not None:
        return Entry(State.ANSWERED, value)
    if raw is None or (raw is ABSENT and field.item.optional):
        return Entry(State.MISSING, field.when_missing)
    return _NOT_ANSWERED if raw is ABSENT else Entry(State.INVALID, error=told_answers(field.item))


def loosely(field: Field, raw: object, away: State | None) -> Entry:
    """Take an answer as a batch has it; at an interview skip a given value counts and a blank is filled."""
    empty = raw is ABSENT or raw is None or raw == ""
    if away is not None and (empty or away is State.NA or not field.item.interview_skip):
        return Entry(away, _standing(field, away), ignored=not empty)
    if empty:
        return Entry(State.MISSING, field.when_missing)
    value = field.valid(raw)
    return Entry(State.INVALID) if value is None else Entry(State.ANSWERED, value)


def _standing(field: Field, away: State) -> Value:
    """Give what counts in the place of an answer that is not asked for."""
    return field.when_na if away is State.NA else field.when_hidden


def _read(
    form: Form, answers: Mapping[str, object], words: tuple[Any, ...], reading: Reading
) -> tuple[Sheet, Sequence[Entry]]:
    """Read item by item: a branch looks only at items before it, and those are in the row by then."""
    row: list[Any] = [*[None] * len(form.items), *words]
    entries = []
    for slot, field in enumerate(form.fields):
        entry = reading(field, answers.get(field.item.id, ABSENT), field.away(row))
        entries.append(entry)
        row[slot] = entry.value
    return _sheet(form, answers, words, entries), entries


def _sheet(form: Form, answers: Mapping[str, object], words: tuple[Any, ...], entries: Sequence[Entry]) -> Sheet:
    values = tuple([entry.value for entry in entries])
    given = tuple([field.valid(answers.get(field.item.id)) for field in form.fields])
    named = list(zip(form.items, entries, strict=True))
    wrong = [item for item, entry in named if entry.state is State.INVALID]
    unknown = sorted(name for name in answers.keys() - form.known)
    return Sheet(
        items=form.items,
        values=values,
        given=values if given == values else given,
        states=tuple([entry.state for entry in entries]),
        profile=words,
        invalid=(*wrong, *unknown),
        ignored=tuple([item for item, entry in named if entry.ignored]),
    )


def answer_path(name: str) -> str:
    """Name an unknown item; a name that could not be one may be anything, and is not repeated."""
    plain = name.isascii() and name.replace("_", "").isalnum() and len(name) <= _LONGEST_NAME
    return f"answers.{name}" if plain else "answers"
