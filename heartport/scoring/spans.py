"""Interval arithmetic: which numbers an item, a key or a score can come to at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, gcd, lcm

from heartport.scoring.exact import Exact, Rounding, quotient, rounded, simplify


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high` in steps of `step`; a step of 0 means that anything between may occur."""

    low: Exact
    high: Exact
    step: Exact = 0

    def reaches(self, start: Exact, before: Exact | None) -> bool:
        """Tell whether a number of this span lies at `start` or above, and below `before` if given."""
        first = self._at_or_above(start)
        return first <= self.high and (before is None or first < before)

    def contains(self, value: Exact) -> bool:
        """Tell whether this number lies in the span."""
        return self.low <= value <= self.high and self._at_or_above(value) == value

    def times(self, factor: Exact) -> "Span":
        """Give the span of a multiple."""
        ends = sorted((simplify(self.low * factor), simplify(self.high * factor)))
        return Span(ends[0], ends[1], simplify(self.step * max(factor, -factor)))

    def rounded(self, rounding: Rounding | None) -> "Span":
        """Give the span after rounding, which keeps the order of numbers."""
        if rounding is None:
            return self
        step = simplify(Fraction(1, 10**rounding.to))
        return Span(rounded(self.low, rounding), rounded(self.high, rounding), step)

    def _at_or_above(self, start: Exact) -> Exact:
        if start <= self.low:
            return self.low
        if not self.step:
            return start
        return simplify(self.low + ceil(Fraction(start - self.low) / self.step) * self.step)


def span_of(values: Iterable[Exact]) -> Span:
    """Give the span of the values that an item can take."""
    ordered = sorted(values)
    steps = [second - first for first, second in pairwise(ordered)]
    return Span(ordered[0], ordered[-1], common_step(steps))


def span_of_sum(spans: Sequence[Span]) -> Span:
    """Give the span of a sum; one span without steps frees the whole sum."""
    low, high = simplify(sum(span.low for span in spans)), simplify(sum(span.high for span in spans))
    moving = [span for span in spans if span.low != span.high]
    stepless = any(not span.step for span in moving)
    return Span(low, high, 0 if stepless else common_step([span.step for span in moving]))


def common_step(steps: Sequence[Exact]) -> Exact:
    """Give the largest number of which every step is a whole multiple."""
    whole = [step for step in steps if isinstance(step, int)]
    if len(whole) == len(steps):
        return gcd(*whole)
    broken = [Fraction(step) for step in steps]
    bottom = lcm(*(step.denominator for step in broken))
    return quotient(gcd(*(int(step * bottom) for step in broken)), bottom)
