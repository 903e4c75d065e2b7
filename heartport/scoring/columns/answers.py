"""Turns answers, cells of a table or values of JSON, into codes; each answer is read once and remembered."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from heartport.scoring.cells import answer_in
from heartport.scoring.columns.domains import Codes, Column, Domain, code_type
from heartport.scoring.conditions import Value
from heartport.scoring.forms import Field, Form, profile_row

MISSING, INVALID, BLANK, HIDDEN, NA, FIRST = range(6)
"""The codes of an item: no answer; none of its answers; what counts for a blank, behind a branch, where it does not
apply; and from `FIRST` on its answers."""

WIDEST_RAMP = 200
"""Up to how far apart the options of an item may lie for codes that follow their values."""
MOST_REMEMBERED = 100_000
MOST_KEPT = 4096
MOST_LASTING = 64
"""Up to how many different profiles count as few, so that what is made of them is worth remembering."""

_SOME_TEXT = "…"
"""Stands for any text: no score and no condition looks at what it says."""


class _Codes(dict[Any, int]):
    """The codes of what was read before; reads anything new."""

    def __init__(self, read: Callable[[Any], int]) -> None:
        self._read = read

    def __missing__(self, name: Hashable) -> int:
        code = self._read(name)
        if len(self) < MOST_REMEMBERED:
            self[name] = code
        return code


class Vocabulary:
    """The answers to one item that were met, and their codes."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._standing = (None, None, field.when_missing, field.when_hidden, field.when_na)
        self._listed: dict[Value, int] = {}
        self._next = FIRST
        self._domain = self._listed_beforehand()
        self._fixed = self._domain is not None
        self.cells = _Codes(self._of_cell)
        self.raw = _Codes(self._of_typed)

    def _listed_beforehand(self) -> Domain | None:
        """List the values of a choice that lie close together: their codes follow their values."""
        item = self._field.item
        if item.kind == "text":
            self._listed[_SOME_TEXT] = FIRST
            return Domain([*self._standing, _SOME_TEXT])
        values = item.values if item.kind == "choice" else ()
        if not values or max(values) - min(values) > WIDEST_RAMP:
            return None
        self._listed = {value: FIRST + value - min(values) for value in values}
        by_code = {code: value for value, code in self._listed.items()}
        return Domain([*self._standing, *(by_code.get(code) for code in range(FIRST, max(by_code) + 1))])

    @property
    def domain(self) -> Domain:
        """Give what the codes stand for, as far as answers were met."""
        if self._domain is None or (not self._fixed and len(self._domain) < self._next):
            self._domain = Domain([*self._standing, *self._listed], lasting=False)
        return self._domain

    def renew(self) -> None:
        """Forget answers where too many were met; codes given so far are void then."""
        if not self._fixed and len(self._listed) > MOST_KEPT:
            self._listed.clear()
            self.cells.clear()
            self.raw.clear()
            self._next, self._domain = FIRST, None

    def code(self, raw: object) -> int:
        """Give the code of an answer as JSON has it."""
        if raw is None or raw == "":
            return MISSING
        try:
            # Without the type, true and 1.0 would be taken for the 1 that was met before.
            return self.raw[type(raw), raw]
        except TypeError:
            return self._of_raw(raw)

    def column(self, codes: Sequence[int]) -> Codes:
        """Give a column of codes in the smallest type."""
        return np.array(codes, dtype=code_type(len(self.domain)))

    def of_characters(self, separator: str) -> Codes:
        """Give the code of each cell of one character, by its byte; the separator itself stands for an empty one."""
        by_byte = [self.cells[bytes((byte,))] for byte in range(128)]
        by_byte[ord(separator)] = MISSING
        return np.array([*by_byte, *[INVALID] * 128], dtype=code_type(len(self.domain)))

    def _of_cell(self, cell: str | bytes) -> int:
        text = cell.decode() if isinstance(cell, bytes) else cell
        return self.code(answer_in(self._field.item, text))

    def _of_typed(self, typed: tuple[type, object]) -> int:
        return self._of_raw(typed[1])

    def _of_raw(self, raw: object) -> int:
        value = self._field.valid(raw)
        if value is None:
            return INVALID
        if self._field.item.kind == "text":
            return FIRST
        if value not in self._listed:
            self._listed[value] = self._next
            self._next += 1
        return self._listed[value]


class Profiles:
    """The profiles that were met, as the form has them in a row, and their codes."""

    def __init__(self, form: Form, year: int | None) -> None:
        self._form = form
        self._year = year
        self._listed: dict[tuple[Any, ...], int] = {}
        self._domains: dict[str, Domain] = {}

    def renew(self) -> None:
        """Forget profiles where too many were met."""
        if len(self._listed) > MOST_KEPT:
            self._listed.clear()

    def code(self, profile: Mapping[str, object]) -> int:
        """Give the code of a profile."""
        return self._listed.setdefault(profile_row(self._form, profile, self._year), len(self._listed) + 1)

    def columns(self, codes: Sequence[int]) -> dict[str, Column]:
        """Give a column for each word of the profile; without codes nothing is known of anybody."""
        size = len(self._listed) + 1
        found = np.array(codes, dtype=code_type(size))
        return {
            f"profile.{word}": Column(found, self._domain(at, word, size)) for at, word in enumerate(self._form.person)
        }

    def _domain(self, at: int, word: str, size: int) -> Domain:
        known = self._domains.get(word)
        values = [None, *(row[at] for row in self._listed)]
        if known is None or known.values != tuple(values):
            known = self._domains[word] = Domain(values, lasting=size <= MOST_LASTING)
        return known
