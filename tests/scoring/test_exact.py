from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.scoring.exact import (
    ROUNDING_MODES,
    Rounding,
    decimal,
    display,
    number,
    quotient,
    rounded,
    simplify,
    written,
)


@dataclass(frozen=True)
class Shown:
    show_round: Rounding | None = None


@pytest.mark.parametrize(
    ("value", "mode", "to", "expected"),
    [
        (Fraction("52.5"), "floor", 0, 52),
        (Fraction("52.5"), "ceil", 0, 53),
        (Fraction("52.5"), "half_up", 0, 53),
        (Fraction("52.5"), "half_even", 0, 52),
        (Fraction("53.5"), "half_even", 0, 54),
        (Fraction("-0.5"), "half_up", 0, 0),
        (Fraction("2.345"), "half_up", 2, Fraction("2.35")),
        (Fraction("2.345"), "half_even", 2, Fraction("2.34")),
        (7, "ceil", 3, 7),
    ],
)
def test_each_mode_rounds_halves_its_own_way(value, mode, to, expected):
    assert rounded(value, Rounding(mode, to)) == expected


def test_without_a_rounding_nothing_is_rounded():
    assert rounded(Fraction(28, 3), None) == Fraction(28, 3)


def test_a_whole_number_is_kept_as_int():
    assert type(simplify(Fraction(6, 3))) is int
    assert type(quotient(6, 3)) is int
    assert type(rounded(Fraction(5, 2), Rounding("ceil", 0))) is int


def test_json_carries_whole_numbers_as_integers_and_others_as_the_nearest_double():
    assert repr(number(9)) == "9"
    assert number(Fraction(28, 3)) == 28 / 3


@pytest.mark.parametrize(
    ("value", "rounding", "expected"),
    [
        (9, None, "9"),
        (Fraction(18, 2), None, "9"),
        (Fraction(9999, 1000), None, "9.9"),
        (Fraction(28, 3), None, "9.3"),
        (Fraction(-1, 4), None, "-0.3"),
        (Fraction(5, 2), Rounding("half_up", 0), "3"),
        (Fraction(1, 16), Rounding("half_up", 2), "0.06"),
        (4, Rounding("floor", 1), "4.0"),
    ],
)
def test_a_score_is_shown_as_the_file_says_and_else_floored(value, rounding, expected):
    assert display(value, Shown(rounding)) == expected


@given(st.fractions(min_value=0, max_value=500), st.integers(0, 500))
def test_what_is_shown_never_stands_above_an_edge_that_was_not_reached(value, edge):
    if value < edge:
        assert Fraction(display(value, Shown())) < edge


@given(st.fractions(max_denominator=1000), st.sampled_from(ROUNDING_MODES), st.integers(0, 6))
def test_rounding_moves_less_than_one_unit_of_the_last_place(value, mode, to):
    assert abs(rounded(value, Rounding(mode, to)) - value) < Fraction(1, 10**to)


def test_numbers_are_written_without_loss():
    assert written(Fraction(28, 3)) == "28/3"
    assert written(9) == "9"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (9, "9"),
        (-3, "-3"),
        (Fraction(5, 2), "2.5"),
        (Fraction(-5, 2), "-2.5"),
        (Fraction(1, 8), "0.125"),
        (Fraction(17, 4), "4.25"),
        (Fraction(72, 7), "72/7"),
        (Fraction(1, 10**6), "0.000001"),
        (Fraction(1, 10**7), "1/10000000"),
    ],
)
def test_a_number_is_written_as_a_decimal_where_it_ends_and_always_without_loss(value, text):
    assert decimal(value) == text
    assert Fraction(text) == value
