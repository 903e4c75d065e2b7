from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.scoring.conditions import RELATIONS
from heartport.scoring.exact import Rounding
from heartport.scoring.spans import Span, span_of, span_of_sum


@pytest.mark.parametrize(
    ("span", "start", "before", "reached"),
    [
        (Span(0, 42, 2), 9, 10, False),
        (Span(0, 42, 2), 9, 11, True),
        (Span(0, 42, 0), 9, 10, True),
        (Span(0, 27, 1), 28, None, False),
        (Span(0, 27, 1), 27, None, True),
        (Span(1, 5, Fraction(1, 4)), Fraction("4.1"), Fraction("4.2"), False),
        (Span(1, 5, Fraction(1, 4)), Fraction("4.1"), Fraction("4.3"), True),
    ],
)
def test_a_stretch_is_reached_only_on_the_steps_of_the_span(span, start, before, reached):
    assert span.reaches(start, before) is reached


VALUES = st.lists(st.integers(-5, 9), min_size=2, max_size=4, unique=True)


@given(st.lists(VALUES, min_size=1, max_size=4), st.sampled_from([1, 2, -1, Fraction(1, 3)]))
def test_every_sum_of_answers_lies_in_the_span_of_the_sum(items, factor):
    span = span_of_sum([span_of(values) for values in items]).times(factor)
    sums = {sum(choice) * factor for choice in product(*items)}
    assert all(span.contains(total) for total in sums)
    assert (span.low, span.high) == (min(sums), max(sums))


def test_a_span_without_steps_frees_the_sum():
    assert span_of_sum([Span(0, 3, 1), Span(0, 3)]).step == 0


def test_rounding_keeps_the_ends_and_makes_steps():
    assert Span(Fraction(1, 3), 5).rounded(Rounding("half_up", 1)) == Span(Fraction("0.3"), 5, Fraction("0.1"))


STEPPED = [Span(0, 3, 1), Span(-4, 4, 2), Span(2, 2), Span(0, 0), Span(Fraction(-1, 2), Fraction(5, 2), Fraction(1, 2))]


@pytest.mark.parametrize("span", STEPPED)
@pytest.mark.parametrize("value", [-9, -4, -3, 0, Fraction(1, 4), 2, 3, 4, 9])
def test_the_numbers_beside_a_number_are_the_nearest(span, value):
    numbers = list(span.numbers())
    below = max((each for each in numbers if each < value), default=None)
    above = min((each for each in numbers if each > value), default=None)
    assert span.beside(value) == (below, above)


@pytest.mark.parametrize("one", STEPPED)
@pytest.mark.parametrize("two", STEPPED)
def test_spans_of_products_sums_and_remainders_hold_every_number_and_no_end_too_many(one, two):
    for found, made in [
        (one.multiplied(two), lambda a, b: a * b),
        (one.plus(two), lambda a, b: a + b),
        (one.minus(two), lambda a, b: a - b),
    ]:
        numbers = {made(a, b) for a in one.numbers() for b in two.numbers()}
        assert all(found.contains(number) for number in numbers)
        assert (found.low, found.high) == (min(numbers), max(numbers))


@pytest.mark.parametrize("span", [*STEPPED, Span(-1439, 1439, 1), Span(5, 9, 4)])
@pytest.mark.parametrize("divisor", [1, 2, 3, 7, Fraction(3, 2), 1440])
def test_the_span_of_a_remainder_holds_every_remainder(span, divisor):
    found = span.modulo(divisor)
    assert all(found.contains(number % divisor) for number in span.numbers())
    assert found.low >= 0
    assert found.high < divisor


@pytest.mark.parametrize("relation", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("span", STEPPED)
@pytest.mark.parametrize("bound", [-9, -4, 0, Fraction(1, 4), 2, 3, 4, 9])
def test_what_a_comparison_can_come_to_is_exact(relation, span, bound):
    outcomes = {RELATIONS[relation](number, bound) for number in span.numbers()}
    assert span.compared(relation, bound) == (True in outcomes, False in outcomes)
