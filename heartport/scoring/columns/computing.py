"""Formulas on columns: a part with one operand is worked out once a value, one with several once a pair of values."""

from collections.abc import Callable, Sequence
from operator import neg
from typing import Any

from heartport.scoring.arithmetic import Binary, Constant, Contrary, Logic, Minus, Node, Operand, evaluated
from heartport.scoring.columns.adding import add
from heartport.scoring.columns.domains import Column, combined, constant
from heartport.scoring.exact import Exact, simplify


def worked_out(node: Node, operands: Sequence[Column]) -> Column:
    """Give the value of a formula in each row; unknown where it divides by zero, or where an operand is unknown."""
    found = _column(node, operands)
    for at in sorted(operands_in(node)):
        gaps = ~operands[at].known()
        found = found.without(gaps)
    return found


def operands_in(node: Node) -> frozenset[int]:
    """Give the places of the operands of a node."""
    match node:
        case Operand(at):
            return frozenset((at,))
        case Minus(part) | Contrary(part):
            return operands_in(part)
        case Binary(_, left, right):
            return operands_in(left) | operands_in(right)
        case Logic(_, parts):
            return frozenset().union(*map(operands_in, parts))
        case Constant():
            return frozenset()


def _column(node: Node, operands: Sequence[Column]) -> Column:
    places = operands_in(node)
    if not places:
        return constant(_valued(node)({}), len(operands[0].codes))
    if len(places) == 1:
        (at,) = places
        return operands[at].mapped(node, _of_one(node, at))
    return _of_several(node, operands)


def _of_several(node: Node, operands: Sequence[Column]) -> Column:
    match node:
        case Minus(part) | Contrary(part):
            outer = type(node)(Operand(0))
            return _column(part, operands).mapped(outer, _of_one(outer, 0))
        case Binary("+", left, right):
            return add([_column(left, operands), _column(right, operands)], "+").column
        case Binary("-", left, right):
            negative = _column(right, operands).mapped("-", neg)
            return add([_column(left, operands), negative], "-").column
        case Binary(sign, left, right):
            pair = Binary(sign, Operand(0), Operand(1))
            return combined(_column(left, operands), _column(right, operands), pair, _of_two(pair))
        case Logic(sign, parts):
            return _joined(sign == "or", [_column(part, operands) for part in parts])
    raise TypeError(type(node))


def _joined(decisive: bool, parts: Sequence[Column]) -> Column:
    """Join from left to right: what comes after the part that decides is not worked out, not even to fail."""
    decided = _as_truth(parts[0], decisive)
    for part in parts[1:]:
        decided = combined(decided, _as_truth(part, decisive), "joined", _or_else)
    return decided.mapped(("joined", decisive), lambda is_decided: int(decisive if is_decided else not decisive))


def _as_truth(part: Column, decisive: bool) -> Column:
    return part.mapped(("truth", decisive), lambda value: bool(value) is decisive)


def _or_else(earlier: bool | None, later: bool | None) -> bool | None:
    return later if earlier is False else earlier


def _of_one(node: Node, at: int) -> Callable[[Exact], Exact | None]:
    value = _valued(node)
    return lambda one: value({at: one})


def _of_two(node: Node) -> Callable[[Exact | None, Exact | None], Exact | None]:
    value = _valued(node)
    return lambda one, two: None if one is None or two is None else value({0: one, 1: two})


def _valued(node: Node) -> Callable[[Any], Exact | None]:
    """Compile a node for operands by their places; a division by zero gives no value."""
    value_of = evaluated(node)

    def value(operands: Any) -> Exact | None:  # noqa: ANN401 - as the node wants them
        try:
            found = value_of(operands)
        except ZeroDivisionError:
            return None
        return int(found) if isinstance(found, bool) else simplify(found)

    return value
