from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.scoring.conditions import Comparison, Every, Named, Not, Some, Sum, Within
from heartport.scoring.grammar import parse_condition
from heartport.scoring.tokens import NotUnderstood

Q1 = Sum(((1, "q1"),))


@pytest.mark.parametrize(
    ("source", "expression"),
    [
        ("q1 >= 1", Comparison(Q1, ">=", 1)),
        ("1 <= q1", Comparison(Sum(((-1, "q1"),)), "<=", -1)),
        ("q1 + q2 - 1 > q3", Comparison(Sum(((1, "q1"), (1, "q2"), (-1, "q3"))), ">", 1)),
        ("(q1 + q2) - (q3 - 2) < 4", Comparison(Sum(((1, "q1"), (1, "q2"), (-1, "q3"))), "<", 2)),
        ("q1 in [0, 3]", Within(Q1, (0, 3))),
        (" always ", Every(())),
        ("total.band == mild", Named("total.band", ("mild",))),
        ("total.band != mild", Not(Named("total.band", ("mild",)))),
        ("total.band in [mild, 'high']", Named("total.band", ("mild", "high"))),
        ("profile.sex == 'female'", Named("profile.sex", ("female",))),
        ("not q1 > 1 and q1 < 3", Every((Not(Comparison(Q1, ">", 1)), Comparison(Q1, "<", 3)))),
        (
            "q1 == 1 or q1 == 2 and q1 == 3",
            Some((Comparison(Q1, "==", 1), Every((Comparison(Q1, "==", 2), Comparison(Q1, "==", 3))))),
        ),
        (
            "(q1 == 1 or q1 == 2) and q1 == 3",
            Every((Some((Comparison(Q1, "==", 1), Comparison(Q1, "==", 2))), Comparison(Q1, "==", 3))),
        ),
        ("((q1 > 1))", Comparison(Q1, ">", 1)),
    ],
)
def test_conditions_are_read(source, expression):
    assert parse_condition(source).expression == expression


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("", "missing at column 1"),
        ("q1", "a comparison (== != < <= > >=) is missing at column 3"),
        ("q1 >=", "missing at column 6"),
        ("q1 >= 1 q2", "does not go on like this at column 9"),
        ("0 < q1 < 3", "does not go on like this at column 8"),
        ("q1 = 1", "cannot be read from column 4 on"),
        ("q1 >= 1 and", "missing at column 12"),
        ("(q1 >= 1", ") is missing at column 9"),
        ("q1 in [1, ]", "a number is missing at column 11"),
        ("q1 in 1", "[ is missing at column 7"),
        ("total.band > 3", "a comparison (== !=) is missing at column 12"),
        ("total.band == 3", "a name is missing at column 15"),
        ("q1 == mild.band", "missing at column 7"),
        ("q1 >= 010", "not a plain number at column 7"),
        ("q1 >= 1；q2", "cannot be read from column 8 on"),
        ("__import__('os')", "missing at column 11"),
        ("not " * 30 + "q1 > 1", "nested deeper than 20 levels"),
        ("(" * 30 + "q1 > 1" + ")" * 30, "nested deeper than 20 levels"),
        ("(" * 30 + "q1" + ")" * 30 + " > 1", "nested deeper than 20 levels"),
        ("q1 > 1 or " * 250 + "q1 > 1", "longer than 2000 characters"),
    ],
)
def test_what_is_no_condition_is_refused_where_it_stops_making_sense(source, detail):
    with pytest.raises(NotUnderstood) as refused:
        parse_condition(source)
    assert detail in str(refused.value)


PIECES = st.sampled_from(
    [
        "q1",
        "q2",
        "total.band",
        "profile.sex",
        "and",
        "or",
        "not",
        "in",
        "(",
        ")",
        "[",
        "]",
        ",",
        "1",
        "2.5",
        "+",
        "-",
        "==",
        "!=",
        "<",
        ">=",
        "'x'",
        '"',
        "是",
        "1e9",
        ".",
    ]
)


@given(st.text(max_size=60) | st.lists(PIECES, max_size=25).map(" ".join) | st.lists(PIECES, max_size=25).map("".join))
def test_the_parser_never_fails_but_with_its_own_error(source):
    with suppress(NotUnderstood):
        parse_condition(source)
