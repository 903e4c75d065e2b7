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
    node = score.formula.node
    if isinstance(node, Binary) and node.sign == "/":
        within = _Within(score, definition)
        top, bottom = (within.of_node(each) for each in (node.left, node.right))
        if top is not None and bottom is not None and bottom.tables and _is_positive(bottom):
            return _least(top, bottom), -_least(top.times(-1), bottom)
    return None


class _Within:
    """Takes scores apart as they stand within one score, under its keys."""

    def __init__(self, score: Score, definition: Definition) -> None:
        self._of = score.formula.of
        self._definition = definition
        self._keys = key_tables(score, definition)
        self._items = {item.id: item for item in definition.items}

    def of_node(self, node: Node) -> Parts | None:
        """Take a formula apart."""
        match node:
            case Constant(value):
                return Parts(value, {})
            case Operand(at):
                return self.of_name(self._of[at])
            case Minus(part):
                return _scaled(self.of_node(part), -1)
            case Binary("+" | "-" as sign, left, right):
                return _added([self.of_node(left), _scaled(self.of_node(right), 1 if sign == "+" else -1)])
            case Binary("*", Constant(value), other) | Binary("*", other, Constant(value)):
                return _scaled(self.of_node(other), value)
        return None

    def of_name(self, name: str) -> Parts | None:
        """Take an operand apart: an item, or another score."""
        item = self._items.get(name)
        if item is None:
            return _of_score(next(each for each in self._definition.scores if each.id == name), self._definition)
        if item.kind != "choice":
            return None
        return Parts(0, {name: self._keys.get(name) or {value: value for value in item.values}})

    def of_count(self, count: Count) -> Parts | None:
        """Take a count apart: each item adds 1 or 0."""
        found: list[Parts | None] = []
        for name, threshold in zip(count.of, count.thresholds, strict=True):
            parts = self.of_name(name)
            if parts is None or list(parts.tables) != [name]:
                return None
            one = Count((name,), (threshold,), count.at_least)
            found.append(Parts(0, {name: {value: one.compute([made]) for value, made in parts.tables[name].items()}}))
        return _added(found)


def _of_score(score: Score, definition: Definition) -> Parts | None:
    """Take a whole score apart; one that is filled or rounded cannot be."""
    if score.missing is not None or score.round is not None:
        return None
    within = _Within(score, definition)
    match score.formula:
        case Computed(_, node):
            return within.of_node(node)
        case Count() as count:
            return within.of_count(count)
        case Total() | Mean() | Multiple() | Weighted() as formula:
            pairs = zip(formula.of, _weights(formula), strict=True)
            return _added(_scaled(within.of_name(name), weight) for name, weight in pairs)
    return None


def _weights(formula: Calculation) -> list[Exact]:
    """Give what each operand of a sum is multiplied with."""
    count = len(formula.of)
    return [formula.compute([int(place == at) for place in range(count)]) or 0 for at in range(count)]


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
    # Multiplied by the denominator of the ratio, whole contributions stay whole numbers.
    times, minus = (1, 0) if ratio is None else (ratio.denominator, ratio.numerator)
    costs: dict[str, dict[Exact, Exact]] = {}
    for item in items:
        above, below = top.tables.get(item), bottom.tables.get(item)
        values = (above or below or {}).keys()
        costs[item] = {v: (above[v] if above else 0) * times - (below[v] if below else 0) * minus for v in values}
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
