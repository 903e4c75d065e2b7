"""Reads the conditions of a file: `q9 >= 1`, `total.band in [mild, moderate] and not q3 + q4 == 0`."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from heartport.scoring.conditions import (
    RELATIONS,
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
    is_label,
)
from heartport.scoring.exact import Exact
from heartport.scoring.tokens import NotUnderstood, Walk

ALWAYS = "always"
"""What an advice says that is given whatever was answered, even where no score came of it."""

_Linear = tuple[tuple[tuple[int, str], ...], Exact]
"""A sum as it is read: signed names, and what the plain numbers among them come to."""
_Entry = TypeVar("_Entry")


def parse_condition(source: str) -> Condition:
    """Read a condition, or raise `NotUnderstood`."""
    if source.strip() == ALWAYS:
        return Condition(source, Every(()))
    return Condition(source, _Parser(source).parse())


class _Parser:
    """Recursive descent; `or` binds weakest, then `and`, then `not`."""

    def __init__(self, source: str) -> None:
        self._walk = Walk(source)

    def parse(self) -> Expression:
        expression = self._some()
        self._walk.finish()
        return expression

    def _some(self) -> Expression:
        parts = [self._every()]
        while self._walk.accepts("or"):
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _every(self) -> Expression:
        parts = [self._not()]
        while self._walk.accepts("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _not(self) -> Expression:
        if self._walk.accepts("not"):
            return Not(self._walk.nested(self._not))
        if self._walk.ahead.text != "(" or self._sum_in_brackets():
            return self._atom()
        self._walk.expect("(")
        inside = self._walk.nested(self._some)
        self._walk.expect(")")
        return inside

    def _sum_in_brackets(self) -> bool:
        """Tell whether the bracket that opens here holds a sum: what follows its end decides."""
        tokens, depth = self._walk.tokens, 0
        for place in range(self._walk.at, len(tokens) - 1):
            text = tokens[place].text
            depth += (text == "(") - (text == ")")
            if depth == 0:
                return tokens[place + 1].text in {*RELATIONS, "in", "+", "-"}
        return False

    def _atom(self) -> Expression:
        if self._walk.ahead.kind == "word":
            if is_label(self._walk.ahead.text):
                return self._named(self._walk.take().text)
            if self._walk.tokens[self._walk.at + 1].text == "includes":
                return self._includes(self._walk.take().text)
        names, constant = self._linear()
        if names and self._walk.accepts("in"):
            numbers = tuple(number - constant for number in self._listed(self._number))
            return Within(Sum(names), numbers)
        relation = self._relation(*RELATIONS)
        other_names, other_constant = self._linear()
        flipped = tuple((-sign, name) for sign, name in other_names)
        if not names + other_names:
            raise NotUnderstood("compares no item and no score; what always applies is written `always`")
        return Comparison(Sum(names + flipped), relation, other_constant - constant)

    def _named(self, name: str) -> Expression:
        if self._walk.accepts("in"):
            return Named(name, tuple(self._listed(self._word)))
        if self._relation("==", "!=") == "==":
            return Named(name, (self._word(),))
        return Not(Named(name, (self._word(),)))

    def _includes(self, name: str) -> Expression:
        self._walk.expect("includes")
        if self._walk.ahead.text == "[":
            return Includes(name, tuple(self._listed(self._number)))
        return Includes(name, (self._number(),))

    def _relation(self, *allowed: str) -> str:
        token = self._walk.take()
        if token.text not in allowed:
            raise NotUnderstood(f"a comparison ({' '.join(allowed)}) is missing at column {token.column}")
        return token.text

    def _linear(self) -> _Linear:
        names, constant = self._term(-1 if self._walk.accepts("-") else 1)
        while sign := self._walk.accepts("+", "-"):
            more, number = self._term(-1 if sign == "-" else 1)
            names, constant = names + more, constant + number
        return names, constant

    def _term(self, sign: int) -> _Linear:
        if self._walk.accepts("("):
            names, constant = self._walk.nested(self._linear)
            self._walk.expect(")")
            return tuple((sign * each, name) for each, name in names), sign * constant
        token = self._walk.take()
        if token.kind == "number":
            return (), sign * token.number()
        if token.kind != "word" or is_label(token.text):
            raise NotUnderstood(f"a number, an item or a score is missing at column {token.column}")
        return ((sign, token.text),), 0

    def _listed(self, read: Callable[[], _Entry]) -> Iterator[_Entry]:
        self._walk.expect("[")
        yield read()
        while self._walk.accepts(","):
            yield read()
        self._walk.expect("]")

    def _number(self) -> Exact:
        sign = -1 if self._walk.accepts("-") else 1
        token = self._walk.take()
        if token.kind != "number":
            raise NotUnderstood(f"a number is missing at column {token.column}")
        return sign * token.number()

    def _word(self) -> str:
        token = self._walk.take()
        if token.kind not in {"word", "quoted"}:
            raise NotUnderstood(f"a name is missing at column {token.column}")
        return token.text.strip("'\"")
