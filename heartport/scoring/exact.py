"""Exact numbers: whole ones as `int`, others as `Fraction`; rounding only where a file writes it."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal, Protocol, get_args

Exact = int | Fraction
"""A number without error; kept as `int` whenever it is whole."""

RoundingMode = Literal["floor", "ceil", "half_up", "half_even"]
ROUNDING_MODES: tuple[RoundingMode, ...] = get_args(RoundingMode)


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a file rounds: the mode, and to how many decimals."""

    mode: RoundingMode
    to: int


class Displayed(Protocol):
    """What `display` needs to know of a score."""

    @property
    def show_round(self) -> Rounding | None:
        """The rounding for the eye; it never feeds a band."""


_LONGEST_DECIMAL = 6

FLOOR_TO_ONE_DECIMAL = Rounding("floor", 1)
"""The display of a broken number: floored, so that it never stands above an edge that was not reached."""


def simplify(value: Exact) -> Exact:
    """Give a whole number as `int`."""
    return value if type(value) is int or value.denominator != 1 else value.numerator


def magnitude(value: Exact) -> Exact:
    """Give a number without its sign."""
    return max(value, -value)


def quotient(value: Exact, divisor: int) -> Exact:
    """Divide without error."""
    return simplify(Fraction(value) / divisor)


def rounded(value: Exact, rounding: Rounding | None) -> Exact:
    """Round as the file says; without a rounding the value stays as it is."""
    if rounding is None:
        return value
    scale = 10**rounding.to
    return simplify(Fraction(_to_whole(Fraction(value) * scale, rounding.mode), scale))


def number(value: Exact) -> int | float:
    """Give the number as JSON carries it: whole as integer, broken as the nearest double."""
    return value if isinstance(value, int) else float(value)


def display(value: Exact, score: Displayed) -> str:
    """Write a score for the eye of a person."""
    if score.show_round is None and simplify(value).denominator == 1:
        return str(simplify(value))
    return in_decimals(value, score.show_round or FLOOR_TO_ONE_DECIMAL)


def written(value: Exact) -> str:
    """Write the number without any loss, as `9` or `28/3`."""
    return str(value)


def decimal(value: Exact) -> str:
    """Write the number without any loss as a person reads it: `2.5` where it ends, else `72/7`."""
    bottom, places = Fraction(value).denominator, 0
    while bottom != 1 and 10**places % bottom and places < _LONGEST_DECIMAL:
        places += 1
    exact = 10**places % bottom == 0
    return in_decimals(value, Rounding("floor", places)) if exact else written(value)


def _to_whole(value: Fraction, mode: RoundingMode) -> int:
    match mode:
        case "floor":
            return floor(value)
        case "ceil":
            return ceil(value)
        case "half_up":
            return floor(value + Fraction(1, 2))
        case "half_even":
            return round(value)


def in_decimals(value: Exact, rounding: Rounding) -> str:
    """Write a number with as many decimals as the rounding leaves."""
    whole = int(rounded(value, rounding) * 10**rounding.to)
    sign = "-" if whole < 0 else ""
    digits = str(abs(whole)).rjust(rounding.to + 1, "0")
    return sign + (f"{digits[: -rounding.to]}.{digits[-rounding.to :]}" if rounding.to else digits)
