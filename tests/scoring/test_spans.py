from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
