"""What the conditions of a file mean: small frozen nodes, compiled to closures over a row of values.

Truth has three values (Kleene): `None` is unknown, and unknown is neither yes nor no.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heartport.scoring.exact import Exact

Value = Exact | str | tuple[int, ...] | None
"""What stands in a row: a number, a word (a band, the sex), the options that were chosen; `None` is not known."""
Verdict = Callable[[Sequence[Value]], bool | None]
"""Tells from a row whether a condition holds; `None` is unknown."""
Slots = Mapping[str, int]
"""Where in a row each name stands."""

RELATIONS: Mapping[str, Callable[[Exact, Exact], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Sum:
    """Names, at least one, each counted with its sign."""

    terms: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A sum of names on the left, held against a number on the right."""

    total: Sum
    relation: str
    bound: Exact


@dataclass(frozen=True, slots=True)
class Within:
    """A sum of names that is one of some numbers."""

    total: Sum
    numbers: tuple[Exact, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A band or a word of the profile that is one of some names."""

    name: str
    among: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Includes:
    """An item at which several options may be chosen: one of these was."""

    name: str
    among: tuple[Exact, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of a condition."""

    part: "Expression"


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; of no parts, which the file writes as `always`, that is true."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: "tuple[Expression, ...]"


Atom = Comparison | Within | Named | Includes
Expression = Atom | Not | Every | Some


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as the file writes it, and what it means."""

    source: str
    expression: Expression

    def atoms(self) -> Iterator[Atom]:
        """Give the comparisons that the condition is made of."""
        return _atoms(self.expression)

    def names(self) -> Iterator[str]:
        """Give every name that the condition mentions."""
        for atom in self.atoms():
            if isinstance(atom, Named | Includes):
                yield atom.name
            else:
                yield from (name for _, name in atom.total.terms)


def is_label(name: str) -> bool:
    """Tell whether a name stands for a word (a band, the sex) and not for a number."""
    return name.endswith(".band") or name == "profile.sex"


def verdict(condition: Condition, slots: Slots) -> Verdict:
    """Compile a condition for rows in which each name has its slot."""
    return _compile(condition.expression, slots)


def _atoms(expression: Expression) -> Iterator[Atom]:
    match expression:
        case Not(part):
            yield from _atoms(part)
        case Every(parts) | Some(parts):
            for part in parts:
                yield from _atoms(part)
        case _:
            yield expression


def _compile(expression: Expression, slots: Slots) -> Verdict:
    match expression:
        case Not(part):
            return _contrary(_compile(part, slots))
        case Every(parts):
            return _until(False, [_compile(part, slots) for part in parts])
        case Some(parts):
            return _until(True, [_compile(part, slots) for part in parts])
        case _:
            return _compile_atom(expression, slots)


def _compile_atom(atom: Atom, slots: Slots) -> Verdict:
    match atom:
        case Comparison(total, relation, bound):
            return _comparison(_amount(total, slots), RELATIONS[relation], bound)
        case Within(total, numbers):
            return _membership(_amount(total, slots), frozenset[Value](numbers))
        case Named(name, among):
            return _membership(_at(slots[name]), frozenset[Value](among))
        case Includes(name, among):
            return _overlap(slots[name], frozenset(among))


def _contrary(inner: Verdict) -> Verdict:
    """The contrary of unknown is unknown."""

    def holds_not(row: Sequence[Value]) -> bool | None:
        truth = inner(row)
        return None if truth is None else not truth

    return holds_not


def _until(decisive: bool, parts: Sequence[Verdict]) -> Verdict:
    """In `or` one yes decides and in `and` one no; otherwise one unknown keeps the whole open."""

    def combined(row: Sequence[Value]) -> bool | None:
        verdict: bool | None = not decisive
        for part in parts:
            truth = part(row)
            if truth is decisive:
                return decisive
            if truth is None:
                verdict = None
        return verdict

    return combined


_Amount = Callable[[Sequence[Any]], Exact | None]


def _at(slot: int) -> _Amount:
    return operator.itemgetter(slot)


def _amount(total: Sum, slots: Slots) -> _Amount:
    """Compile a sum; where one of its names is unknown, so is the sum."""
    terms = [(sign, _at(slots[name])) for sign, name in total.terms]
    if len(terms) == 1 and terms[0][0] == 1:
        return terms[0][1]

    def amount(row: Sequence[Value]) -> Exact | None:
        known = [sign * value for sign, get in terms if (value := get(row)) is not None]
        return sum(known) if len(known) == len(terms) else None

    return amount


def _comparison(amount: _Amount, holds: Callable[[Exact, Exact], bool], bound: Exact) -> Verdict:
    def compare(row: Sequence[Value]) -> bool | None:
        value = amount(row)
        return None if value is None else holds(value, bound)

    return compare


def _membership(get: Callable[[Sequence[Value]], Value], among: frozenset[Value]) -> Verdict:
    def belongs(row: Sequence[Value]) -> bool | None:
        value = get(row)
        return None if value is None else value in among

    return belongs


def _overlap(slot: int, among: frozenset[Exact]) -> Verdict:
    def chosen(row: Sequence[Value]) -> bool | None:
        value = row[slot]
        return not among.isdisjoint(value) if isinstance(value, tuple) else None

    return chosen
