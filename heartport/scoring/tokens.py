"""Cuts the conditions and formulas of a file into tokens, and lets a parser walk along them.

Nothing is ever handed to Python's own `eval`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from heartport.scoring.exact import Exact
from heartport.scoring.reader import resolve

LONGEST_SOURCE = 2000
DEEPEST_NESTING = 20
KEYWORDS = frozenset({"and", "or", "not", "in", "includes"})

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)(?![\w.])"
    r"|(?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<quoted>'[^']*'|\"[^\"]*\")"
    r"|(?P<sign>==|!=|<=|>=|[<>+\-*/%()\[\],]))",
    re.ASCII,
)
_Inside = TypeVar("_Inside")


class NotUnderstood(Exception):
    """A text that is no condition or no formula; says where it stops making sense."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a source; a keyword is a sign."""

    kind: str
    text: str
    column: int

    def number(self) -> Exact:
        """Give the number that stands here, or raise `NotUnderstood`."""
        value = resolve(self.text)
        if not isinstance(value, Exact) or isinstance(value, bool):
            raise NotUnderstood(f"not a plain number at column {self.column}")
        return value


def tokens_of(source: str) -> list[Token]:
    """Cut a source into tokens, the last of which is its end; raise `NotUnderstood`."""
    if len(source) > LONGEST_SOURCE:
        raise NotUnderstood(f"longer than {LONGEST_SOURCE} characters")
    return list(_tokens(source))


def _tokens(source: str) -> Iterator[Token]:
    position, end = 0, len(source.rstrip())
    while position < end:
        match = _TOKEN.match(source, position)
        if match is None:
            column = end - len(source[position:end].lstrip()) + 1
            raise NotUnderstood(f"cannot be read from column {column} on")
        kind = str(match.lastgroup)
        text = match[kind]
        yield Token("sign" if text in KEYWORDS else kind, text, match.start(kind) + 1)
        position = match.end()
    yield Token("end", "", end + 1)


class Walk:
    """A place among tokens, moving forward, and how deeply it is nested."""

    def __init__(self, source: str) -> None:
        self.tokens = tokens_of(source)
        self.at = 0
        self._depth = 0

    @property
    def ahead(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    def take(self) -> Token:
        """Go past the next token and give it; the end stays where it is."""
        token = self.ahead
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def accepts(self, *signs: str) -> str:
        """Go past one of these signs if it comes next, and give it; else give nothing."""
        if self.ahead.kind != "sign" or self.ahead.text not in signs:
            return ""
        self.at += 1
        return self.tokens[self.at - 1].text

    def expect(self, sign: str) -> None:
        """Go past a sign that must stand here."""
        if not self.accepts(sign):
            raise NotUnderstood(f"{sign} is missing at column {self.ahead.column}")

    def nested(self, read: Callable[[], _Inside]) -> _Inside:
        """Read something one level deeper."""
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise NotUnderstood(f"nested deeper than {DEEPEST_NESTING} levels")
        inside = read()
        self._depth -= 1
        return inside

    def finish(self) -> None:
        """See that nothing is left."""
        if self.ahead.kind != "end":
            raise NotUnderstood(f"does not go on like this at column {self.ahead.column}")
