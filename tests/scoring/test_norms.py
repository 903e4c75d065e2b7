"""Norms: exact, for the person's own group or not at all; and the smallest change worth telling."""

from fractions import Fraction

import pytest

from heartport.scoring.norms import clear_change, norm_of, standings, told_standing
from tests.scoring.invented import calm, edited, problems_of, scale_of, words

CELL = {"score": "total", "mean": 9.5, "sd": 2.5}


def norm(**changed):
    return {
        "id": "old",
        "source": "Nobody 1986",
        "year": 1986,
        "region": words("某地"),
        "population": words("职工"),
        "n": 1388,
        "yields": "z",
        "visible_to": "person",
        "cells": [CELL],
        **changed,
    }


def normed(*norms):
    return edited(calm(), "norms", to=list(norms))


def standing(changed, value=12, **profile):
    scale = scale_of(normed(norm(**changed)))
    return standings(scale.norms[0], {"total": value}, profile, year=2025)


def test_z_and_t_are_exact():
    assert standing({}) == {"total": 1}
    assert standing({}, Fraction(72, 7)) == {"total": Fraction(11, 35)}
    assert standing({"yields": "t"}) == {"total": 60}
    assert type(standing({"yields": "t"})["total"]) is int


PERCENTILES = [{"score": "total", "percentiles": {5: 10, 10: 50, 20: 97.5}}]


@pytest.mark.parametrize(
    ("value", "percentile"), [(4, None), (5, 10), (Fraction(19, 2), 10), (10, 50), (27, Fraction("97.5"))]
)
def test_a_percentile_holds_from_its_edge_on_and_below_the_first_there_is_none(value, percentile):
    found = standing({"yields": "percentile", "cells": PERCENTILES}, value)
    assert found == ({} if percentile is None else {"total": percentile})


BY_BOTH = {
    "by": ["sex", "age"],
    "cells": [
        {"score": "total", "sex": "female", "age": [18, 34], "mean": 10, "sd": 2},
        {"score": "total", "sex": "male", "age": [18, 60], "mean": 8, "sd": 2},
    ],
}


@pytest.mark.parametrize(
    ("profile", "z"),
    [
        ({"sex": "female", "birth_year": 2000}, 1),
        ({"sex": "male", "age": 60}, 2),
        ({"sex": "female", "age": 35}, None),
        ({"sex": "female", "birth_year": 1990}, None),
        ({"sex": "female"}, None),
        ({"sex": "other", "age": 30}, None),
        ({}, None),
    ],
)
def test_no_matching_cell_is_no_norm_and_never_the_nearest(profile, z):
    assert standing(BY_BOTH, **profile) == ({} if z is None else {"total": z})


def test_an_absent_score_stands_nowhere():
    assert standing({}, None) == {}


def test_a_norm_for_professionals_is_never_the_persons():
    scale = scale_of(normed(norm(visible_to="professional"), norm(id="new", visible_to="person")))
    assert norm_of(scale, {"total": 12}, {}).id == "new"
    professional = scale_of(normed(norm(visible_to="professional")))
    assert norm_of(professional, {"total": 12}, {}) is None
    assert standings(professional.norms[0], {"total": 12}, {}) == {"total": 1}


def test_the_first_norm_that_holds_for_the_person_is_pinned():
    scale = scale_of(normed(norm(**BY_BOTH), norm(id="new")))
    assert norm_of(scale, {"total": 12}, {"sex": "male", "birth_year": 2000}, 2025).id == "old"
    assert norm_of(scale, {"total": 12}, {}, 2025).id == "new"
    assert norm_of(scale, {"total": None}, {}, 2025) is None


def test_a_norm_by_sex_and_age_asks_for_both():
    assert scale_of(normed(norm(**BY_BOTH))).form.profile == ("birth_year", "sex")
    assert scale_of(normed(norm())).form.profile == ()


