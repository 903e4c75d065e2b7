"""Reads the conditions of a file: `q9 >= 1`, `total.band in [mild, moderate] and not q3 + q4 == 0`.

A tokenizer and recursive descent; nothing is ever handed to Python's own `eval`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from heartport.scoring.conditions import (
    RELATIONS,
    Comparison,
    Condition,
    Every,
    Expression,
    Named,
    Not,
    Some,
    Sum,
    Within,
    is_label,
)
from heartport.scoring.exact import Exact
from heartport.scoring.reader import resolve

LONGEST_CONDITION = 2000
DEEPEST_CONDITION = 20
ALWAYS = "always"
"""What an advice says that is given whatever was answered, even where no score came of it."""
KEYWORDS = frozenset({"and", "or", "not", "in"})

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)(?![\w.])"
    r"|(?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<quoted>'[^']*'|\"[^\"]*\")"
    r"|(?P<sign>==|!=|<=|>=|[<>+\-()\[\],]))",
    re.ASCII,
)

_Linear = tuple[tuple[tuple[int, str], ...], Exact]
"""A sum as it is read: signed names, and what the plain numbers among them come to."""
_Entry = TypeVar("_Entry")


class ConditionRefused(Exception):
    """A text that is no condition; says where it stops making sense."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def parse_condition(source: str) -> Condition:
    """Read a condition, or raise `ConditionRefused`."""
    if len(source) > LONGEST_CONDITION:
        raise ConditionRefused(f"longer than {LONGEST_CONDITION} characters")
    if source.strip() == ALWAYS:
        return Condition(source, Every(()))
    return Condition(source, _Parser(source).parse())


def _tokens(source: str) -> Iterator[_Token]:
    position, end = 0, len(source.rstrip())
    while position < end:
        match = _TOKEN.match(source, position)
        if match is None:
            column = end - len(source[position:end].lstrip()) + 1
            raise ConditionRefused(f"cannot be read from column {column} on")
        kind = str(match.lastgroup)
        text = match[kind]
        yield _Token("sign" if text in KEYWORDS else kind, text, match.start(kind) + 1)
        position = match.end()
    yield _Token("end", "", end + 1)


class _Parser:
    """Recursive descent; `or` binds weakest, then `and`, then `not`."""

    def __init__(self, source: str) -> None:
        self._tokens = list(_tokens(source))
        self._next = 0
        self._depth = 0

    def parse(self) -> Expression:
        expression = self._some()
        if self._peek.kind != "end":
            raise ConditionRefused(f"does not go on like this at column {self._peek.column}")
        return expression

    def _some(self) -> Expression:
        parts = [self._every()]
        while self._accept("or"):
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _every(self) -> Expression:
        parts = [self._not()]
        while self._accept("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _not(self) -> Expression:
        if self._accept("not"):
            return Not(self._nested(self._not))
        if self._peek.text != "(" or self._sum_in_brackets():
            return self._atom()
        self._expect("(")
        inside = self._nested(self._some)
        self._expect(")")
        return inside

    def _sum_in_brackets(self) -> bool:
        """Tell whether the bracket that opens here holds a sum: what follows its end decides."""
        depth = 0
        for place in range(self._next, len(self._tokens) - 1):
            text = self._tokens[place].text
            depth += (text == "(") - (text == ")")
            if depth == 0:
                return self._tokens[place + 1].text in {*RELATIONS, "in", "+", "-"}
        return False

    def _atom(self) -> Expression:
        if self._peek.kind == "word" and is_label(self._peek.text):
            return self._named(self._take().text)
        names, constant = self._linear()
        if names and self._accept("in"):
            numbers = tuple(number - constant for number in self._listed(self._number))
            return Within(Sum(names), numbers)
        relation = self._relation(*RELATIONS)
        other_names, other_constant = self._linear()
        flipped = tuple((-sign, name) for sign, name in other_names)
        if not names + other_names:
            raise ConditionRefused("compares no item and no score; what always applies is written `always`")
        return Comparison(Sum(names + flipped), relation, other_constant - constant)

    def _named(self, name: str) -> Expression:
        if self._accept("in"):
            return Named(name, tuple(self._listed(self._word)))
        if self._relation("==", "!=") == "==":
            return Named(name, (self._word(),))
        return Not(Named(name, (self._word(),)))

    def _relation(self, *allowed: str) -> str:
        token = self._take()
        if token.text not in allowed:
            raise ConditionRefused(f"a comparison ({' '.join(allowed)}) is missing at column {token.column}")
        return token.text

    def _linear(self) -> _Linear:
        names, constant = self._term(-1 if self._accept("-") else 1)
        while self._peek.text in {"+", "-"}:
            more, number = self._term(-1 if self._take().text == "-" else 1)
            names, constant = names + more, constant + number
        return names, constant

    def _term(self, sign: int) -> _Linear:
        if self._accept("("):
            names, constant = self._bracketed()
            return tuple((sign * each, name) for each, name in names), sign * constant
        token = self._take()
        if token.kind == "number":
            return (), sign * _numeric(token)
        if token.kind != "word" or is_label(token.text):
            raise ConditionRefused(f"a number, an item or a score is missing at column {token.column}")
        return ((sign, token.text),), 0

    def _bracketed(self) -> _Linear:
        self._deepen()
        inside = self._linear()
        self._depth -= 1
        self._expect(")")
        return inside

    def _nested(self, read: Callable[[], Expression]) -> Expression:
        self._deepen()
        expression = read()
        self._depth -= 1
        return expression

    def _deepen(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST_CONDITION:
            raise ConditionRefused(f"nested deeper than {DEEPEST_CONDITION} levels")

    def _listed(self, read: Callable[[], _Entry]) -> Iterator[_Entry]:
        self._expect("[")
        yield read()
        while self._accept(","):
            yield read()
        self._expect("]")

    def _number(self) -> Exact:
        sign = -1 if self._accept("-") else 1
        token = self._take()
        if token.kind != "number":
            raise ConditionRefused(f"a number is missing at column {token.column}")
        return sign * _numeric(token)

    def _word(self) -> str:
        token = self._take()
        if token.kind not in {"word", "quoted"}:
            raise ConditionRefused(f"a name is missing at column {token.column}")
        return token.text.strip("'\"")

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._peek
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _accept(self, text: str) -> bool:
        if self._peek.kind != "sign" or self._peek.text != text:
            return False
        self._next += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise ConditionRefused(f"{text} is missing at column {self._peek.column}")


def _numeric(token: _Token) -> Exact:
    value = resolve(token.text)
    if not isinstance(value, Exact) or isinstance(value, bool):
        raise ConditionRefused(f"not a plain number at column {token.column}")
    return value
