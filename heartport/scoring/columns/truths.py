"""Conditions on columns, three-valued: 0 is no, 1 is unknown, 2 is yes, so `and` is the least, `or` the greatest."""

from collections.abc import Mapping, Sequence
from functools import partial, reduce

import numpy as np
from numpy.typing import NDArray

from heartport.scoring.columns.adding import add
from heartport.scoring.columns.domains import Column
from heartport.scoring.conditions import (
    Atom,
    Comparison,
    Condition,
    Every,
    Expression,
    Includes,
    Named,
    Not,
    Some,
    Sum,
    Within,
    verdict,
)
from heartport.scoring.exact import Exact, simplify

Truths = NDArray[np.uint8]
NO, UNKNOWN, YES = 0, 1, 2
_CODES: Mapping[bool | None, int] = {False: NO, None: UNKNOWN, True: YES}


def truths(expression: Expression, columns: Mapping[str, Column], rows: int) -> Truths:
    """Tell for each row whether a condition holds."""
    match expression:
        case Not(part):
            return YES - truths(part, columns, rows)
        case Every(parts):
            return reduce(np.minimum, _each(parts, columns, rows), np.full(rows, YES, np.uint8))
        case Some(parts):
            return reduce(np.maximum, _each(parts, columns, rows), np.full(rows, NO, np.uint8))
        case _:
            return _of_atom(expression, columns)


def _each(parts: Sequence[Expression], columns: Mapping[str, Column], rows: int) -> list[Truths]:
    return [truths(part, columns, rows) for part in parts]


def _of_atom(atom: Atom, columns: Mapping[str, Column]) -> Truths:
    """Ask the verdict of the single path once for each value."""
    column: Column
    alone: Atom
    match atom:
        case Comparison(total, relation, bound):
            column, alone = _amount(total, columns), Comparison(_ALONE, relation, bound)
        case Within(total, numbers):
            column, alone = _amount(total, columns), Within(_ALONE, numbers)
        case Named(name, among):
            column, alone = columns[name], Named(_NAME, among)
        case Includes(name, among):
            column, alone = columns[name], Includes(_NAME, among)
    holds = verdict(Condition("", alone), {_NAME: 0})
    return column.domain.table(alone, lambda value: _CODES[holds((value,))]).take(column.codes)


_NAME = "value"
_ALONE = Sum(((1, _NAME),))


def _amount(total: Sum, columns: Mapping[str, Column]) -> Column:
    signed = [
        columns[name] if sign == 1 else columns[name].mapped(("times", sign), partial(_times, sign))
        for sign, name in total.terms
    ]
    return signed[0] if len(signed) == 1 else add(signed, total).column


def _times(sign: int, value: Exact) -> Exact:
    return simplify(sign * value)
