"""One score on columns: keys, gaps and rounding as the plan has them, and the formula of each kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from heartport.scoring.calculation import Calculation
from heartport.scoring.columns.adding import add, fill
from heartport.scoring.columns.answers import INVALID
from heartport.scoring.columns.computing import worked_out
from heartport.scoring.columns.domains import Column, combined
from heartport.scoring.computed import Computed
from heartport.scoring.counts import Count
from heartport.scoring.exact import Exact, quotient, rounded, simplify
from heartport.scoring.lookups import Lookup
from heartport.scoring.plans import Step
from heartport.scoring.sums import Extreme, Mean, Multiple, Total, Weighted

Columns = Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class ColumnStep:
    """What the step of a plan does, on columns."""

    step: Step
    items: frozenset[str]

    def compute(self, columns: Columns, unknown: Callable[[], Any]) -> Column:
        """Give the score of each row; `unknown` counts the scored items of the sheet that have no value."""
        found = self._exact(columns)
        if self.step.sheet is not None:
            found = found.without(unknown() > self.step.most_missing)
        rounding = self.step.round
        if rounding is None:
            return found
        return found.mapped(("rounded", rounding), lambda value: rounded(value, rounding))

    def _exact(self, columns: Columns) -> Column:
        operands = self._keyed(columns)
        formula = self.step.formula
        if isinstance(formula, Lookup) and formula.person:
            return self._looked_up(operands[0], columns)
        if len(operands) == 1:
            # One operand cannot be filled in: that needs another that is answered.
            return operands[0].mapped(("score", self.step.score), lambda value: formula.compute((value,)))
        return self._calculated(formula, operands, columns)

    def _keyed(self, columns: Columns) -> list[Column]:
        """Give what the answers count as."""
        names = self.step.formula.of
        keys = self.step.keys or (None,) * len(names)
        return [
            columns[name] if key is None else columns[name].mapped(("key", self.step.score, name), key.__getitem__)
            for name, key in zip(names, keys, strict=True)
        ]

    def _calculated(self, formula: Calculation, operands: Sequence[Column], columns: Columns) -> Column:
        match formula:
            case Total() | Mean() | Multiple():
                return self._of_sum(formula, operands, columns)
            case Weighted(_, weights):
                parts = [
                    column.mapped(("weighs", weight), partial(_times, weight))
                    for column, weight in zip(operands, weights, strict=True)
                ]
                return add(parts, self.step.score).column
            case Count(_, thresholds):
                parts = [
                    column.mapped(("counts", edge, formula.at_least), partial(_counts, formula, edge))
                    for column, edge in zip(operands, thresholds, strict=True)
                ]
                return add(parts, self.step.score).column
            case Extreme():
                return _extreme(formula, operands)
            case Computed():
                return worked_out(formula.node, operands)
        raise TypeError(f"{type(formula).__name__} is not known on columns")

    def _of_sum(self, formula: Calculation, operands: Sequence[Column], columns: Columns) -> Column:
        """Add up; where something is missing and may be, let the mean of the answered stand for it."""
        found = add(operands, self.step.score)
        whole = found.column.mapped(
            ("of sum", self.step.score), lambda total: self._of_mean(formula, total, len(operands))
        )
        if self.step.missing is None or found.unknown is None:
            return whole
        may = (found.unknown > 0) & (found.unknown <= min(self.step.missing.allow, len(operands) - 1))
        for name in self.items & self.step.needs:
            may &= columns[name].codes != INVALID
        return fill(operands, whole, (found.unknown, may), partial(self._of_mean, formula), self.step.score)

    def _of_mean(self, formula: Calculation, total: Exact, answered: int) -> Exact | None:
        """Give the score of operands that all are the mean of those answered."""
        return formula.compute([quotient(total, answered)] * len(formula.of))

    def _looked_up(self, number: Column, columns: Columns) -> Column:
        """Look up by a number and one or two words of the profile."""
        formula = self.step.formula
        person = [columns[word] for word in formula.person]
        who = (
            person[0].mapped("alone", lambda word: (word,))
            if len(person) == 1
            else combined(person[0], person[1], "who", _both)
        )
        nobody = (None,) * len(person)

        def looked_up(value: Exact | None, words: Sequence[Any] | None) -> Exact | None:
            return None if value is None else formula.compute([value, *(words or nobody)])

        return combined(number, who, ("looked up", self.step.score), looked_up)


def _both(one: object, two: object) -> tuple[object, object] | None:
    return None if one is None and two is None else (one, two)


def _times(weight: Exact, value: Exact) -> Exact:
    return simplify(weight * value)


def _counts(formula: Count, edge: Exact, value: Exact) -> Exact:
    return replace(formula, of=formula.of[:1], thresholds=(edge,)).compute((value,))


def _extreme(formula: Extreme, operands: Sequence[Column]) -> Column:
    def further(one: Exact | None, two: Exact | None) -> Exact | None:
        return None if one is None or two is None else formula.compute((one, two))

    found = operands[0]
    for column in operands[1:]:
        found = combined(found, column, ("extreme", formula.greatest), further)
    return found
