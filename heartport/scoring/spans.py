"""Interval arithmetic: which numbers an item, a key or a score can come to at all."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, gcd, lcm
from typing import NamedTuple

from heartport.scoring.exact import Exact, Rounding, magnitude, quotient, rounded, simplify

MOST_NUMBERS = 20_000
"""Up to how many numbers of a span are told one by one."""


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
        return Span(ends[0], ends[1], simplify(self.step * magnitude(factor)))

    def plus(self, other: "Span") -> "Span":
        """Give the span of a sum."""
        return span_of_sum([self, other])

    def minus(self, other: "Span") -> "Span":
        """Give the span of a difference."""
        return span_of_sum([self, other.times(-1)])

    def multiplied(self, other: "Span") -> "Span":
        """Give the span of a product."""
        if other.low == other.high:
            return self.times(other.low)
        corners: list[Exact] = [simplify(one * two) for one in (self.low, self.high) for two in (other.low, other.high)]
        stepless = not other.step or (not self.step and self.low != self.high)
        steps: list[Exact] = [self.low * other.step, other.low * self.step, self.step * other.step]
        step = 0 if stepless else common_step([simplify(magnitude(step)) for step in steps])
        return Span(min(corners), max(corners), step)

    def modulo(self, divisor: Exact) -> "Span":
        """Give the span of what is left over by a division, which lies from 0 to below the divisor."""
        if self.low >= 0 and self.high < divisor:
            return self
        if self.low == self.high:
            return Span(simplify(self.low % divisor), simplify(self.low % divisor))
        if not self.step:
            return Span(0, divisor)
        step = common_step([self.step, divisor])
        first = simplify(self.low % step)
        return Span(first, simplify(divisor - step + first), step)

    def compared(self, relation: str, bound: Exact) -> tuple[bool, bool]:
        """Tell whether a comparison with a number can hold, and whether it can fail."""
        equal, alone = self.contains(bound), self.low == self.high
        below, above = self.low < bound, self.high > bound
        can = {
            "==": (equal, not (equal and alone)),
            "!=": (not (equal and alone), equal),
            "<": (below, self.high >= bound),
            ">=": (self.high >= bound, below),
            ">": (above, self.low <= bound),
            "<=": (self.low <= bound, above),
        }
        return can[relation]

    def beside(self, value: Exact) -> tuple[Exact | None, Exact | None]:
        """Give the nearest numbers below and above a number, in a span with steps or of one number."""
        step = self.step or 1
        above = self._at_or_above(value)
        above = simplify(above + step) if above == value else above
        below = min(simplify(above - step * (2 if self.contains(value) else 1)), self.high)
        return below if below >= self.low else None, above if above <= self.high else None

    @property
    def count(self) -> int | None:
        """How many numbers lie in the span; without steps there is no telling."""
        if self.low == self.high:
            return 1
        return int((self.high - self.low) / self.step) + 1 if self.step else None

    def numbers(self) -> Iterator[Exact]:
        """Give every number of a span with steps, rising."""
        return (simplify(self.low + at * self.step) for at in range(self.count or 0))

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


def grid(span: Span) -> Sequence[Exact] | None:
    """Give the numbers of a span, rising, where they can be told and are not too many."""
    return list(span.numbers()) if span.count is not None and span.count <= MOST_NUMBERS else None


class Move(NamedTuple):
    """Where an edge could go, and between which numbers something would then change sides."""

    to: Exact
    low: Exact
    high: Exact


def moves(edge: Exact, numbers: Sequence[Exact] | None, *, upper: bool) -> Iterator[Move]:
    """Move an edge by one: so that the nearest number on either side changes sides.

    `upper` tells whether a number at the edge lies above it. Where the numbers are not known, an edge moves by 1.
    """
    if numbers is None:
        yield Move(simplify(edge - 1), edge - 1, edge)
        yield Move(simplify(edge + 1), edge, edge + 1)
        return
    first_above = (bisect_left if upper else bisect_right)(numbers, edge)
    if first_above:
        below = numbers[first_above - 1]
        lower = numbers[first_above - 2] if first_above > 1 else below - 1
        yield Move(below if upper else lower, below, below)
    if first_above < len(numbers):
        above = numbers[first_above]
        higher = numbers[first_above + 1] if first_above + 1 < len(numbers) else above + 1
        yield Move(higher if upper else above, above, above)


def common_step(steps: Sequence[Exact]) -> Exact:
    """Give the largest number of which every step is a whole multiple."""
    whole = [step for step in steps if isinstance(step, int)]
    if len(whole) == len(steps):
        return gcd(*whole)
    broken = [Fraction(step) for step in steps]
    bottom = lcm(*(step.denominator for step in broken))
    return quotient(gcd(*(int(step * bottom) for step in broken)), bottom)
