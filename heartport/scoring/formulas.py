"""What a score can be made of. A new kind is one class, its reader and one line in `FORMULAS`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from heartport.scoring.exact import Exact, decimal, quotient, simplify, written
from heartport.scoring.places import Place
from heartport.scoring.spans import Span, span_of_sum
from heartport.scoring.words import Words


class Formula(Protocol):
    """Makes one number from its operands, all of them known."""

    fill: ClassVar[str | None]
    """The word by which a file lets the mean of the answered stand for the missing; `None`: it may not."""

    @property
    def of(self) -> tuple[str, ...]:
        """The items and scores that it is made of."""

    def compute(self, values: Sequence[Exact]) -> Exact:
        """Make the number."""

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye, with names or with numbers."""

    def told(self) -> Words:
        """Say in a sentence what becomes of what the operands count as."""

    def span(self, spans: Sequence[Span]) -> Span:
        """Give the span of the number from those of the operands."""


@dataclass(frozen=True, slots=True)
class Total:
    """`sum: q1..q9`."""

    fill: ClassVar[str | None] = "prorate"
    of: tuple[str, ...]

    def compute(self, values: Sequence[Exact]) -> Exact:
        """Add up."""
        return simplify(sum(values))

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye."""
        return " + ".join(operands)

    def told(self) -> Words:
        """Say it in a sentence."""
        return {"zh-CN": "把下列各项的计分相加。", "en": "What the entries below count as is added up."}

    def span(self, spans: Sequence[Span]) -> Span:
        """Add up the spans."""
        return span_of_sum(spans)


@dataclass(frozen=True, slots=True)
class Mean:
    """`mean: q1..q9`."""

    fill: ClassVar[str | None] = "mean_of_answered"
    of: tuple[str, ...]

    def compute(self, values: Sequence[Exact]) -> Exact:
        """Add up and divide."""
        return quotient(sum(values), len(values))

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye."""
        return f"({' + '.join(operands)}) / {len(operands)}"

    def told(self) -> Words:
        """Say it in a sentence."""
        count = len(self.of)
        return {
            "zh-CN": f"把下列各项的计分相加，再除以项数 {count}。",
            "en": f"What the entries below count as is added up and divided by their number, {count}.",
        }

    def span(self, spans: Sequence[Span]) -> Span:
        """Add up the spans and divide."""
        return span_of_sum(spans).times(quotient(1, max(len(spans), 1)))


@dataclass(frozen=True, slots=True)
class Multiple:
    """`weighted: {of: q1..q7, by: 2}`."""

    fill: ClassVar[str | None] = "prorate"
    of: tuple[str, ...]
    factor: Exact

    def compute(self, values: Sequence[Exact]) -> Exact:
        """Add up and multiply."""
        return simplify(self.factor * sum(values))

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye."""
        return f"{written(self.factor)} × ({' + '.join(operands)})"

    def told(self) -> Words:
        """Say it in a sentence."""
        factor = decimal(self.factor)
        return {
            "zh-CN": f"把下列各项的计分相加，再乘以 {factor}。",
            "en": f"What the entries below count as is added up and multiplied by {factor}.",
        }

    def span(self, spans: Sequence[Span]) -> Span:
        """Add up the spans and multiply."""
        return span_of_sum(spans).times(self.factor)


@dataclass(frozen=True, slots=True)
class Weighted:
    """`weighted: {of: [q1, q2], by: [2, 0.5]}`; no operand can stand for another, so none may be missing."""

    fill: ClassVar[str | None] = None
    of: tuple[str, ...]
    weights: tuple[Exact, ...]

    def compute(self, values: Sequence[Exact]) -> Exact:
        """Add up the weighted values."""
        return simplify(sum(weight * value for weight, value in zip(self.weights, values, strict=True)))

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye."""
        return " + ".join(f"{written(weight)} × {each}" for weight, each in zip(self.weights, operands, strict=True))

    def told(self) -> Words:
        """Say it in a sentence."""
        weights = [decimal(weight) for weight in self.weights]
        return {
            "zh-CN": f"把下列各项的计分分别乘以权重（依次为 {'、'.join(weights)}），再相加。",
            "en": f"What the entries below count as is weighted ({', '.join(weights)}) and added up.",
        }

    def span(self, spans: Sequence[Span]) -> Span:
        """Add up the weighted spans."""
        return span_of_sum([span.times(weight) for span, weight in zip(spans, self.weights, strict=True)])


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


FORMULAS: Mapping[str, Callable[[Place], Formula]] = {
    "sum": _read_total,
    "mean": _read_mean,
    "weighted": _read_weighted,
}
"""The kinds of score that a file may use, by their key."""
