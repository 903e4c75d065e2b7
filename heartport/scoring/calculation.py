"""What all ways of calculating a score have in common: their meaning, how they are told, the edits that spoil them."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple, TypeVar

from heartport.scoring.exact import Exact
from heartport.scoring.groups import Group
from heartport.scoring.spans import Span, grid
from heartport.scoring.words import Words

_Each = TypeVar("_Each")


class Aim(NamedTuple):
    """Where to look for a sheet on which an edit shows: one operand lies between two numbers."""

    operand: str
    low: Exact
    high: Exact


class Edit(NamedTuple):
    """A single edit: what was changed, and what then is calculated."""

    what: str
    changed: "Calculation"
    aim: Aim | None = None


class Calculation:
    """Makes one number from operands, all of them known."""

    __slots__ = ()

    fill: ClassVar[str | None] = None
    """The word by which a file lets the mean of the answered stand for the missing; `None`: it may not."""
    of: tuple[str, ...]
    """The items and scores that it is made of."""

    @property
    def person(self) -> tuple[str, ...]:
        """Give the words of the profile that it asks for; they follow the operands, known or not."""
        return ()

    @property
    def groups(self) -> tuple[Group, ...]:
        """Give the groups of people for whom it is calculated otherwise."""
        return ()

    def compute(self, values: Sequence[Exact]) -> Exact | None:
        """Make the number; there may be none, as of a division by zero."""
        raise NotImplementedError

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye, with names."""
        raise NotImplementedError

    def work(self, values: Sequence[Exact], result: Exact) -> str:
        """Write it for the eye, with its numbers and what they come to."""
        raise NotImplementedError

    def told(self) -> Words:
        """Say in a sentence what becomes of what the operands count as."""
        raise NotImplementedError

    def told_none(self) -> Words:
        """Say why there is no number though every operand has one."""
        return {"zh-CN": "", "en": ""}

    def span(self, spans: Sequence[Span]) -> Span:
        """Give the span of the number from those of the operands."""
        raise NotImplementedError

    def without(self, at: int) -> "Calculation | None":
        """Give the same without one operand, where that would still be a score."""
        return None

    def also(self, name: str) -> "Calculation | None":
        """Give the same with one operand more, where it can take one."""
        return None

    def edits(self, spans: Sequence[Span]) -> "Iterator[Edit]":
        """Give every other single edit that would calculate differently."""
        return iter(())

    def numbers(self, spans: Sequence[Span]) -> Sequence[Exact] | None:
        """Give what it can come to, rising, where that can be told and is not too much."""
        return grid(self.span(spans))

    def complaints(self, spans: Sequence[Span]) -> Iterator[str]:
        """Say what cannot be meant, given the spans of the operands."""
        return iter(())


def left_out(found: tuple[_Each, ...], at: int) -> tuple[_Each, ...]:
    """Give all but the one at a place."""
    return found[:at] + found[at + 1 :]
