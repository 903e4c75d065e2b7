"""What a score can be made of. A new kind is one class, its reader and one line in `FORMULAS`."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from heartport.scoring.calculation import Calculation
from heartport.scoring.computed import Computed
from heartport.scoring.counts import Count, Cut
from heartport.scoring.exact import Exact
from heartport.scoring.groups import Group
from heartport.scoring.lookups import Lookup, Table
from heartport.scoring.places import Fields, Place
from heartport.scoring.profiles import OLDEST, SEXES_WITH_FIGURES, Ages
from heartport.scoring.sums import Extreme, Mean, Multiple, Total, Weighted


def _read_total(place: Place) -> Calculation:
    return Total(place.names())


def _read_mean(place: Place) -> Calculation:
    return Mean(place.names())


def _read_weighted(place: Place) -> Calculation:
    fields = place.fields(required=("of", "by"))
    operands, by = fields["of"].names(), fields["by"]
    if not by.is_listing:
        return Multiple(operands, by.number())
    weights = tuple(weight.number() for weight in by.elements())
    if len(weights) != len(operands):
        by.refuse(f"{len(weights)} weights for {len(operands)} operands")
    return Weighted(operands, weights)


def _read_extreme(greatest: bool) -> Callable[[Place], Calculation]:
    return lambda place: Extreme(place.names(), greatest)


def _read_count(place: Place) -> Calculation:
    fields = place.fields(required=("of",), optional=("at_least", "at_most"))
    operands = fields["of"].names()
    if ("at_least" in fields) == ("at_most" in fields):
        place.refuse("either at_least or at_most is expected")
        return Count(operands, (0,) * len(operands), at_least=True)
    at_least = "at_least" in fields
    return Count(operands, _thresholds(fields["at_least" if at_least else "at_most"], operands), at_least)


def _thresholds(place: Place, operands: Sequence[str]) -> tuple[Exact, ...]:
    """Read one threshold for all operands, or one for each."""
    if not place.is_listing:
        return (place.number(),) * len(operands)
    found = tuple(each.number() for each in place.elements())
    if len(found) != len(operands):
        place.refuse(f"{len(found)} thresholds for {len(operands)} operands")
    return found


def _read_cut(place: Place) -> Calculation:
    fields = place.fields(required=("of", "edges", "gives", "edge_goes"))
    edges = tuple(each.number() for each in fields["edges"].elements())
    gives = tuple(each.number() for each in fields["gives"].elements())
    if any(first >= second for first, second in pairwise(edges)):
        fields["edges"].refuse("edges ascend")
    if len(gives) != len(edges) + 1 and fields["edges"].present and fields["gives"].present:
        fields["gives"].refuse(f"{len(edges)} edges make {len(edges) + 1} stretches, here are {len(gives)} numbers")
    return Cut(_one_name(fields), edges, gives, fields["edge_goes"].one_of(("up", "down")) == "up")


def _one_name(fields: Fields) -> tuple[str, ...]:
    names = fields["of"].names()
    if len(names) > 1:
        fields["of"].refuse("one item or score is expected")
    return names


def _read_computed(place: Place) -> Calculation:
    node, names = place.formula()
    return Computed(names, node)


def _read_lookup(place: Place) -> Calculation:
    fields = place.fields(required=("of",), optional=("by", "tables", "gives"))
    if ("gives" in fields) == ("by" in fields) or ("tables" in fields) != ("by" in fields):
        place.refuse("either gives is expected, or by and tables")
    by = tuple(each.one_of(("sex", "age")) for each in fields["by"].elements()) if "by" in fields else ()
    if "gives" in fields:
        return Lookup(_one_name(fields), (), (Table(Group(), _given(fields["gives"])),))
    tables = fields["tables"].elements() if "tables" in fields else []
    return Lookup(_one_name(fields), by, tuple(_table(each, by) for each in tables))


def _table(place: Place, by: Sequence[str]) -> Table:
    fields = place.fields(required=(*by, "gives"))
    return Table(read_group(fields), _given(fields["gives"]))


def read_group(fields: Fields) -> Group:
    """Read whom a row of a table is about."""
    return Group(
        sex=fields["sex"].one_of(SEXES_WITH_FIGURES) if "sex" in fields else None,
        ages=_ages(fields["age"]) if "age" in fields else None,
    )


def _ages(place: Place) -> Ages:
    ends = [each.whole(0, OLDEST) for each in place.elements()]
    if len(ends) != 2 or ends[0] > ends[1]:
        place.refuse("the youngest and the oldest age are expected, as in [18, 34]")
        return 0, OLDEST
    return ends[0], ends[1]


def _given(place: Place) -> Mapping[Exact, Exact]:
    found = {number: each.number() for number, each in place.keyed_numbers().items()}
    if place.is_mapping and not found:
        place.refuse("value missing")
    return MappingProxyType(found)


FORMULAS: Mapping[str, Callable[[Place], Calculation]] = {
    "sum": _read_total,
    "mean": _read_mean,
    "weighted": _read_weighted,
    "max": _read_extreme(greatest=True),
    "min": _read_extreme(greatest=False),
    "count": _read_count,
    "cut": _read_cut,
    "lookup": _read_lookup,
    "formula": _read_computed,
}
"""The kinds of score that a file may use, by their key."""
