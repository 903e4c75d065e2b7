"""Columns of exact values: small codes for the rows, and the domain, which says once what each code stands for."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[Any]
"""One unsigned whole number a row."""
Mask = NDArray[np.bool_]
Made = TypeVar("Made")

MOST_WORKED_OUT = 4096
"""Up to how many pairs of values are worked out beforehand; of more, only those that occur."""
MOST_COUNTED = 1 << 17
"""Up to how many codes are found by counting; beyond, by sorting."""


class Domain:
    """What the codes of a column stand for; code 0 is always unknown.

    One that is `lasting` serves every block of rows and remembers what was made of it.
    """

    def __init__(self, values: Sequence[Any], lasting: bool = True) -> None:
        if not values or values[0] is not None:
            raise ValueError("code 0 stands for unknown")
        self.values = tuple(values)
        self.lasting = lasting
        self._made: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def known(self) -> Mask:
        """Tell for each code whether it stands for something."""
        return np.array([value is not None for value in self.values])

    @cached_property
    def threshold(self) -> int | None:
        """Give the code from which on everything is known and below which nothing is, if there is one."""
        first = int(np.argmax(self.known)) or len(self.values)
        return first if self.known[first:].all() else None

    @property
    def present(self) -> Iterator[Any]:
        """Give the values without the unknown."""
        return (value for value in self.values if value is not None)

    def mapped(self, key: Hashable, function: Callable[[Any], Any]) -> "Domain":
        """Give what becomes of each value; the unknown stays unknown."""
        return made(
            (self,),
            ("mapped", key),
            lambda: Domain([None if value is None else function(value) for value in self.values], self.lasting),
        )

    def table(self, key: Hashable, function: Callable[[Any], int]) -> NDArray[np.uint8]:
        """Give a small number for each code, the unknown included."""
        return made(
            (self,),
            ("table", key),
            lambda: np.array([function(value) for value in self.values], dtype=np.uint8),
        )


class Column(NamedTuple):
    """One value a row, as a code into its domain."""

    codes: Codes
    domain: Domain

    def mapped(self, key: Hashable, function: Callable[[Any], Any]) -> "Column":
        """Give what becomes of each value; no row is touched."""
        return Column(self.codes, self.domain.mapped(key, function))

    def known(self) -> Mask:
        """Tell for each row whether something is known."""
        threshold = self.domain.threshold
        return self.domain.known.take(self.codes) if threshold is None else self.codes >= threshold

    def without(self, rows: Mask) -> "Column":
        """Give the same with these rows unknown."""
        return Column(np.where(rows, self.codes.dtype.type(0), self.codes), self.domain) if rows.any() else self

    def listed(self) -> list[Any]:
        """Give the value of each row."""
        values = self.domain.values
        return [values[code] for code in self.codes.tolist()]


def made(domains: Sequence[Domain], key: Hashable, make: Callable[[], Made]) -> Made:
    """Give what is made of some domains; made once where all of them are lasting."""
    if not all(domain.lasting for domain in domains):
        return make()
    remembered = domains[0]._made
    name = (key, *domains[1:])
    if name not in remembered:
        remembered[name] = make()
    found: Made = remembered[name]
    return found


def constant(value: object, rows: int) -> Column:
    """Give a column that holds one value throughout."""
    return Column(np.full(rows, value is not None, np.uint8), Domain([None, value], lasting=False))


def code_type(size: int) -> Any:  # noqa: ANN401 - a type of NumPy
    """Give the smallest type that holds this many codes."""
    return next(kind for kind in (np.uint8, np.uint16, np.uint32, np.uint64) if size <= np.iinfo(kind).max + 1)


def combined(one: Column, two: Column, key: Hashable, function: Callable[[Any, Any], Any]) -> Column:
    """Give what a function makes of two columns, the unknown included; of two unknowns it must make none."""
    size = len(one.domain) * len(two.domain)
    pairs = one.codes.astype(np.int64) * len(two.domain) + two.codes
    if size <= MOST_WORKED_OUT and one.domain.lasting and two.domain.lasting:
        everything = range(size)
        codes, domain = made(
            (one.domain, two.domain), ("combined", key), lambda: _worked_out(everything, one, two, function)
        )
        return Column(codes.take(pairs), domain)
    present, places = distinct(pairs, size)
    codes, domain = _worked_out(present.tolist(), one, two, function)
    return Column(codes.take(places), domain)


def distinct(numbers: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Give which of the numbers below `size` occur, rising, and the place of each row's number among them."""
    if size > MOST_COUNTED:
        return np.unique(numbers, return_inverse=True)
    present = np.flatnonzero(np.bincount(numbers, minlength=size))
    places = np.zeros(size, np.int64)
    places[present] = np.arange(len(present))
    return present, places.take(numbers)


def _worked_out(
    pairs: Sequence[int], one: Column, two: Column, function: Callable[[Any, Any], Any]
) -> tuple[Codes, Domain]:
    """Work pairs of values out; give the code of each result, equal results having one code, and their domain."""
    width = len(two.domain)
    codes: dict[Any, int] = {None: 0}
    found = [
        codes.setdefault(function(one.domain.values[pair // width], two.domain.values[pair % width]), len(codes))
        for pair in pairs
    ]
    lasting = one.domain.lasting and two.domain.lasting and width * len(one.domain) <= MOST_WORKED_OUT
    return np.array(found, dtype=code_type(len(codes))), Domain(list(codes), lasting)
