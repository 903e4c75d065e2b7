"""What a sheet of a scale may hold, compiled once; and the sheet, in which every answer has its state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from heartport.scoring.conditions import Condition, Slots, Value, Verdict, verdict
from heartport.scoring.constructs import Definition, Item

PROFILE = "profile."


class State(Enum):
    """What is known of an item. Zero is an answer; the other three are not zero."""

    ANSWERED = "answered"
    MISSING = "missing"
    HIDDEN = "hidden"
    INVALID = "invalid"


class Sheet(NamedTuple):
    """The answers of one person to one scale, in the order of its items.

    `values` are those that count: `None` where there is none, and at a hidden item what the file says.
    `given` are all valid answers, those behind a branch too: the flags look at these.
    """

    items: tuple[str, ...]
    values: tuple[int | None, ...]
    given: tuple[int | None, ...]
    states: tuple[State, ...]
    profile: tuple[Value, ...] = ()
    invalid: tuple[str, ...] = ()
    """Items whose answer is none of their options, and names that are no items."""
    ignored: tuple[str, ...] = ()
    """Items that were answered although a branch hides them."""

    def state(self, item_id: str) -> State:
        """Give the state of one item."""
        return self.states[self.items.index(item_id)]

    def answers(self) -> dict[str, int | None]:
        """Give the value that counts for each item."""
        return dict(zip(self.items, self.values, strict=True))


@dataclass(frozen=True, slots=True)
class Field:
    """One item as a sheet holds it."""

    item: Item
    allowed: frozenset[int]
    shown: Verdict | None

    def is_shown(self, row: Sequence[Value]) -> bool:
        """Tell whether the item is shown; where that is unknown it is."""
        return self.shown is None or self.shown(row) is not False

    def valid(self, raw: object) -> int | None:
        """Give the answer if it is one of the options: a whole number, so neither `True` nor 1.0 nor "1"."""
        return raw if type(raw) is int and raw in self.allowed else None


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a scale, the words of the profile that it asks for, and the slots of both in a row."""

    items: tuple[str, ...]
    known: frozenset[str]
    fields: tuple[Field, ...]
    profile: tuple[str, ...]
    slots: Slots


def compile_form(definition: Definition) -> Form:
    """Compile the reading of sheets."""
    items = tuple(item.id for item in definition.items)
    profile = profile_of(definition)
    slots = {name: slot for slot, name in enumerate((*items, *(PROFILE + word for word in profile)))}
    fields = tuple(_field(item, slots) for item in definition.items)
    return Form(items, frozenset(items), fields, profile, slots)


def profile_of(definition: Definition) -> tuple[str, ...]:
    """Give the words of the profile that some condition asks for."""
    found = {name for condition in _conditions(definition) for name in condition.names()}
    return tuple(sorted(name.removeprefix(PROFILE) for name in found if name.startswith(PROFILE)))


def profile_row(form: Form, profile: Mapping[str, Value]) -> tuple[Value, ...]:
    """Give the words of a profile in the order of the form."""
    return tuple(profile.get(word) for word in form.profile)


def _field(item: Item, slots: Slots) -> Field:
    shown = verdict(item.show_if, slots) if item.show_if else None
    return Field(item, frozenset(item.values), shown)


def _conditions(definition: Definition) -> list[Condition]:
    branches = [item.show_if for item in definition.items if item.show_if]
    flags = [flag.when for flag in definition.flags]
    return [*branches, *flags, *(advice.when for advice in definition.advice)]
