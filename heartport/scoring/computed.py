"""Scores that a file writes as a formula of its own."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from math import prod
from string import ascii_uppercase

from heartport.scoring.arithmetic import (
    Binary,
    Evaluated,
    Node,
    Unbounded,
    edited,
    evaluated,
    nodes_of,
    places_of,
    repeats,
    span_of_node,
    written_node,
)
from heartport.scoring.calculation import Aim, Calculation, Edit
from heartport.scoring.conditions import RELATIONS
from heartport.scoring.exact import Exact, decimal, simplify
from heartport.scoring.spans import Span, grid, span_of
from heartport.scoring.words import Words

MOST_TRIED = 1000
"""Up to how many combinations of operands are tried one by one to find the span of a formula."""


@dataclass(frozen=True, slots=True)
class Computed(Calculation):
    """`formula: effort * 7 / (reward * 3)`."""

    of: tuple[str, ...]
    node: Node
    _evaluated: Evaluated = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_evaluated", evaluated(self.node))

    def compute(self, values: Sequence[Exact]) -> Exact | None:
        """Work it out; a division by zero gives no value."""
        try:
            return simplify(int(found) if isinstance(found := self._evaluated(values), bool) else found)
        except ZeroDivisionError:
            return None

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye."""
        return written_node(self.node, operands)

    def work(self, values: Sequence[Exact], result: Exact) -> str:
        """Write it with its numbers."""
        return f"{self.describe([decimal(value) for value in values])} = {decimal(result)}"

    def told(self) -> Words:
        """Say it in a sentence; letters stand for the entries."""
        letters = [ascii_uppercase[at] if at < len(ascii_uppercase) else f"A{at}" for at in range(len(self.of))]
        text, names = self.describe(letters), "、".join(letters)
        return {
            "zh-CN": f"按公式 {text} 计算，{names} 依次是下列各项的计分。",
            "en": f"Worked out as {text}, where {', '.join(letters)} is what the entries below count as, in order.",
        }

    def told_none(self) -> Words:
        """Say why there is no number though every operand has one."""
        return {
            "zh-CN": "算式里要除以 0，所以没有这个分数。",
            "en": "It would be a division by zero, so there is no score.",
        }

    def span(self, spans: Sequence[Span]) -> Span:
        """Try every combination of the operands where they are few, else calculate with their ends."""
        try:
            return _reach(self.node, spans)
        except Unbounded:
            return Span(0, 0)

    def numbers(self, spans: Sequence[Span]) -> Sequence[Exact] | None:
        """Give what came of trying, which a span alone does not tell."""
        tried = _tried(self.node, spans)
        return grid(self.span(spans)) if tried is None else sorted(tried)

    def edits(self, spans: Sequence[Span]) -> Iterator[Edit]:
        """Change each number, sign and word of the formula."""
        for other in edited(self.node, [grid(span) for span in spans]):
            aim = None if other.at is None else Aim(self.of[other.at], other.low, other.high)
            yield Edit(written_node(other.node, self.of), Computed(self.of, other.node), aim)

    def complaints(self, spans: Sequence[Span]) -> Iterator[str]:
        """Say what can never be meant: a division that has no value, a comparison that is settled beforehand."""
        try:
            for node in nodes_of(self.node):
                # Ends are exact as long as no operand stands twice.
                found = _reach(node, spans) if repeats(node) else span_of_node(node, spans)
                if isinstance(node, Binary) and node.sign in RELATIONS and found.low == found.high:
                    outcome = "holds for every answer" if found.low else "can never hold"
                    yield f"{written_node(node, self.of)} {outcome}"
            span_of_node(self.node, spans)
        except Unbounded as problem:
            yield str(problem)


def _reach(node: Node, spans: Sequence[Span]) -> Span:
    """Give the span of a node; raise `Unbounded`."""
    tried = _tried(node, spans)
    divides = isinstance(node, Binary) and node.sign in {"/", "%"} and _tried(node.right, spans) == {0}
    if divides or (tried is not None and not tried):
        raise Unbounded("divides by zero, whatever is answered")
    return span_of_node(node, spans) if tried is None else span_of(tried)


def _tried(node: Node, spans: Sequence[Span]) -> set[Exact] | None:
    """Give every value of a node on every combination of its operands; nothing where they are too many."""
    places = places_of(node)
    counts = [spans[at].count for at in places]
    if None in counts or prod(count for count in counts if count) > MOST_TRIED:
        return None
    row: list[Exact] = [0] * len(spans)
    work = evaluated(node)
    found: set[Exact] = set()
    for values in product(*(spans[at].numbers() for at in places)):
        for at, value in zip(places, values, strict=True):
            row[at] = value
        with suppress(ZeroDivisionError):
            found.add(simplify(work(row)))
    return found
