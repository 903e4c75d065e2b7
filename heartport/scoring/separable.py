"""The exact reach of scores to which each item contributes by itself, and of one such score divided by another.

Interval arithmetic takes what two scores share for independent: it would let the mean of the positive answers of the
SCL-90, (total - negatives) / positives, reach from 0 to 450 where 2 to 5 is all that can be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from heartport.scoring.arithmetic import Binary, Constant, Minus, Node, Operand
from heartport.scoring.calculation import Calculation
from heartport.scoring.computed import Computed
from heartport.scoring.constructs import Definition, Score
from heartport.scoring.counts import Count
from heartport.scoring.exact import Exact, simplify
from heartport.scoring.plans import key_tables
from heartport.scoring.sums import Mean, Multiple, Total, Weighted

Table = Mapping[Exact, Exact]
"""What each answer to an item contributes."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A score as a sum: a constant, and what each item contributes."""

    constant: Exact
    tables: Mapping[str, Table]

    def times(self, factor: Exact) -> "Parts":
        """Give a multiple."""
        tables = {item: {value: part * factor for value, part in table.items()} for item, table in self.tables.items()}
        return Parts(self.constant * factor, tables)


def ratio_span(score: Score, definition: Definition) -> tuple[Exact, Exact] | None:
    """Give the exact reach of a score that is one such sum divided by another; nothing where it is none."""
    if not isinstance(score.formula, Computed) or score.missing is not None:
        return None
    match score.formula.node:
        case Binary("/", left, right):
            top, bottom = (_of_node(each, score, definition) for each in (left, right))
            if top is None or bottom is None or not bottom.tables or not _is_positive(bottom):
                return None
            return _least(top, bottom), -_least(top.times(-1), bottom)
    return None


def _of_node(node: Node, score: Score, definition: Definition) -> Parts | None:
    match node:
        case Constant(value):
            return Parts(value, {})
        case Operand(at):
            return _of_name(score.formula.of[at], score, definition)
        case Minus(part):
            return _scaled(_of_node(part, score, definition), -1)
        case Binary("+" | "-" as sign, left, right):
            parts = [_of_node(each, score, definition) for each in (left, right)]
            return _added([parts[0], _scaled(parts[1], 1 if sign == "+" else -1)])
        case Binary("*", Constant(value), other) | Binary("*", other, Constant(value)):
            return _scaled(_of_node(other, score, definition), value)
    return None


def _of_name(name: str, score: Score, definition: Definition) -> Parts | None:
    """Give the parts of an operand: of an item under the keys of this score, or of another score."""
    item = next((each for each in definition.items if each.id == name), None)
    if item is not None:
        if item.kind != "choice":
            return None
        table = key_tables(score, definition).get(name) or {value: value for value in item.values}
        return Parts(0, {name: table})
    return _of_score(next(each for each in definition.scores if each.id == name), definition)


def _of_score(score: Score, definition: Definition) -> Parts | None:
    if score.missing is not None or score.round is not None:
        return None
    match score.formula:
        case Computed(_, node):
            return _of_node(node, score, definition)
        case Count() as count:
            return _of_count(count, score, definition)
        case Total() | Mean() | Multiple() | Weighted():
            parts = [_of_name(name, score, definition) for name in score.formula.of]
            weights = _weights(score.formula)
            return _added(_scaled(part, weight) for part, weight in zip(parts, weights, strict=True))
    return None


def _weights(formula: Calculation) -> list[Exact]:
    """Give what each operand of a sum is multiplied with."""
    count = len(formula.of)
    return [formula.compute([int(place == at) for place in range(count)]) or 0 for at in range(count)]


def _of_count(count: Count, score: Score, definition: Definition) -> Parts | None:
    found: list[Parts | None] = []
    for name, threshold in zip(count.of, count.thresholds, strict=True):
        parts = _of_name(name, score, definition)
        if parts is None or list(parts.tables) != [name]:
            return None
        one = Count((name,), (threshold,), count.at_least)
        found.append(Parts(0, {name: {value: one.compute([made]) for value, made in parts.tables[name].items()}}))
    return _added(found)


def _scaled(parts: Parts | None, factor: Exact) -> Parts | None:
    return None if parts is None else parts.times(factor)


def _added(found: Iterable[Parts | None]) -> Parts | None:
    constant: Exact = 0
    tables: dict[str, Table] = {}
    for parts in found:
        if parts is None:
            return None
        constant += parts.constant
        for item, table in parts.tables.items():
            own = tables.get(item)
            tables[item] = table if own is None else {value: own[value] + table[value] for value in table}
    return Parts(constant, tables)


def _is_positive(bottom: Parts) -> bool:
    """Tell whether a divisor is never below 0 and can be above it."""
    parts = [part for table in bottom.tables.values() for part in table.values()]
    return bottom.constant >= 0 and min(parts) >= 0 and (bottom.constant > 0 or max(parts) > 0)


def _least(top: Parts, bottom: Parts) -> Exact:
    """Give the least value of top / bottom where bottom is above 0 (Dinkelbach 1967: better one until none is)."""
    ratio = _ratio_of(_best(top, bottom, None), top, bottom)
    while True:
        better = _ratio_of(_best(top, bottom, ratio), top, bottom)
        if better >= ratio:
            return simplify(ratio)
        ratio = better


def _ratio_of(answers: Mapping[str, Exact], top: Parts, bottom: Parts) -> Fraction:
    return Fraction(_sum_of(answers, top)) / Fraction(_sum_of(answers, bottom))


def _sum_of(answers: Mapping[str, Exact], parts: Parts) -> Exact:
    return parts.constant + sum(table[answers[item]] for item, table in parts.tables.items())


def _best(top: Parts, bottom: Parts, ratio: Fraction | None) -> dict[str, Exact]:
    """Give the answers for which top - ratio * bottom is least, with a bottom above 0; at first any such answers."""
    items = dict.fromkeys((*top.tables, *bottom.tables))
    costs: dict[str, dict[Exact, Exact]] = {}
    for item in items:
        above, below = top.tables.get(item), bottom.tables.get(item)
        values = (above or below or {}).keys()
        factor = ratio or 0
        costs[item] = {v: (above[v] if above else 0) - factor * (below[v] if below else 0) for v in values}
    best = {item: min(cost, key=lambda value: cost[value]) for item, cost in costs.items()}
    if bottom.constant > 0 or any(table[best[item]] > 0 for item, table in bottom.tables.items()):
        return best
    # None of the best answers adds to the divisor: let the one do so that costs least.
    forced = (
        (costs[item][value] - costs[item][best[item]], item, value)
        for item, table in bottom.tables.items()
        for value, part in table.items()
        if part > 0
    )
    _, item, value = min(forced, key=lambda each: each[0])
    return best | {item: value}
