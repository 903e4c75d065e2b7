"""A place in a scale file, from which values are read; what is wrong there goes into the report.

Every read gives a harmless value when it fails, so that reading goes on and all problems are found at once.
A file with any problem is refused as a whole, and no such value survives.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import TypeVar

from heartport.scoring.arithmetic import Constant
from heartport.scoring.arithmetic import Node as Formula
from heartport.scoring.conditions import Condition, Every
from heartport.scoring.exact import Exact
from heartport.scoring.formula_grammar import parse_formula
from heartport.scoring.grammar import parse_condition
from heartport.scoring.names import NOT_AN_ID, expand, is_id
from heartport.scoring.problems import Path, Report
from heartport.scoring.reader import Listing, Node, Scalar, Value, resolve
from heartport.scoring.reader import Mapping as MappingNode
from heartport.scoring.tokens import NotUnderstood
from heartport.scoring.words import MAIN_LANGUAGE, Words

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_Choice = TypeVar("_Choice", bound=str)

Fields = Mapping[str, "Place"]
"""The places of a mapping, by key."""


class Place:
    """One node with its path; `present` is false where a required value is missing (noted already)."""

    __slots__ = ("_node", "_report", "path")

    def __init__(self, node: Node | None, path: Path, report: Report) -> None:
        self._node = node
        self._report = report
        self.path = path
        if node is not None:
            report.locate(path, node.line)

    @property
    def present(self) -> bool:
        """Tell whether the file says anything here."""
        return self._node is not None

    @property
    def is_listing(self) -> bool:
        """Tell whether a list stands here."""
        return isinstance(self._node, Listing)

    @property
    def is_mapping(self) -> bool:
        """Tell whether keys and values stand here."""
        return isinstance(self._node, MappingNode)

    @property
    def damaged(self) -> bool:
        """Tell whether a problem was found here or below."""
        return self._report.damaged_at(self.path)

    def refuse(self, detail: str) -> None:
        """Note a problem at this place."""
        self._report.refuse(self.path, detail)

    def has(self, key: str) -> bool:
        """Tell whether a mapping with this key stands here."""
        return isinstance(self._node, MappingNode) and key in self._node.entries

    def check_name(self, name: str) -> None:
        """See that a key that the author chose may serve as an id."""
        if not is_id(name):
            self.refuse(NOT_AN_ID)

    def known_by(self, *keys: str) -> "Place":
        """Give this element of a list under the name that it carries at one of these keys, if it has one."""
        entries = self._node.entries if isinstance(self._node, MappingNode) else {}
        for key in keys:
            _, name = entries.get(key, (0, None))
            if isinstance(name, Scalar) and isinstance(name.value, str):
                return self.called(name.value)
        return self

    def word_at(self, key: str, choices: Collection[str]) -> str:
        """Give the word under a key of this mapping if it is one of these, else the first of them."""
        entries = self._node.entries if isinstance(self._node, MappingNode) else {}
        _, node = entries.get(key, (0, None))
        found = node.value if isinstance(node, Scalar) else None
        return found if isinstance(found, str) and found in choices else next(iter(choices))

    def called(self, name: str) -> "Place":
        """Give the same node under another name."""
        return Place(self._node, (*self.path[:-1], name), self._report)

    def fields(
        self,
        *,
        required: Collection[str] = (),
        optional: Collection[str] = (),
        elsewhere: Mapping[str, str] = MappingProxyType({}),
    ) -> Fields:
        """Read a mapping of known keys: the required ones are always in it, the optional ones if written.

        `elsewhere` says of keys that are known, but not here, where they belong.
        """
        entries = self._entries()
        for key in entries.keys() - {*required, *optional}:
            if key in elsewhere:
                self._report.refuse((*self.path, key), elsewhere[key], line=entries[key][0])
            else:
                self._unknown(key, entries[key][0], (*required, *optional))
        found = {key: self._child(key, node) for key, (_, node) in entries.items()}
        if self.present:
            for key in required:
                if key not in entries:
                    self._report.refuse((*self.path, key), "value missing")
        return {key: found.get(key, Place(None, (*self.path, key), self._report)) for key in required} | {
            key: found[key] for key in optional if key in found
        }

    def pairs(self) -> list[tuple[str, "Place"]]:
        """Read a mapping whose keys the author chooses."""
        return [(key, self._child(key, node)) for key, (_, node) in self._entries().items()]

    def elements(self) -> list["Place"]:
        """Read a list; the path counts its elements from 1."""
        if isinstance(self._node, Listing):
            return [self._child(str(at), node) for at, node in enumerate(self._node.nodes, start=1)]
        self._expected("a list")
        return []

    def value(self) -> Value:
        """Read any single value, `null` included."""
        if isinstance(self._node, Scalar):
            return self._node.value
        self._expected("a single value")
        return None

    def _plain(self) -> Value:
        """Give the value of a scalar; what reads it says what is expected where there is none."""
        return self._node.value if isinstance(self._node, Scalar) else None

    def text(self) -> str:
        """Read a text that is not empty."""
        value = self._plain() if self.present else ""
        if isinstance(value, str):
            if self.present and not value.strip():
                self.refuse("value missing")
            return value.strip()
        self._expected("text (in quotes, if it looks like a number)")
        return ""

    def id(self) -> str:
        """Read a name that other places may refer to."""
        text = self.text()
        if text and not is_id(text):
            self.refuse(NOT_AN_ID)
        return text

    def one_of(self, choices: Collection[_Choice]) -> _Choice:
        """Read one of some words; a wrong one reads as the first."""
        text = self.text()
        for choice in choices:
            if choice == text:
                return choice
        if text:
            self.refuse(f"one of {', '.join(choices)} is expected")
        return next(iter(choices))

    def words(self, *, main: bool = True) -> Words:
        """Read what a person will read, language by language; `main` tells whether the main one must be there."""
        found = {language: place.text() for language, place in self.pairs()}
        for language in found:
            if not _LANGUAGE.fullmatch(language):
                self._report.refuse((*self.path, language), "not a language such as zh-CN or en")
        if main and self.is_mapping and MAIN_LANGUAGE not in found:
            self.refuse(f"the words in {MAIN_LANGUAGE} are missing")
        return MappingProxyType({MAIN_LANGUAGE: "", **found} if main else found)

    def number(self) -> Exact:
        """Read a whole number or a decimal."""
        value = self._plain() if self.present else 0
        if isinstance(value, Exact) and not isinstance(value, bool):
            return value
        self._expected("a number")
        return 0

    def whole(self, at_least: int | None = None, at_most: int | None = None) -> int:
        """Read a whole number, within bounds if they are given."""
        value = self._plain() if self.present else at_least or 0
        bounds = "" if at_least is None else f" from {at_least} to {at_most}"
        if isinstance(value, int) and not isinstance(value, bool) and _between(value, at_least, at_most):
            return value
        self._expected(f"a whole number{bounds}")
        return at_least or 0

    def truth(self) -> bool:
        """Read `true` or `false`."""
        value = self._plain() if self.present else False
        if not isinstance(value, bool):
            self._expected("true or false")
        return value is True

    def day(self) -> date:
        """Read a date such as 2026-11-22."""
        text = self.text()
        try:
            return date.fromisoformat(text)
        except ValueError:
            if text:
                self.refuse("a date such as 2026-11-22 is expected")
            return date.min

    def names(self) -> tuple[str, ...]:
        """Read names: `q1..q9`, `q1..q3, q5`, or a list of these."""
        places = self.elements() if self.is_listing else [self]
        found = [name for place in places for name in place._range_list()]
        if len(set(found)) < len(found):
            self.refuse("the same name stands twice")
        if not found and self.is_listing:
            self.refuse("value missing")
        return tuple(dict.fromkeys(found))

    def condition(self) -> Condition:
        """Read a condition."""
        source = self.text()
        try:
            return parse_condition(source)
        except NotUnderstood as error:
            if source:
                self.refuse(f"not a condition: {error}")
            return Condition(source, Every(()))

    def formula(self) -> tuple[Formula, tuple[str, ...]]:
        """Read a formula and the names in it."""
        source = self.text()
        try:
            return parse_formula(source)
        except NotUnderstood as error:
            if source:
                self.refuse(f"not a formula: {error}")
            return Constant(0), ()

    def keyed_numbers(self) -> dict[Exact, "Place"]:
        """Read a mapping from numbers."""
        found: dict[Exact, Place] = {}
        for key, place in self.pairs():
            number = resolve(key)
            if isinstance(number, bool) or not isinstance(number, Exact):
                place.refuse("the key is not a number")
            elif number in found:
                place.refuse("the same number is a key twice")
            else:
                found[number] = place
        return found

    def _range_list(self) -> tuple[str, ...]:
        try:
            return expand(self.text())
        except ValueError as error:
            self.refuse(str(error))
            return ()

    def _entries(self) -> Mapping[str, tuple[int, Node]]:
        if isinstance(self._node, MappingNode):
            return self._node.entries
        self._expected("keys with values")
        return {}

    def _child(self, step: str, node: Node) -> "Place":
        return Place(node, (*self.path, step), self._report)

    def _expected(self, what: str) -> None:
        empty = isinstance(self._node, Scalar) and self._node.value is None
        if self.present:
            self.refuse("value missing" if empty else f"{what} is expected")

    def _unknown(self, key: str, line: int, known: Collection[str]) -> None:
        close = get_close_matches(key, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known here: {', '.join(known)}"
        self._report.refuse((*self.path, key), f"unknown construct; {hint}", line=line)


def _between(value: int, at_least: int | None, at_most: int | None) -> bool:
    return (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
