"""Formulas: what they mean, how far they reach, and what is refused in them."""

import re
from contextlib import suppress
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.scoring.arithmetic import Unbounded, span_of_node
from heartport.scoring.computed import Computed
from heartport.scoring.exact import decimal
from heartport.scoring.formula_grammar import parse_formula
from heartport.scoring.spans import Span
from heartport.scoring.tokens import NotUnderstood


def computed(source):
    node, names = parse_formula(source)
    return Computed(names, node)


def value_of(source, **values):
    formula = computed(source)
    return formula.compute([values[name] for name in formula.of])


@pytest.mark.parametrize(
    ("source", "values", "value"),
    [
        ("a + b * 2", {"a": 1, "b": 3}, 7),
        ("(a + b) * 2", {"a": 1, "b": 3}, 8),
        ("a - b - 1", {"a": 9, "b": 3}, 5),
        ("a / b / 2", {"a": 12, "b": 3}, 2),
        ("-a * -b", {"a": 2, "b": 3}, 6),
        ("effort * 7 / (reward * 3)", {"effort": 8, "reward": 14}, Fraction(4, 3)),
        ("(rise - bed) % 1440", {"rise": 450, "bed": 1410}, 480),
        ("(rise - bed) % 1440", {"rise": 450, "bed": 30}, 420),
        ("(rise - bed) % 1440", {"rise": 30, "bed": 30}, 0),
        ("slept * 100 / in_bed", {"slept": 408, "in_bed": 480}, 85),
        ("slept * 100 / in_bed >= 85", {"slept": 408, "in_bed": 480}, 1),
        ("slept * 100 / in_bed >= 85", {"slept": 407, "in_bed": 480}, 0),
        ("a / b", {"a": 1, "b": 0}, None),
        ("a % b", {"a": 1, "b": 0}, None),
        ("0 * (a / b)", {"a": 1, "b": 0}, None),
        ("b != 0 and a / b > 1", {"a": 3, "b": 0}, 0),
        ("b == 0 or a / b > 1", {"a": 3, "b": 0}, 1),
        ("total > 160 or positives > 43", {"total": 160, "positives": 44}, 1),
        ("total > 160 or positives > 43", {"total": 160, "positives": 43}, 0),
        ("not a", {"a": 0}, 1),
        ("not a + 2 == 2", {"a": 0}, 0),
        ("a and b", {"a": 5, "b": 3}, 1),
        ("a or b and 0", {"a": 0, "b": 3}, 0),
        ("(a >= 2) * 2 + (a == 1)", {"a": 1}, 1),
        ("a * 0.1", {"a": 3}, Fraction(3, 10)),
        ("a * 0.1 * 10", {"a": 3}, 3),
    ],
)
def test_a_formula_is_worked_out_exactly(source, values, value):
    found = value_of(source, **values)
    assert found == value
    assert found is None or type(found) is (int if found.denominator == 1 else Fraction)


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("", "a number, an item or a score is missing at column 1"),
        ("2 + 2", "names no item and no score"),
        ("a +", "missing at column 4"),
        ("a b", "does not go on like this at column 3"),
        ("(a", ") is missing at column 3"),
        ("a < b < c", "does not go on like this at column 7"),
        ("a = b", "cannot be read from column 3 on"),
        ("a ** 2", "a number, an item or a score is missing at column 4"),
        ("a in [1]", "does not go on like this at column 3"),
        ("profile.sex == 'male'", "a number, an item or a score is missing at column 1"),
        ("total.band", "a number, an item or a score is missing at column 1"),
        ("a + 010", "not a plain number at column 5"),
        ("__import__('os')", "does not go on like this at column 11"),
        ("(" * 30 + "a" + ")" * 30, "nested deeper than 20 levels"),
        ("-" * 30 + "a", "nested deeper than 20 levels"),
        ("not " * 30 + "a", "nested deeper than 20 levels"),
        ("a" + " + a" * 151, "more than 150 operations; make it of several scores"),
        ("a" + " + a" * 600, "longer than 2000 characters"),
        ("a ÷ 2", "cannot be read from column 3 on"),
    ],
)
def test_what_is_no_formula_is_refused_where_it_stops_making_sense(source, detail):
    with pytest.raises(NotUnderstood) as refused:
        parse_formula(source)
    assert detail in str(refused.value)


LEAVES = st.sampled_from(["a", "b", "c", "0", "1", "2", "2.5"])
SOURCES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(
            inner, st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or"]), inner
        ).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda part: f"-{part}"),
        inner.map(lambda part: f"(not {part})"),
    ),
    max_leaves=7,
)
SPANS = {"a": Span(0, 3, 1), "b": Span(-2, 4, 2), "c": Span(Fraction(1, 2), Fraction(5, 2), Fraction(1, 2))}


def by_python(source, values):
    """Work a formula out with Python itself: a second implementation that shares nothing with ours."""
    text = re.sub(r"\d+(?:\.\d+)?", lambda number: f"Fraction('{number[0]}')", source)
    with suppress(ZeroDivisionError):
        return Fraction(eval(text, {"Fraction": Fraction, **values}))
    return None


def is_plain(source):
    """Python's own `and` and `or` give an operand, ours 1 or 0."""
    return not {"and", "or", "not"} & set(re.findall(r"[a-z]+", source))


@given(SOURCES.filter(lambda source: is_plain(source) and re.search(r"\b[abc]\b", source)))
def test_a_formula_agrees_with_python(source):
    formula = computed(source)
    for values in product(*(SPANS[name].numbers() for name in formula.of)):
        named = {name: Fraction(value) for name, value in zip(formula.of, values, strict=True)}
        assert formula.compute(values) == by_python(source, named)


