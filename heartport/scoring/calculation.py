"""What every way of calculating a score has in common."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from heartport.scoring.exact import Exact
from heartport.scoring.spans import Span
from heartport.scoring.words import Words


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

    def complaints(self, spans: Sequence[Span]) -> Iterator[str]:
        """Say what cannot be meant, given the spans of the operands."""
        return iter(())
