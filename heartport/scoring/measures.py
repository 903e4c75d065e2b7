"""Reads what is measured: keys, scores and bands."""

from math import floor
from types import MappingProxyType
from typing import get_args

from heartport.scoring.calculation import Calculation
from heartport.scoring.constructs import Band, Bands, BandSet, Direction, Key, Missing, Score
from heartport.scoring.exact import ROUNDING_MODES, Exact, Rounding
from heartport.scoring.formulas import FORMULAS
from heartport.scoring.places import Fields, Place
from heartport.scoring.profiles import SEXES_WITH_FIGURES
from heartport.scoring.sums import Total

MOST_DECIMALS = 6
FILLS = ("prorate", "mean_of_answered")
"""What may stand for missing answers: the word goes with the kind of score."""
VALID = "valid_if_missing_share_at_most"
OF_SCORES = ("missing", VALID, "round", "show", "direction")
"""The keys that every score may have beside its kind."""
DEFAULT_SET = "default"
"""The name of a band set that stands alone."""
NO_SET = "none"
"""What a file writes where no set is shown to the person."""


def read_keys(place: Place | None) -> tuple[Key, ...]:
    """Read how the answers of some items are turned before they count."""
    return tuple(_key(each) for each in place.elements()) if place else ()


def _key(place: Place) -> Key:
    fields = place.fields(required=("items",), optional=("reverse", "map", "for"))
    if ("reverse" in fields) == ("map" in fields):
        place.refuse("either reverse or map is expected")
    return Key(
        items=fields["items"].names(),
        reverse=_ends(fields["reverse"]) if "reverse" in fields else None,
        table=_table(fields["map"]) if "map" in fields else None,
        only_for=fields["for"].id() if "for" in fields else None,
    )


def _ends(place: Place) -> tuple[int, int]:
    ends = [each.whole() for each in place.elements()]
    if len(ends) != 2 or ends[0] >= ends[1]:
        place.refuse("the lowest and the highest value are expected, as in [0, 3]")
        return 0, 0
    return ends[0], ends[1]


def _table(place: Place) -> MappingProxyType[Exact, Exact]:
    return MappingProxyType({value: each.number() for value, each in place.keyed_numbers().items()})


def read_scores(place: Place) -> tuple[Score, ...]:
    """Read the scores, each of one kind."""
    return tuple(_score(name, each) for name, each in place.pairs())


def _score(name: str, place: Place) -> Score:
    place.check_name(name)
    fields = place.fields(required=("label",), optional=(*FORMULAS, *OF_SCORES))
    kind, formula = _formula(place, fields)
    shown, show_round = _shown(fields.get("show"))
    return Score(
        id=name,
        label=fields["label"].words(),
        kind=kind,
        formula=formula,
        missing=_missing(fields["missing"], len(formula.of)) if "missing" in fields else None,
        valid_share=_share(fields[VALID]) if VALID in fields else None,
        round=_rounding(fields["round"]) if "round" in fields else None,
        shown=shown,
        show_round=show_round,
        direction=fields["direction"].one_of(get_args(Direction)) if "direction" in fields else None,
    )


def _formula(place: Place, fields: Fields) -> tuple[str, Calculation]:
    kinds = [kind for kind in FORMULAS if kind in fields]
    if len(kinds) != 1:
        place.refuse(f"exactly one of {', '.join(FORMULAS)} is expected")
        return "", Total(())
    return kinds[0], FORMULAS[kinds[0]](fields[kinds[0]])


def _missing(place: Place, operands: int) -> Missing:
    """Read how many operands may be missing: a whole number, or a share of them below 1."""
    fields = place.fields(required=("allow", "then"))
    allow, then = fields["allow"], fields["then"].one_of(FILLS)
    number = allow.number()
    if not isinstance(number, int) and 0 < number < 1:
        count = floor(number * operands)
        if operands and not count:
            allow.refuse(f"of {operands} operands that share is less than one")
        return Missing(count, then, number)
    return Missing(allow.whole(1, 1000), then)


def _share(place: Place) -> Exact:
    share = place.number()
    if place.present and not 0 < share < 1:
        place.refuse("a share above 0 and below 1 is expected, such as 0.2")
    return share


def _rounding(place: Place) -> Rounding:
    fields = place.fields(required=("mode", "to"))
    return Rounding(fields["mode"].one_of(ROUNDING_MODES), fields["to"].whole(0, MOST_DECIMALS))


def _shown(place: Place | None) -> tuple[bool, Rounding | None]:
    if place is None:
        return True, None
    if place.is_mapping:
        return True, _rounding(place.fields(required=("round",))["round"])
    return place.truth(), None


def read_bands(place: Place | None) -> tuple[Bands, ...]:
    """Read the bands of each banded score, in one set or in several."""
    return tuple(_bands(score, each) for score, each in place.pairs()) if place else ()


def _bands(score: str, place: Place) -> Bands:
    if not place.has("sets"):
        return Bands(score, _band_set(DEFAULT_SET, place))
    fields = place.fields(required=("shown", "sets"))
    sets = [_band_set(name, each) for name, each in fields["sets"].pairs()]
    shown = fields["shown"].text()
    if shown == NO_SET:
        return Bands(score, None, tuple(sets), named=True)
    chosen = [each for each in sets if each.name == shown]
    if not chosen:
        fields["shown"].refuse(f"one of {', '.join(each.name for each in sets)} is expected, or {NO_SET}")
        return Bands(score, BandSet(shown, "", ()), named=True)
    return Bands(score, chosen[0], tuple(each for each in sets if each is not chosen[0]), named=True)


def _band_set(name: str, place: Place) -> BandSet:
    place.check_name(name)
    fields = place.fields(required=("source", "edges"), optional=("by",))
    by_sex = "by" in fields and fields["by"].one_of(("sex",)) == "sex"
    return BandSet(
        name, fields["source"].text(), tuple(_band(each, by_sex) for each in fields["edges"].elements()), by_sex
    )


def _band(element: Place, by_sex: bool) -> Band:
    place = element.known_by("id")
    fields = place.fields(required=("from", "id", "person", "meaning", "professional"), optional=("at_risk",))
    start, start_of = _start(fields["from"], by_sex)
    return Band(
        start=start,
        id=fields["id"].id(),
        person=fields["person"].words(),
        meaning=fields["meaning"].words(),
        professional=fields["professional"].words(),
        at_risk="at_risk" in fields and fields["at_risk"].truth(),
        start_of=MappingProxyType(start_of),
    )


def _start(place: Place, by_sex: bool) -> tuple[Exact, dict[str, Exact]]:
    """Read a lower edge, or one for each sex."""
    if not place.is_mapping:
        return place.number(), {}
    if not by_sex:
        place.refuse("edges differ by sex only beside by: sex")
        return 0, {}
    start_of = {sex: each.number() for sex, each in place.fields(required=SEXES_WITH_FIGURES).items()}
    return max(start_of.values()), start_of
