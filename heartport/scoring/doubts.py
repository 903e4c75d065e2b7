"""What can be asked about the manner of answering: its pace, long strings, contradictions, attention.

Each is a plain test of the answers as they were given; what is not known is no finding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from heartport.scoring.conditions import Condition, Slots, Value, verdict
from heartport.scoring.exact import Exact, magnitude

MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet as a test looks at it: a row of values, where each name stands in it, and how long it took."""

    row: Sequence[Any]
    slots: Slots
    given: Mapping[str, Value]
    """The answers as they were given, in printed order; what was not asked or not answered is left out."""
    keyed: Mapping[str, Value]
    """The same after the keys that hold in every score."""
    duration_ms: int | None


class Doubt(Protocol):
    """One test."""

    @property
    def items(self) -> tuple[str, ...]:
        """The items that it names; none where it looks at all."""

    def found(self, filled: Filled) -> bool:
        """Tell whether there is a finding."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`pace: {seconds_per_item: 1}`: all was answered faster than that."""

    seconds_per_item: Exact
    items: tuple[str, ...] = ()

    def found(self, filled: Filled) -> bool:
        """Compare the time taken with the least that is plausible."""
        taken, least = filled.duration_ms, self.seconds_per_item * MILLISECONDS * len(filled.given)
        return taken is not None and taken < least


@dataclass(frozen=True, slots=True)
class LongString:
    """`longstring: {of: q1..q20, at_least: 15}`: so many in a row have the same answer; a gap ends the row."""

    items: tuple[str, ...]
    at_least: int

    def found(self, filled: Filled) -> bool:
        """Look for the longest row."""
        runs = groupby(filled.given.get(name) for name in self.items)
        return any(value is not None and sum(1 for _ in run) >= self.at_least for value, run in runs)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`contradiction: {pairs: [[q2, q9]], apart: 3, at_least: 1}`: so many pairs are so far apart after their keys."""

    pairs: tuple[tuple[str, str], ...]
    apart: Exact
    at_least: int

    @property
    def items(self) -> tuple[str, ...]:
        """The items of all pairs."""
        return tuple(dict.fromkeys(name for pair in self.pairs for name in pair))

    def found(self, filled: Filled) -> bool:
        """Count the pairs that are far apart."""
        values = ([filled.keyed.get(name) for name in pair] for pair in self.pairs)
        return sum(self._are_apart(*pair) for pair in values) >= self.at_least

    def _are_apart(self, one: Value, other: Value) -> bool:
        return isinstance(one, Exact) and isinstance(other, Exact) and magnitude(one - other) >= self.apart


@dataclass(frozen=True, slots=True)
class Attention:
    """`attention: {item: q10, expects: 3}`: an item whose right answer is in the question, answered otherwise."""

    item: str
    expects: int

    @property
    def items(self) -> tuple[str, ...]:
        """The item."""
        return (self.item,)

    def found(self, filled: Filled) -> bool:
        """Compare the answer."""
        answer = filled.given.get(self.item)
        return answer is not None and answer != self.expects


@dataclass(frozen=True, slots=True)
class Held:
    """`when: condition`."""

    condition: Condition
    items: tuple[str, ...] = ()

    def found(self, filled: Filled) -> bool:
        """Tell whether the condition holds for what counts, the scores included."""
        return verdict(self.condition, filled.slots)(filled.row) is True
