"""What a formula of a file means: small frozen nodes, their value, their span, and how they are written for the eye.

A comparison, `and`, `or` and `not` give 1 or 0, and a number that is not 0 is taken for yes. What is divided by zero
has no value: evaluating it raises `ZeroDivisionError`.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Any, NamedTuple

from heartport.scoring.conditions import RELATIONS
from heartport.scoring.exact import Exact, decimal, simplify
from heartport.scoring.spans import Span, moves

Evaluated = Callable[[Sequence[Any]], Exact]
"""Gives the value of a node from the operands; raises `ZeroDivisionError` where there is none."""


class Unbounded(Exception):
    """A node that has no value at all, or whose values have no bounds; says why."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A plain number."""

    value: Exact


@dataclass(frozen=True, slots=True)
class Operand:
    """The operand at a place, from 0."""

    at: int


@dataclass(frozen=True, slots=True)
class Minus:
    """The contrary number."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two nodes and what stands between them: `+`, `-`, `*`, `/`, `%`, or a comparison."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Logic:
    """Nodes joined by `and` or by `or`; the first that decides ends it, and nothing after it is worked out."""

    sign: str
    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Contrary:
    """`not`."""

    part: "Node"


Node = Constant | Operand | Minus | Binary | Logic | Contrary

TRUTH = Span(0, 1, 1)


def evaluated(node: Node) -> Evaluated:
    """Compile a node."""
    match node:
        case Constant(value):
            return lambda _values: value
        case Operand(at):
            return operator.itemgetter(at)
        case Minus(part):
            inner = evaluated(part)
            return lambda values: -inner(values)
        case Binary(sign, left, right):
            return _binary(_OPERATIONS[sign], evaluated(left), evaluated(right))
        case Logic(sign, parts):
            return _logic(sign == "or", [evaluated(part) for part in parts])
        case Contrary(part):
            inner = evaluated(part)
            return lambda values: int(not inner(values))


def _divided(left: Exact, right: Exact) -> Exact:
    return simplify(Fraction(left) / right)


_OPERATIONS: Mapping[str, Callable[[Exact, Exact], Exact]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "%": operator.mod,
    **RELATIONS,
}


def _binary(operation: Callable[[Exact, Exact], Exact], left: Evaluated, right: Evaluated) -> Evaluated:
    return lambda values: operation(left(values), right(values))


def _logic(decisive: bool, parts: Sequence[Evaluated]) -> Evaluated:
    def decided(values: Sequence[Any]) -> int:
        return int(decisive if any(bool(part(values)) is decisive for part in parts) else not decisive)

    return decided


def span_of_node(node: Node, spans: Sequence[Span]) -> Span:
    """Give the numbers that a node can come to, by interval arithmetic; raise `Unbounded`."""
    match node:
        case Constant(value):
            return _constant(value)
        case Operand(at):
            return spans[at]
        case Minus(part):
            return span_of_node(part, spans).times(-1)
        case Binary(sign, left, right):
            return _SPANS[sign](span_of_node(left, spans), span_of_node(right, spans))
        case Logic(sign, parts):
            return _span_of_logic(sign == "or", [span_of_node(part, spans) for part in parts])
        case Contrary(part):
            return _span_of_logic(True, [_relation("==")(span_of_node(part, spans), _constant(0))])


def _undecided(span: Span) -> bool:
    """Tell whether a number may be 0 and may be something else."""
    return span.contains(0) and span.low != span.high


def _constant(value: Exact) -> Span:
    return Span(value, value, 0)


def _span_of_logic(decisive: bool, spans: Sequence[Span]) -> Span:
    settled = [None if _undecided(span) else not span.contains(0) for span in spans]
    if decisive in settled:
        return _constant(int(decisive))
    return TRUTH if None in settled else _constant(int(not decisive))


def _ratio(left: Span, right: Span) -> Span:
    """Divide spans; a divisor of 0 gives no value and is left out."""
    ends = [end for end in (right.low, right.high) if end != 0]
    if right.low <= 0 <= right.high:
        if not right.step and right.low != right.high:
            raise Unbounded("divides by something that can be as near to 0 as you like")
        ends += [near for near in right.beside(0) if near is not None]
    if not ends:
        raise Unbounded("divides by zero, whatever is answered")
    if right.low == right.high:
        return left.times(Fraction(1) / right.low)
    corners = [_divided(one, end) for one in (left.low, left.high) for end in ends]
    return Span(min(corners), max(corners))


def _remainder(left: Span, right: Span) -> Span:
    if right.low != right.high or right.low <= 0:
        raise Unbounded("% takes a plain number above 0 on its right")
    return left.modulo(right.low)


def _relation(sign: str) -> Callable[[Span, Span], Span]:
    def told(left: Span, right: Span) -> Span:
        can_hold, can_fail = left.minus(right).compared(sign, 0)
        return Span(int(not can_fail), int(can_hold), 1)

    return told


_SPANS: Mapping[str, Callable[[Span, Span], Span]] = {
    "+": lambda left, right: left.plus(right),
    "-": lambda left, right: left.minus(right),
    "*": lambda left, right: left.multiplied(right),
    "/": _ratio,
    "%": _remainder,
    **{sign: _relation(sign) for sign in RELATIONS},
}


def nodes_of(node: Node) -> Iterator[Node]:
    """Give a node and everything that it is made of."""
    yield node
    match node:
        case Binary(_, left, right):
            yield from chain(nodes_of(left), nodes_of(right))
        case Logic(_, parts):
            yield from chain.from_iterable(map(nodes_of, parts))
        case Minus(part) | Contrary(part):
            yield from nodes_of(part)


def repeats(node: Node) -> bool:
    """Tell whether a node looks at an operand more than once."""
    found = [each.at for each in nodes_of(node) if isinstance(each, Operand)]
    return len(found) > len(set(found))


def places_of(node: Node) -> list[int]:
    """Give the places of the operands at which a node looks."""
    return sorted({each.at for each in nodes_of(node) if isinstance(each, Operand)})


_SWAPPED: Mapping[str, str] = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "%": "/",
    "==": "!=",
    "!=": "==",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
}


class Other(NamedTuple):
    """What a single edit makes of a node; and at which operand, between which numbers, it shows, if that is known."""

    node: Node
    at: int | None = None
    low: Exact = 0
    high: Exact = 0


def edited(node: Node, numbers: Sequence[Sequence[Exact] | None]) -> Iterator[Other]:
    """Give every node that a single edit makes of one: a number off by one, another sign, another word."""
    match node:
        case Constant(value):
            yield from (Other(Constant(value - 1)), Other(Constant(value + 1)))
        case Minus(part) | Contrary(part):
            kind = type(node)
            yield Other(part)
            yield from (other._replace(node=kind(other.node)) for other in edited(part, numbers))
        case Binary(sign, Operand(at), Constant(value)) if sign in RELATIONS:
            yield Other(Binary(_SWAPPED[sign], node.left, node.right), at, value, value)
            for move in moves(value, numbers[at], upper=sign in {">=", "<"}):
                yield Other(Binary(sign, node.left, Constant(move.to)), at, move.low, move.high)
        case Binary(sign, left, right):
            yield Other(Binary(_SWAPPED[sign], left, right))
            yield from (other._replace(node=Binary(sign, other.node, right)) for other in edited(left, numbers))
            yield from (other._replace(node=Binary(sign, left, other.node)) for other in edited(right, numbers))
        case Logic(sign, parts):
            yield Other(Logic("or" if sign == "and" else "and", parts))
            for at, part in enumerate(parts):
                for other in edited(part, numbers):
                    yield other._replace(node=Logic(sign, (*parts[:at], other.node, *parts[at + 1 :])))


_PLAIN = re.compile(r"[\w.]+")
_SIGNS: Mapping[str, str] = {"*": "×", "%": "mod", "==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
_ATOM, _UNARY, _PRODUCT, _SUM, _RELATION, _NOT, _AND, _OR = range(8, 0, -1)


def written_node(node: Node, operands: Sequence[str]) -> str:
    """Write a node with names or numbers for its operands."""
    return _written(node, operands)[0]


def _written(node: Node, operands: Sequence[str]) -> tuple[str, int]:
    """Write a node, and tell how strongly it binds."""
    match node:
        case Constant(value):
            text = decimal(value)
            return text, _PRODUCT if "/" in text else _ATOM
        case Operand(at):
            return operands[at], _ATOM if _PLAIN.fullmatch(operands[at]) else _SUM
        case Minus(part):
            return f"-{_within(part, operands, _UNARY)}", _SUM
        case Contrary(part):
            return f"not {_within(part, operands, _NOT)}", _NOT
        case Logic(sign, parts):
            binds = _AND if sign == "and" else _OR
            return f" {sign} ".join(_within(part, operands, binds + 1) for part in parts), binds
        case Binary(sign, left, right):
            binds = _SUM if sign in "+-" else _PRODUCT if sign in "*/%" else _RELATION
            # Comparisons do not chain, so that neither side may be one without brackets.
            sides = _within(left, operands, binds + (binds == _RELATION)), _within(right, operands, binds + 1)
            return f"{sides[0]} {_SIGNS.get(sign, sign)} {sides[1]}", binds


def _within(node: Node, operands: Sequence[str], binds: int) -> str:
    text, strength = _written(node, operands)
    return text if strength >= binds else f"({text})"