def tried(formula, spans):
    """Give every value that a formula takes on these spans."""
    values = (formula.compute(values) for values in product(*(span.numbers() for span in spans)))
    return {value for value in values if value is not None}


@given(SOURCES.filter(lambda source: re.search(r"\b[abc]\b", source)))
def test_no_value_lies_outside_the_span_of_its_formula(source):
    formula = computed(source)
    spans = [SPANS[name] for name in formula.of]
    found = tried(formula, spans)
    with suppress(Unbounded):
        wide = span_of_node(formula.node, spans)
        assert all(wide.contains(value) for value in found)
    exact = formula.span(spans)
    if found:
        assert (exact.low, exact.high) == (min(found), max(found))
        assert all(exact.contains(value) for value in found)


def test_a_span_that_is_too_narrow_would_be_caught():
    """The negative control of the rule above."""
    formula = computed("a * b")
    assert not all(Span(0, 12, 1).contains(value) for value in tried(formula, [SPANS["a"], SPANS["b"]]))


@given(SOURCES.filter(lambda source: re.search(r"\b[abc]\b", source)))
def test_a_formula_is_written_so_that_it_reads_back(source):
    formula = computed(source)
    text = formula.describe(formula.of)
    for sign, plain in (("×", "*"), ("mod", "%"), ("≠", "!="), ("≤", "<="), ("≥", ">="), (" = ", " == ")):
        text = text.replace(sign, plain)
    text = re.sub(r"(\d+)/(\d+)", lambda number: decimal(Fraction(number[0])), text)
    again = computed(text)
    for values in product(*(SPANS[name].numbers() for name in formula.of)):
        named = dict(zip(formula.of, values, strict=True))
        assert again.compute([named[name] for name in again.of]) == formula.compute(values)


def complaints(source, **spans):
    formula = computed(source)
    return list(formula.complaints([spans[name] for name in formula.of]))


ITEM, COUNT, MEAN = Span(1, 5, 1), Span(0, 90, 1), Span(0, 4)


@pytest.mark.parametrize(
    ("source", "spans", "problem"),
    [
        ("a / 0", {"a": ITEM}, "divides by zero, whatever is answered"),
        ("a / (b - b)", {"a": ITEM, "b": Span(3, 3)}, "divides by zero, whatever is answered"),
        ("a / b", {"a": ITEM, "b": MEAN}, "divides by something that can be as near to 0 as you like"),
        ("a % b", {"a": ITEM, "b": ITEM}, "% takes a plain number above 0 on its right"),
        ("a % 0", {"a": ITEM}, "% takes a plain number above 0 on its right"),
        ("m / (a - a)", {"m": MEAN, "a": ITEM}, "divides by zero, whatever is answered"),
        ("m % -7", {"m": MEAN}, "% takes a plain number above 0 on its right"),
        ("a - a > 0 or m > 1", {"m": MEAN, "a": ITEM}, "a - a > 0 can never hold"),
        ("a > 5 or b > 1", {"a": ITEM, "b": ITEM}, "a > 5 can never hold"),
        ("(a >= 1) + b", {"a": ITEM, "b": ITEM}, "a ≥ 1 holds for every answer"),
        ("a == 2.5", {"a": ITEM}, "a = 2.5 can never hold"),
    ],
)
def test_what_can_never_be_meant_is_told(source, spans, problem):
    assert complaints(source, **spans) == [problem]


@pytest.mark.parametrize(
    ("source", "spans"),
    [
        ("a / b", {"a": ITEM, "b": COUNT}),
        ("a / b", {"a": MEAN, "b": ITEM}),
        ("a / b", {"a": ITEM, "b": Span(-3, 3, 1)}),
        ("a > 4 or b > 1", {"a": ITEM, "b": ITEM}),
        ("(a - b) % 1440", {"a": Span(0, 1439, 1), "b": Span(0, 1439, 1)}),
    ],
)
def test_what_may_sometimes_have_no_value_is_fine(source, spans):
    assert complaints(source, **spans) == []


@pytest.mark.parametrize(
    ("source", "spans", "span"),
    [
        ("effort * 7 / (reward * 3)", [Span(3, 12, 1), Span(7, 28, 1)], (Fraction(1, 4), 4)),
        ("(rise - bed) % 1440", [Span(0, 1439, 1), Span(0, 1439, 1)], (0, 1439)),
        ("(rise - bed) % 1440", [Span(0, 1425, 15), Span(0, 1425, 15)], (0, 1425)),
        ("total / positives", [Span(90, 450, 1), Span(0, 90, 1)], (1, 450)),
        ("(a >= 5) * 2 + (a >= 2 and a <= 4)", [Span(0, 9, 1)], (0, 2)),
        ("a * b", [Span(-3, 200, 1), Span(-7, 200, 1)], (-1400, 40000)),
    ],
)
def test_formulas_reach_as_far_as_their_operands_let_them(source, spans, span):
    found = computed(source).span(spans)
    assert (found.low, found.high) == span


def test_the_work_shows_the_numbers_and_what_they_come_to():
    formula = computed("effort * 7 / (reward * 3)")
    assert formula.work([8, 14], Fraction(4, 3)) == "8 × 7 / (14 × 3) = 4/3"
    assert computed("a - b").work([2, -3], 5) == "2 - (-3) = 5"
    assert formula.told()["zh-CN"] == "按公式 A × 7 / (B × 3) 计算，A、B 依次是下列各项的计分。"
