"""What a sheet of a scale may hold, compiled once; and the sheet, in which every answer has its state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from heartport.scoring.conditions import Condition, Slots, Value, Verdict, verdict
from heartport.scoring.constructs import Definition, Item
from heartport.scoring.doubts import Held
from heartport.scoring.kinds import Reader, reader_of
from heartport.scoring.profiles import OF_PERSON, known_profile

PROFILE = "profile."
AGES = "ages"


class State(Enum):
    """What is known of an item. Zero is an answer; the others are not zero."""

    ANSWERED = "answered"
    MISSING = "missing"
    HIDDEN = "hidden"
    """A branch hides it, because of an earlier answer."""
    NA = "na"
    """It does not apply to this person."""
    INVALID = "invalid"


class Sheet(NamedTuple):
    """The answers of one person to one scale, in the order of its items.

    `values` are those that count: `None` where there is none, and at an item that is hidden, does not apply or was
    left blank what the file says. `given` are all valid answers, those behind a branch too: the flags look at these.
    """

    items: tuple[str, ...]
    values: tuple[Value, ...]
    given: tuple[Value, ...]
    states: tuple[State, ...]
    profile: tuple[Any, ...] = ()
    invalid: tuple[str, ...] = ()
    """Items whose answer is none of theirs, and names that are no items."""
    ignored: tuple[str, ...] = ()
    """Items that were answered although they are hidden or do not apply."""

    def state(self, item_id: str) -> State:
        """Give the state of one item."""
        return self.states[self.items.index(item_id)]

    def answers(self) -> dict[str, Value]:
        """Give the value that counts for each item."""
        return dict(zip(self.items, self.values, strict=True))


@dataclass(frozen=True, slots=True)
class Field:
    """One item as a sheet holds it."""

    item: Item
    valid: Reader
    """Gives what an answer is in a row if it is one to this item: so neither `True` nor "1" where 1 is."""
    applies: Verdict | None
    shown: Verdict | None
    when_na: Value
    when_hidden: Value
    when_missing: Value

    def away(self, row: Sequence[Value]) -> State | None:
        """Tell why the item is not asked, if it is not; where that is unknown it is asked."""
        if self.applies is not None and self.applies(row) is False:
            return State.NA
        if self.shown is not None and self.shown(row) is False:
            return State.HIDDEN
        return None


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a scale, the words of the profile that it asks for, and the slots of both in a row."""

    items: tuple[str, ...]
    known: frozenset[str]
    fields: tuple[Field, ...]
    profile: tuple[str, ...]
    """The words of the profile that the person is asked for."""
    person: tuple[str, ...]
    """What a row holds of the profile: those words, and the age where it matters."""
    slots: Slots


def compile_form(definition: Definition) -> Form:
    """Compile the reading of sheets."""
    items = tuple(item.id for item in definition.asked)
    profile, person = profile_of(definition)
    slots = {name: slot for slot, name in enumerate((*items, *(PROFILE + word for word in person)))}
    fields = tuple(compile_field(item, slots) for item in definition.asked)
    return Form(items, frozenset(items), fields, profile, person, slots)


def profile_of(definition: Definition) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the words of the profile that the file asks the person for, and what a row holds of them."""
    asked = {name for condition in _conditions(definition) for name in condition.names()}
    asked.update(name for score in definition.scores for name in score.formula.person)
    if any(each.by_sex for bands in definition.bands for each in bands.sets):
        asked.add(PROFILE + "sex")
    asked.update(OF_PERSON[word] for norm in definition.norms for word in norm.by)
    words = {name.removeprefix(PROFILE) for name in asked if name.startswith(PROFILE)}
    person = sorted(words | ({"birth_year"} if AGES in words else set()))
    return tuple(word for word in person if word != AGES), tuple(person)


def profile_row(form: Form, profile: Mapping[str, object], year: int | None = None) -> tuple[Any, ...]:
    """Give what a row holds of a profile; `year` is that of the answers."""
    if not form.person:
        return ()
    known = known_profile(profile, year)
    return tuple(known.get(word) for word in form.person)


def compile_field(item: Item, slots: Slots) -> Field:
    """Compile the reading of one item."""
    read = reader_of(item)
    return Field(
        item=item,
        valid=read,
        applies=verdict(item.applies_if, slots) if item.applies_if else None,
        shown=verdict(item.show_if, slots) if item.show_if else None,
        when_na=read(item.when_na),
        when_hidden=read(item.when_hidden),
        when_missing=read(item.when_missing),
    )


def _conditions(definition: Definition) -> list[Condition]:
    branches = [each for item in definition.items for each in (item.applies_if, item.show_if) if each]
    flags = [flag.when for flag in definition.flags]
    doubts = [each.test.condition for each in definition.validity if isinstance(each.test, Held)]
    return [*branches, *flags, *doubts, *(advice.when for advice in definition.advice)]
