"""Reads what a file asks about the manner of answering, and finds it in a sheet."""

from typing import get_args

from heartport.scoring.constructs import Consequence, Validity
from heartport.scoring.doubts import Attention, Contradiction, Doubt, Filled, Held, LongString, Pace
from heartport.scoring.forms import Sheet, State
from heartport.scoring.language import Scale
from heartport.scoring.places import Fields, Place
from heartport.scoring.plans import Outcome

TESTS = ("when", "pace", "longstring", "contradiction", "attention")


def read_validity(place: Place | None) -> tuple[Validity, ...]:
    """Read the tests of validity."""
    return tuple(_validity(each.known_by("id")) for each in place.elements()) if place else ()


def _validity(place: Place) -> Validity:
    fields = place.fields(required=("id", "do", "text"), optional=TESTS)
    consequences = fields["do"].elements() if fields["do"].is_listing else [fields["do"]]
    return Validity(
        id=fields["id"].id(),
        test=_test(place, fields),
        do=tuple(each.one_of(get_args(Consequence)) for each in consequences),
        text=fields["text"].words(),
    )


def _test(place: Place, fields: Fields) -> Doubt:
    named = [key for key in TESTS if key in fields]
    if len(named) != 1:
        place.refuse(f"exactly one of {', '.join(TESTS)} is expected")
        return Pace(0)
    read = {"when": _held, "pace": _pace, "longstring": _long, "contradiction": _contradiction, "attention": _attention}
    return read[named[0]](fields[named[0]])


def _held(place: Place) -> Doubt:
    return Held(place.condition())


def _pace(place: Place) -> Doubt:
    seconds = place.fields(required=("seconds_per_item",))["seconds_per_item"]
    number = seconds.number()
    if seconds.present and not 0 < number <= 60:
        seconds.refuse("a number of seconds above 0, up to 60, is expected")
    return Pace(number)


def _long(place: Place) -> Doubt:
    fields = place.fields(required=("of", "at_least"))
    return LongString(fields["of"].names(), fields["at_least"].whole(2, 1000))


def _contradiction(place: Place) -> Doubt:
    fields = place.fields(required=("pairs", "apart", "at_least"))
    pairs = []
    for each in fields["pairs"].elements():
        names = each.names()
        if len(names) == 2:
            pairs.append((names[0], names[1]))
        else:
            each.refuse("two items are expected")
    return Contradiction(tuple(pairs), fields["apart"].number(), fields["at_least"].whole(1, 1000))


def _attention(place: Place) -> Doubt:
    fields = place.fields(required=("item", "expects"))
    return Attention(fields["item"].id(), fields["expects"].whole())


def findings(scale: Scale, sheet: Sheet, outcome: Outcome, duration_ms: int | None = None) -> tuple[Validity, ...]:
    """Give what is worth a word about the manner of answering; looked at after flags and scores, which it leaves be."""
    if not scale.validity:
        return ()
    filled = _filled(scale, sheet, outcome, duration_ms)
    return tuple(each for each in scale.validity if each.test.found(filled))


def _filled(scale: Scale, sheet: Sheet, outcome: Outcome, duration_ms: int | None) -> Filled:
    names = (*scale.form.slots, *outcome.scores, *(f"{score}.band" for score in outcome.bands))
    places = zip(sheet.items, sheet.values, sheet.states, strict=True)
    given = {item: value for item, value, state in places if state is State.ANSWERED}
    keys = {item: key for key in scale.keys if key.only_for is None for item in key.items}
    return Filled(
        row=(*sheet.values, *sheet.profile, *outcome.scores.values(), *outcome.bands.values()),
        slots={name: slot for slot, name in enumerate(names)},
        given=given,
        keyed={
            item: keys[item].counts_as(value) if item in keys and isinstance(value, int) else value
            for item, value in given.items()
        },
        duration_ms=duration_ms,
    )