def test_a_standing_says_among_whom():
    (each,) = scale_of(normed(norm())).norms
    assert (
        told_standing(each, Fraction(-1, 3))["zh-CN"]
        == "比平均低 0.33 个标准差。常模：某地，职工（1986 年，1388 人）。"
    )
    assert told_standing(each, 1)["en"] == "1.00 standard deviations above the mean. Norm: word, word (1986, n = 1388)."


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"yields": "stanine"}, "norms › old › yields: one of z, t, percentile is expected"),
        ({"visible_to": "everybody"}, "norms › old › visible_to: one of professional, person is expected"),
        ({"n": 0}, "norms › old › n: a whole number from 1"),
        ({"source": ""}, "norms › old › source: value missing"),
        ({"cells": [{**CELL, "sd": 0}]}, "norms › old › cells › 1 › sd: a number above 0 is expected"),
        ({"cells": [{**CELL, "score": "sum"}]}, "norms › old › cells › 1: no score is called sum"),
        ({"cells": [{**CELL, "mean": 30}]}, "cells › 1: 30 lies outside what total can come to, 0 to 27"),
        ({"cells": [CELL, CELL]}, "cells: two cells are about total of the same people: everybody and everybody"),
        ({"cells": [{**CELL, "sex": "male"}]}, "cells › 1 › sex: unknown construct"),
        ({"by": ["sex"]}, "norms › old › cells › 1 › sex: value missing"),
        ({"yields": "percentile"}, "norms › old › cells › 1 › percentiles: value missing"),
        (
            {"yields": "percentile", "cells": [{"score": "total", "percentiles": {5: 50, 10: 20}}]},
            "percentiles: percentiles ascend with the score",
        ),
        (
            {"yields": "percentile", "cells": [{"score": "total", "percentiles": {5: 101}}]},
            "percentiles: percentiles run from 0 to 100",
        ),
    ],
)
def test_what_does_not_fit_a_norm_is_told_with_its_place(changed, problem):
    problems = problems_of(normed(norm(**changed)))
    assert any(problem in each for each in problems), problems


def test_examples_may_expect_a_standing():
    document = normed(norm())
    example = {"name": "one", "answers": {"q1..q9": 1}, "expect": {"total.norm.old": -0.2}}
    assert problems_of(edited(document, "tests", 0, to=example)) == []
    example["expect"] = {"total.norm.old": 0.2}
    assert problems_of(edited(document, "tests", 0, to=example))[0].endswith("total.norm.old: 1/5 expected, -1/5 found")


CHANGED = edited(calm(), "change", to={"total": {"at_least": 5, "source": "Nobody 2004"}})


@pytest.mark.parametrize(
    ("earlier", "later", "told"),
    [
        (10, 15, "worse"),
        (15, 10, "better"),
        (10, 14, "no_clear_change"),
        (10, Fraction(149, 10), "no_clear_change"),
        (10, 10, "no_clear_change"),
    ],
)
def test_only_a_clear_change_is_told_and_in_the_direction_of_the_scale(earlier, later, told):
    assert clear_change(scale_of(CHANGED), "total", earlier, later) == told
    other = {"worse": "better", "better": "worse"}
    higher_is_better = scale_of(edited(CHANGED, "direction", to="higher_is_better"))
    assert clear_change(higher_is_better, "total", earlier, later) == other.get(told, told)
    own = scale_of(edited(CHANGED, "scores", "total", "direction", to="higher_is_better"))
    assert clear_change(own, "total", earlier, later) == other.get(told, told)


def test_without_a_published_change_nothing_is_told():
    assert clear_change(scale_of(calm()), "total", 0, 27) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"sum": {"at_least": 5, "source": "x"}}, "change › sum: no score of this id"),
        ({"total": {"at_least": 0, "source": "x"}}, "change › total › at_least: a number above 0 is expected"),
        (
            {"total": {"at_least": 28, "source": "x"}},
            "total › at_least: more than the score can change at all",
        ),
        ({"total": {"at_least": 5}}, "change › total › source: value missing"),
    ],
)
def test_what_does_not_fit_a_change_is_told_with_its_place(change, problem):
    problems = problems_of(edited(calm(), "change", to=change))
    assert any(problem in each for each in problems), problems
