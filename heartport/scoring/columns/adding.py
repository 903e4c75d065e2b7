"""Adds columns up without error: whole numbers of a common step, in the smallest type that holds the sum."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any, NamedTuple

import numpy as np

from heartport.scoring.columns.domains import Codes, Column, Domain, Mask, code_type, combined, distinct, made
from heartport.scoring.exact import Exact, simplify

MOST_LISTED = 1 << 14
"""Up to how many sums a domain lists whether they occur or not."""
MOST_ADDED = 1 << 62
"""Up to how many different sums are added as machine numbers; beyond, value by value in plain Python."""


class Steps(NamedTuple):
    """The values of one domain as whole steps above its least; `ramp` where the steps follow the codes themselves."""

    table: list[int]
    ramp: tuple[int, int] | None
    """The direction, +1 or -1, and the first known code: below it nothing is known, from it on everything."""


class Ruler(NamedTuple):
    """How some domains add up: a sum is `low + step × code`, with code 0 kept for the unknown."""

    low: Exact
    step: Exact
    size: int
    operands: list[Steps]
    kind: Any
    start: int
    """What the codes of ramps add too much, and the 1 that keeps code 0 free; modulo the size of the type."""

    def value(self, code: int) -> Exact:
        """Give the sum of a code."""
        return simplify(self.low + self.step * (code - 1))


class Sum(NamedTuple):
    """The sum where all is known, and how many operands are unknown; nothing where none ever is."""

    column: Column
    unknown: Codes | None


def add(columns: Sequence[Column], key: object) -> Sum:
    """Add columns up; a row in which one is unknown has no sum."""
    domains = [column.domain for column in columns]
    ruler = made(domains, ("ruler", key), lambda: ruler_of(domains))
    unknown = unknown_of(columns, ruler.operands)
    if ruler.size > MOST_ADDED:
        return Sum(_value_by_value(columns), unknown)
    codes = _added(columns, ruler)
    if unknown is not None:
        codes *= unknown == 0
    if ruler.size > MOST_LISTED:
        return Sum(_of_those_that_occur(codes, ruler), unknown)
    listed = made(
        domains, ("sums", key), lambda: Domain([None, *map(ruler.value, range(1, ruler.size))], _all_last(domains))
    )
    return Sum(Column(codes, listed), unknown)


def ruler_of(domains: Sequence[Domain], zero: bool = False) -> Ruler:
    """Find the common step of some domains; with `zero` an unknown value counts as 0."""
    bottom = lcm(*(Fraction(value).denominator for domain in domains for value in domain.present))
    whole = [[None if value is None else int(value * bottom) for value in domain.values] for domain in domains]
    if zero:
        whole = [[value or 0 for value in values] for values in whole]
    lows = [min((value for value in values if value is not None), default=0) for values in whole]
    steps = [[0 if value is None else value - low for value in values] for values, low in zip(whole, lows, strict=True)]
    step = gcd(*(each for table in steps for each in table)) or 1
    steps = [[each // step for each in table] for table in steps]
    size = sum(max(table) for table in steps) + 2
    operands = [
        Steps(table, None if zero else _ramp(table, domain.values))
        for table, domain in zip(steps, domains, strict=True)
    ]
    kind = code_type(min(size, MOST_ADDED))
    start = sum(each.table[each.ramp[1]] - each.ramp[0] * each.ramp[1] for each in operands if each.ramp) + 1
    return Ruler(
        simplify(Fraction(sum(lows), bottom)),
        simplify(Fraction(step, bottom)),
        size,
        operands,
        kind,
        start % (np.iinfo(kind).max + 1),
    )


def _ramp(table: Sequence[int], values: Sequence[object]) -> tuple[int, int] | None:
    known = [code for code, value in enumerate(values) if value is not None]
    if not known or any(value is not None for value in values[: known[0]]):
        return None
    for direction in (1, -1):
        start = table[known[0]] - direction * known[0]
        if all(table[code] == start + direction * code for code in known):
            return direction, known[0]
    return None


def unknown_of(columns: Sequence[Column], operands: Sequence[Steps]) -> Codes | None:
    """Count in each row how many of the columns are unknown; nothing where none is."""
    found: Codes | None = None
    kind = code_type(len(columns) + 1)
    for column, steps in zip(columns, operands, strict=True):
        gaps = _gaps(column, steps)
        if gaps is not None:
            found = gaps.astype(kind) if found is None else np.add(found, gaps, out=found)
    return found


def _gaps(column: Column, steps: Steps) -> Mask | None:
    """Tell where a column is unknown; nothing where it is known throughout."""
    if steps.ramp is not None:
        return column.codes < steps.ramp[1] if column.codes.min() < steps.ramp[1] else None
    gaps = ~column.known()
    return gaps if gaps.any() else None


def _added(columns: Sequence[Column], ruler: Ruler) -> Codes:
    """Add the steps modulo the size of the type: the sum itself fits, so whatever ran over on the way is back."""
    total = np.full(len(columns[0].codes), ruler.start, ruler.kind)
    for column, steps in zip(columns, ruler.operands, strict=True):
        if steps.ramp is None:
            total += np.array(steps.table, ruler.kind).take(column.codes)
        elif steps.ramp[0] > 0:
            np.add(total, column.codes, out=total, casting="unsafe")
        else:
            np.subtract(total, column.codes, out=total, casting="unsafe")
    return total


def _of_those_that_occur(codes: Codes, ruler: Ruler) -> Column:
    present, places = distinct(codes.astype(np.int64), ruler.size)
    values = [None if code == 0 else ruler.value(code) for code in present.tolist()]
    return Column((places + 1).astype(code_type(len(values) + 1)), Domain([None, *values], lasting=False))


def _value_by_value(columns: Sequence[Column]) -> Column:
    total = columns[0]
    for at, column in enumerate(columns[1:]):
        total = combined(total, column, ("plus", at), _plus)
    return total


def _plus(one: Exact | None, two: Exact | None) -> Exact | None:
    return None if one is None or two is None else simplify(one + two)


def _all_last(domains: Sequence[Domain]) -> bool:
    return all(domain.lasting for domain in domains)


Filled = Callable[[Exact, int], Exact | None]
"""Gives the score from the sum of the answered and their number."""


def fill(columns: Sequence[Column], whole: Column, gaps: tuple[Codes, Mask], filled: Filled, key: object) -> Column:
    """Give `whole` where nothing is unknown, and elsewhere what is filled in for the rows that may have gaps.

    `gaps` are how many are unknown, and the rows that may be filled.
    """
    unknown, may = gaps
    rows = np.flatnonzero(may)
    if not rows.size:
        return whole
    domains = [column.domain for column in columns]
    ruler = made(domains, ("filled", key), lambda: ruler_of(domains, zero=True))
    few = [Column(column.codes[rows], column.domain) for column in columns]
    if ruler.size * len(columns) > MOST_ADDED:
        made_of, values = _filled_one_by_one(few, filled)
    else:
        made_of, values = _filled_by_sum(few, unknown[rows], ruler, filled)
    size = len(whole.domain) + len(values)
    codes = whole.codes.astype(code_type(size))
    codes[rows] = len(whole.domain) + made_of
    return Column(codes, Domain([*whole.domain.values, *values], lasting=False))


def _filled_by_sum(
    columns: Sequence[Column], unknown: Codes, ruler: Ruler, filled: Filled
) -> tuple[Codes, Sequence[Exact | None]]:
    """Fill once for each pair of a sum and a number of unknown operands."""
    width = len(columns)
    pairs = _added(columns, ruler).astype(np.int64) * width + unknown
    present, places = distinct(pairs, ruler.size * width)
    return places, [filled(ruler.value(pair // width), width - pair % width) for pair in present.tolist()]


def _filled_one_by_one(columns: Sequence[Column], filled: Filled) -> tuple[Codes, Sequence[Exact | None]]:
    rows = zip(*(column.listed() for column in columns), strict=True)
    answered = [[value for value in row if value is not None] for row in rows]
    return np.arange(len(answered)), [filled(sum(values), len(values)) for values in answered]
