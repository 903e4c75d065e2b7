"""Reads the questions of a scale: options, items and their texts."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from fractions import Fraction
from typing import get_args

from heartport.scoring import constructs
from heartport.scoring.conditions import Condition
from heartport.scoring.constructs import Item, Option
from heartport.scoring.kinds import KINDS, LONGEST_TEXT, MOST_STEPS, Kind
from heartport.scoring.places import Fields, Place
from heartport.scoring.reader import Value
from heartport.scoring.spans import Span
from heartport.scoring.words import Words

MOST_ITEMS = 1000
OF_ALL = ("id", "ids", "show_if", "applies_if")
"""The keys that every item may have."""
OF_ASKED = ("unscored", "optional", "when_hidden", "when_na", "when_missing", "interview_skip")
"""The keys of items that have an answer."""

OptionSets = Mapping[str, tuple[Option, ...]]


def read_items(items: Place, options: Place, texts: Place | None, *, main: bool) -> tuple[Item, ...]:
    """Read every item, with its options and its words; `main` tells whether those in the main language are there."""
    option_sets = {name: _options(place, main=main) for name, place in options.pairs()}
    words = {name: place.words(main=main) for name, place in texts.pairs()} if texts else {}
    found = [item for place in items.elements() for item in _read(place, option_sets, words)]
    if len(found) > MOST_ITEMS:
        items.refuse(f"more than {MOST_ITEMS} items")
    _unique(items, "id", [item.id for item in found])
    if not items.damaged:
        _only_known(texts, {item.id for item in found}, "no item of this id")
        used = {name for name, each in option_sets.items() if any(item.options is each for item in found)}
        _only_known(options, used, "no item uses these options")
    return tuple(found)


def _only_known(place: Place | None, known: Set[str], detail: str) -> None:
    for name, entry in place.pairs() if place else ():
        if name not in known:
            entry.refuse(detail)


def _options(place: Place, *, main: bool) -> tuple[Option, ...]:
    found = []
    for each in place.elements():
        fields = each.fields(required=("v",), optional=("label",))
        found.append(Option(fields["v"].whole(), fields["label"].words(main=main) if "label" in fields else {}))
    if place.is_listing and len(found) < 2:
        place.refuse("at least two options are expected")
    if not place.damaged:
        _unique(place, "value", [option.value for option in found])
    return tuple(found)


def _read(element: Place, option_sets: OptionSets, words: Mapping[str, Words]) -> list[Item]:
    place = element.known_by("id", "ids")
    kind = place.word_at("kind", KINDS)
    own = ("kind", *KINDS[kind].required)
    fields = place.fields(required=own, optional=keys_of(kind), elsewhere=_of_other_kinds(own, keys_of(kind)))
    names = _names(place, fields)
    for name in names:
        place.called(name)
    if not names:
        return []
    first = _item(names[0], KINDS[kind], fields, option_sets)
    return [replace(first, id=name, text=words.get(name)) for name in names]


def keys_of(kind: str) -> tuple[str, ...]:
    """Give the keys that an item of a kind may have beside those that it must have."""
    return (*OF_ALL, *(OF_ASKED if kind != "notice" else ()), *KINDS[kind].optional)


def _of_other_kinds(*own: Sequence[str]) -> dict[str, str]:
    """Say of the keys that only other kinds have with which they go."""
    mine = {key for keys in own for key in keys}
    kinds: dict[str, list[str]] = {}
    for name, kind in KINDS.items():
        for key in (*kind.required, *kind.optional):
            kinds.setdefault(key, []).append(name)
    return {key: f"only with kind: {', '.join(names)}" for key, names in kinds.items() if key not in mine}


def _names(place: Place, fields: Fields) -> tuple[str, ...]:
    if "ids" in fields and "id" not in fields:
        return fields["ids"].names()
    if "id" not in fields or "ids" in fields:
        place.refuse("either id or ids is expected")
        return ()
    name = fields["id"].id()
    return (name,) if name else ()


def _item(name: str, kind: Kind, fields: Fields, option_sets: OptionSets) -> Item:
    _check_branch(fields, "show_if", ("when_hidden", "interview_skip"), "a hidden item")
    _check_branch(fields, "applies_if", ("when_na",), "an item that does not apply")
    return Item(
        id=name,
        kind=fields["kind"].one_of(get_args(constructs.Kind)),
        options=_option_set(fields["options"], option_sets) if "options" in fields else (),
        option_set=fields["options"].text() if "options" in fields else None,
        unscored=_truth(fields, "unscored") or not kind.scored,
        optional=_truth(fields, "optional"),
        applies_if=_condition(fields, "applies_if"),
        when_na=_counts_as(fields.get("when_na")),
        show_if=_condition(fields, "show_if"),
        when_hidden=_counts_as(fields.get("when_hidden")),
        interview_skip=_truth(fields, "interview_skip"),
        when_missing=_counts_as(fields.get("when_missing")),
        range=_range(fields) if "range" in fields else None,
        unit=fields["unit"].words() if "unit" in fields else None,
        longest=fields["longest"].whole(1, LONGEST_TEXT) if "longest" in fields else None,
    )


def _truth(fields: Fields, key: str) -> bool:
    return key in fields and fields[key].truth()


def _condition(fields: Fields, key: str) -> Condition | None:
    return fields[key].condition() if key in fields else None


def _check_branch(fields: Fields, branch: str, keys: Sequence[str], what: str) -> None:
    """See that a branch says what its items count as behind it."""
    if branch not in fields:
        for key in keys:
            if key in fields:
                fields[key].refuse(f"only with {branch}")
    elif keys[0] not in fields and "unscored" not in fields and fields["kind"].value() not in {"text", "notice"}:
        fields[branch].refuse(f"{keys[0]} must say what {what} counts as: missing, or a value")


def _range(fields: Fields) -> Span:
    """Read the numbers that may be answered: whole ones, or in steps."""
    place = fields["range"]
    ends = [each.number() for each in place.elements()]
    if ("whole" in fields) == ("step" in fields):
        place.refuse("either whole: true or a step is expected")
        return Span(0, 0)
    step = fields["step"].number() if "step" in fields else 1
    if "whole" in fields and not fields["whole"].truth():
        fields["whole"].refuse("true is expected; for others write a step")
    if len(ends) != 2 or ends[0] >= ends[1]:
        place.refuse("the lowest and the highest number are expected, as in [0, 600]")
        return Span(0, 0)
    if "whole" in fields and not all(isinstance(end, int) for end in ends):
        place.refuse("whole numbers are expected")
    elif step <= 0 or Fraction(ends[1] - ends[0], step).denominator != 1:
        place.refuse("the highest number is not a whole number of steps above the lowest")
    elif (ends[1] - ends[0]) / step > MOST_STEPS:
        place.refuse(f"more than {MOST_STEPS} steps")
    return Span(ends[0], ends[1], step)


def _option_set(place: Place, option_sets: OptionSets) -> tuple[Option, ...]:
    name = place.text()
    if name and name not in option_sets:
        place.refuse("no options of this name")
    return option_sets.get(name, ())


def _counts_as(place: Place | None) -> Value:
    return None if place is None or place.value() == "missing" else place.value()


def _unique(place: Place, what: str, found: Sequence[object]) -> None:
    for value in sorted({str(value) for value in found if found.count(value) > 1}):
        place.refuse(f"the {what} {value} stands twice")
