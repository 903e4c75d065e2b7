"""The reach of one sum divided by another is exact: no wider than any sheet, and no sheet beyond it."""

from fractions import Fraction
from itertools import product

import pytest

from heartport.scoring.separable import ratio_span
from tests.scoring.invented import calm, edited, outcome_of, scale_of, words

SUM = {"label": words(), "sum": "q1..q3"}
BASE = edited(calm(), "items", to=[{"ids": "q1..q3", "kind": "choice", "options": "often"}])
for place, value in [
    (("options",), {"often": calm()["options"]["often"]}),
    (("texts",), {name: words() for name in ("q1", "q2", "q3")}),
    (("bands",), {}),
    (("flags",), []),
    (("advice",), []),
    (("tests",), [{"name": "one", "answers": {"q1..q3": 1}, "expect": {"missing": []}}]),
]:
    BASE = edited(BASE, *place, to=value)


def scale(formula, **more):
    scores = {
        "total": SUM,
        "many": {"label": words(), "count": {"of": "q1..q3", "at_least": 2}},
        "few": {"label": words(), "count": {"of": "q1..q3", "at_most": 1}},
        "mean": {"label": words(), "mean": "q1..q2"},
        "twice": {"label": words(), "weighted": {"of": "q2..q3", "by": 2}},
        "mixed": {"label": words(), "weighted": {"of": "q1, q3", "by": [1, 0.5]}},
        "ratio": {"label": words(), "formula": formula},
        **more,
    }
    return scale_of(edited(BASE, "scores", to=scores))


def reach(found):
    return next((score.min, score.max) for score in found.scores if score.id == "ratio")


def tried(found):
    """Score every sheet."""
    values = []
    for each in product(range(4), repeat=3):
        ratio = outcome_of(found, dict(zip(("q1", "q2", "q3"), each, strict=True))).scores["ratio"]
        values += [] if ratio is None else [ratio]
    return min(values), max(values)


RATIOS = [
    "total / many",
    "(total - few) / many",
    "(many - few) / (total + 1)",
    "total / (many + 1)",
    "(twice - mean) / (mixed + 2)",
    "-mixed / many",
    "(total * 2 - 3) / (few * 0.5)",
    "mean / total",
    "(5 - q1) / (q1 + q2 + 1)",
]


@pytest.mark.parametrize("formula", RATIOS)
def test_a_ratio_reaches_exactly_as_far_as_its_sheets(formula):
    found = scale(formula)
    assert ratio_span(next(score for score in found.scores if score.id == "ratio"), found) is not None
    assert reach(found) == tried(found)


def test_keys_count_before_they_add_up():
    ratio = {"label": words(), "formula": "total / (q3 + 1)"}
    plain = edited(BASE, "scores", to={"total": SUM, "ratio": ratio})
    turned = edited(plain, "keying", to=[{"items": "q3", "reverse": [0, 3], "for": "total"}])
    assert reach(scale_of(plain)) == tried(scale_of(plain)) == (0, 6)
    assert reach(scale_of(turned)) == tried(scale_of(turned)) == (0, 9)


@pytest.mark.parametrize("formula", ["total / (many - few)", "total / (many * many)", "total % 5", "total / q1 * 2"])
def test_what_is_no_ratio_of_sums_is_left_to_interval_arithmetic(formula):
    found = scale(formula)
    assert ratio_span(next(score for score in found.scores if score.id == "ratio"), found) is None
    low, high = tried(found)
    assert reach(found)[0] <= low
    assert reach(found)[1] >= high


def test_interval_arithmetic_alone_would_be_too_wide():
    """The negative control."""
    found = scale("(total - few) / many")
    ratio = next(score for score in found.scores if score.id == "ratio")
    spans = {score.id: score for score in found.scores}
    wide = Fraction(spans["total"].max - spans["few"].min)
    assert wide > ratio.max == 3
