"""Scores that add up, and the greatest and the least of some numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from heartport.scoring.calculation import Calculation, Edit, left_out
from heartport.scoring.exact import Exact, decimal, quotient, simplify, written
from heartport.scoring.spans import Span, grid, span_of, span_of_sum
from heartport.scoring.words import Words


@dataclass(frozen=True, slots=True)
class Total(Calculation):
    """`sum: q1..q9`."""

    fill: ClassVar[str | None] = "prorate"
    of: tuple[str, ...]

    def compute(self, values: Sequence[Exact]) -> Exact:
        """Add up."""
        return simplify(sum(values))

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye."""
        return " + ".join(operands)

    def work(self, values: Sequence[Exact], result: Exact) -> str:
        """Write it with its numbers."""
        return f"{self.describe([decimal(value) for value in values])} = {decimal(result)}"

    def told(self) -> Words:
        """Say it in a sentence."""
        return {"zh-CN": "把下列各项的计分相加。", "en": "What the entries below count as is added up."}

    def span(self, spans: Sequence[Span]) -> Span:
        """Add up the spans."""
        return span_of_sum(spans)

    def without(self, at: int) -> Calculation | None:
        """Leave one out."""
        return replace(self, of=left_out(self.of, at)) if len(self.of) > 1 else None

    def also(self, name: str) -> Calculation | None:
        """Take one more."""
        return replace(self, of=(*self.of, name))


@dataclass(frozen=True, slots=True)
class Mean(Calculation):
    """`mean: q1..q9`."""

    fill: ClassVar[str | None] = "mean_of_answered"
    of: tuple[str, ...]

    def compute(self, values: Sequence[Exact]) -> Exact:
        """Add up and divide."""
        return quotient(sum(values), len(values))

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye."""
        return f"({' + '.join(operands)}) / {len(operands)}"

    def work(self, values: Sequence[Exact], result: Exact) -> str:
        """Write it with its numbers."""
        return f"{self.describe([decimal(value) for value in values])} = {decimal(result)}"

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

    def without(self, at: int) -> Calculation | None:
        """Leave one out."""
        return replace(self, of=left_out(self.of, at)) if len(self.of) > 1 else None

    def also(self, name: str) -> Calculation | None:
        """Take one more."""
        return replace(self, of=(*self.of, name))


@dataclass(frozen=True, slots=True)
class Multiple(Calculation):
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

    def work(self, values: Sequence[Exact], result: Exact) -> str:
        """Write it with its numbers."""
        return f"{self.describe([decimal(value) for value in values])} = {decimal(result)}"

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

    def without(self, at: int) -> Calculation | None:
        """Leave one out."""
        return replace(self, of=left_out(self.of, at)) if len(self.of) > 1 else None

    def also(self, name: str) -> Calculation | None:
        """Take one more."""
        return replace(self, of=(*self.of, name))

    def edits(self, spans: Sequence[Span]) -> Iterator[Edit]:
        """Change the factor."""
        yield Edit(f"times {written(self.factor + 1)}", replace(self, factor=simplify(self.factor + 1)))


@dataclass(frozen=True, slots=True)
class Weighted(Calculation):
    """`weighted: {of: [q1, q2], by: [2, 0.5]}`; no operand can stand for another, so none may be missing."""

    of: tuple[str, ...]
    weights: tuple[Exact, ...]

    def compute(self, values: Sequence[Exact]) -> Exact:
        """Add up the weighted values."""
        return simplify(sum(weight * value for weight, value in zip(self.weights, values, strict=True)))

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye."""
        return " + ".join(f"{written(weight)} × {each}" for weight, each in zip(self.weights, operands, strict=True))

    def work(self, values: Sequence[Exact], result: Exact) -> str:
        """Write it with its numbers."""
        return f"{self.describe([decimal(value) for value in values])} = {decimal(result)}"

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

    def without(self, at: int) -> Calculation | None:
        """Leave one out."""
        of, weights = left_out(self.of, at), left_out(self.weights, at)
        return Weighted(of, weights) if of else None

    def edits(self, spans: Sequence[Span]) -> Iterator[Edit]:
        """Change each weight."""
        for at, name in enumerate(self.of):
            weights = tuple(simplify(weight + (place == at)) for place, weight in enumerate(self.weights))
            yield Edit(f"{name} weighs {written(weights[at])}", replace(self, weights=weights))


@dataclass(frozen=True, slots=True)
class Extreme(Calculation):
    """`max: [a, b]` or `min: [a, b]`."""

    of: tuple[str, ...]
    greatest: bool

    def compute(self, values: Sequence[Exact]) -> Exact:
        """Find it."""
        return max(values) if self.greatest else min(values)

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye."""
        return f"{'max' if self.greatest else 'min'}({', '.join(operands)})"

    def work(self, values: Sequence[Exact], result: Exact) -> str:
        """Write it with its numbers."""
        return f"{self.describe([decimal(value) for value in values])} = {decimal(result)}"

    def told(self) -> Words:
        """Say it in a sentence."""
        if self.greatest:
            return {"zh-CN": "取下列各项中最大的一个。", "en": "The greatest of the entries below is taken."}
        return {"zh-CN": "取下列各项中最小的一个。", "en": "The least of the entries below is taken."}

    def span(self, spans: Sequence[Span]) -> Span:
        """Take the greatest, or the least, of both ends; every number between that some operand can be."""
        pick = max if self.greatest else min
        low, high = pick(span.low for span in spans), pick(span.high for span in spans)
        numbers = [grid(span) for span in spans]
        between = {number for known in numbers for number in known or () if low <= number <= high}
        return Span(low, high) if None in numbers else span_of(between)

    def without(self, at: int) -> Calculation | None:
        """Leave one out."""
        return replace(self, of=left_out(self.of, at)) if len(self.of) > 1 else None

    def edits(self, spans: Sequence[Span]) -> Iterator[Edit]:
        """Take the other end."""
        yield Edit("min" if self.greatest else "max", replace(self, greatest=not self.greatest))
