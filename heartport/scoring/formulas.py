"""What a score can be made of. A new kind is one class, its reader and one line in `FORMULAS`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import ClassVar, Protocol

from heartport.scoring.computed import Computed
from heartport.scoring.counts import Count, Cut
from heartport.scoring.exact import Exact
from heartport.scoring.places import Fields, Place
from heartport.scoring.spans import Span
from heartport.scoring.sums import Extreme, Mean, Multiple, Total, Weighted
from heartport.scoring.words import Words


class Formula(Protocol):
    """Makes one number from its operands, all of them known."""

    fill: ClassVar[str | None]
    """The word by which a file lets the mean of the answered stand for the missing; `None`: it may not."""

    @property
    def of(self) -> tuple[str, ...]:
        """The items and scores that it is made of."""

    def compute(self, values: Sequence[Exact]) -> Exact | None:
        """Make the number; a division by zero makes none."""

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye, with names."""

    def work(self, values: Sequence[Exact], result: Exact) -> str:
        """Write it for the eye, with its numbers and what they come to."""

    def told(self) -> Words:
        """Say in a sentence what becomes of what the operands count as."""

    def span(self, spans: Sequence[Span]) -> Span:
        """Give the span of the number from those of the operands."""

    def complaints(self, spans: Sequence[Span]) -> Iterator[str]:
        """Say what cannot be meant, given the spans of the operands."""


def _read_total(place: Place) -> Formula:
    return Total(place.names())


def _read_mean(place: Place) -> Formula:
    return Mean(place.names())


def _read_weighted(place: Place) -> Formula:
    fields = place.fields(required=("of", "by"))
    operands, by = fields["of"].names(), fields["by"]
    if not by.is_listing:
        return Multiple(operands, by.number())
    weights = tuple(weight.number() for weight in by.elements())
    if len(weights) != len(operands):
        by.refuse(f"{len(weights)} weights for {len(operands)} operands")
    return Weighted(operands, weights)


def _read_extreme(greatest: bool) -> Callable[[Place], Formula]:
    return lambda place: Extreme(place.names(), greatest)


def _read_count(place: Place) -> Formula:
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


def _read_cut(place: Place) -> Formula:
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


def _read_computed(place: Place) -> Formula:
    node, names = place.formula()
    return Computed(names, node)


FORMULAS: Mapping[str, Callable[[Place], Formula]] = {
    "sum": _read_total,
    "mean": _read_mean,
    "weighted": _read_weighted,
    "max": _read_extreme(greatest=True),
    "min": _read_extreme(greatest=False),
    "count": _read_count,
    "cut": _read_cut,
    "formula": _read_computed,
}
"""The kinds of score that a file may use, by their key."""
