from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.scoring.conditions import RELATIONS, Every, Expression, Named, Not, Some, Within, verdict
from heartport.scoring.grammar import parse_condition

SLOTS = {"yes": 0, "no": 1, "open": 2, "q1": 3, "q2": 4, "total.band": 5, "profile.sex": 6}
ROW = [1, 0, None, 2, Fraction(1, 2), "mild", None]
TRUTH = {"T": "yes == 1", "F": "no == 1", "U": "open == 1"}
VALUE = {"T": True, "F": False, "U": None}


def told(source, row=ROW):
    return verdict(parse_condition(source), SLOTS)(row)


@pytest.mark.parametrize("row", ["TF", "FT", "UU"])
def test_not_has_the_truth_table_of_kleene(row):
    assert told(f"not {TRUTH[row[0]]}") is VALUE[row[1]]


@pytest.mark.parametrize("row", ["TTT", "TFF", "TUU", "FTF", "FFF", "FUF", "UTU", "UFF", "UUU"])
def test_and_has_the_truth_table_of_kleene(row):
    assert told(f"{TRUTH[row[0]]} and {TRUTH[row[1]]}") is VALUE[row[2]]


@pytest.mark.parametrize("row", ["TTT", "TFT", "TUT", "FTT", "FFF", "FUU", "UTT", "UFU", "UUU"])
def test_or_has_the_truth_table_of_kleene(row):
    assert told(f"{TRUTH[row[0]]} or {TRUTH[row[1]]}") is VALUE[row[2]]


@pytest.mark.parametrize(
    ("source", "truth"),
    [
        ("q1 + q2 == 2.5", True),
        ("q1 - q2 > 1.5", False),
        ("q1 + open >= 0", None),
        ("open in [0, 1]", None),
        ("q1 in [1, 2]", True),
        ("q1 + 1 in [1, 2]", False),
        ("total.band in [mild, high]", True),
        ("total.band != mild", False),
        ("profile.sex == 'female'", None),
        ("profile.sex != 'female'", None),
        ("always", True),
    ],
)
def test_comparisons_are_exact_and_an_unknown_part_leaves_them_unknown(source, truth):
    assert told(source) is truth


NAIVE = st.recursive(
    st.sampled_from(["q1 >= 1", "q2 == 0", "open < 3", "total.band == mild", "profile.sex == 'male'", "q1 in [0, 2]"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(lambda parts: f"({''.join(parts)})"),
        inner.map(lambda part: f"not {part}"),
    ),
    max_leaves=8,
)
VALUES = st.tuples(
    *[st.none() | st.integers(0, 3)] * 5, st.none() | st.sampled_from(["mild", "high"]), st.none() | st.just("male")
)


def naive(expression: Expression, row) -> float:
    """Kleene's logic as numbers: no is 0, unknown a half, yes 1; `and` is the least, `or` the greatest."""
    match expression:
        case Not(part):
            return 1 - naive(part, row)
        case Every(parts):
            return min(naive(part, row) for part in parts)
        case Some(parts):
            return max(naive(part, row) for part in parts)
        case Named(name, among):
            return compared([row[SLOTS[name]]], lambda value: value in among)
        case Within(total, numbers):
            return compared(signed(total, row), lambda *values: sum(values) in numbers)
        case _:
            relation = RELATIONS[expression.relation]
            values = signed(expression.total, row)
            return compared(values, lambda *values: relation(sum(values), expression.bound))


def signed(total, row):
    values = [(sign, row[SLOTS[name]]) for sign, name in total.terms]
    return [value and sign * value for sign, value in values]


def compared(values, holds) -> float:
    return 0.5 if None in values else float(holds(*values))


@given(NAIVE, VALUES)
def test_compiled_conditions_agree_with_kleene_as_numbers(source, row):
    condition = parse_condition(source)
    assert verdict(condition, SLOTS)(row) is {0.0: False, 0.5: None, 1.0: True}[naive(condition.expression, row)]
