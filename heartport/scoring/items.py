"""Reads the questions of a scale: options, items and their texts."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import get_args

from heartport.scoring.constructs import Item, Kind, Option
from heartport.scoring.places import Fields, Place
from heartport.scoring.words import Words

MOST_ITEMS = 1000
_REQUIRED = ("kind", "options")
_OPTIONAL = ("id", "ids", "unscored", "optional", "show_if", "when_hidden", "interview_skip")

OptionSets = Mapping[str, tuple[Option, ...]]


def read_items(items: Place, options: Place, texts: Place | None) -> tuple[Item, ...]:
    """Read every item, with its options and its words."""
    option_sets = {name: _options(place) for name, place in options.pairs()}
    words = {name: place.words() for name, place in texts.pairs()} if texts else {}
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


def _options(place: Place) -> tuple[Option, ...]:
    found = []
    for each in place.elements():
        fields = each.fields(required=("v", "label"))
        found.append(Option(fields["v"].whole(), fields["label"].words()))
    if place.is_listing and len(found) < 2:
        place.refuse("at least two options are expected")
    if not place.damaged:
        _unique(place, "value", [option.value for option in found])
    return tuple(found)


def _read(element: Place, option_sets: OptionSets, words: Mapping[str, Words]) -> list[Item]:
    place = element.known_by("id", "ids")
    fields = place.fields(required=_REQUIRED, optional=_OPTIONAL)
    names = _names(place, fields)
    for name in names:
        place.called(name)
    if not names:
        return []
    first = _item(names[0], fields, option_sets)
    return [replace(first, id=name, text=words.get(name)) for name in names]


def _names(place: Place, fields: Fields) -> tuple[str, ...]:
    if "ids" in fields and "id" not in fields:
        return fields["ids"].names()
    if "id" not in fields or "ids" in fields:
        place.refuse("either id or ids is expected")
        return ()
    name = fields["id"].id()
    return (name,) if name else ()


def _item(name: str, fields: Fields, option_sets: OptionSets) -> Item:
    _check_branch(fields)
    return Item(
        id=name,
        kind=fields["kind"].one_of(get_args(Kind)),
        options=_option_set(fields["options"], option_sets),
        unscored="unscored" in fields and fields["unscored"].truth(),
        optional="optional" in fields and fields["optional"].truth(),
        show_if=fields["show_if"].condition() if "show_if" in fields else None,
        when_hidden=_when_hidden(fields.get("when_hidden")),
        interview_skip="interview_skip" in fields and fields["interview_skip"].truth(),
    )


def _check_branch(fields: Fields) -> None:
    """See that a branch says what its items count as while it hides them."""
    if "show_if" not in fields:
        for key in ("when_hidden", "interview_skip"):
            if key in fields:
                fields[key].refuse("only with show_if")
    elif "when_hidden" not in fields and "unscored" not in fields:
        fields["show_if"].refuse("when_hidden must say what a hidden item counts as: missing, or a value")


def _option_set(place: Place, option_sets: OptionSets) -> tuple[Option, ...]:
    name = place.text()
    if name and name not in option_sets:
        place.refuse("no options of this name")
    return option_sets.get(name, ())


def _when_hidden(place: Place | None) -> int | None:
    return None if place is None or place.value() == "missing" else place.whole()


def _unique(place: Place, what: str, found: Sequence[object]) -> None:
    for value in sorted({str(value) for value in found if found.count(value) > 1}):
        place.refuse(f"the {what} {value} stands twice")
