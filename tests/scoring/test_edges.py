import json
from fractions import Fraction

from heartport.scoring.edges import edge_cases, edges_as_json
from tests.scoring.invented import calm, edited, outcome_of, scale_of, winding

CALM = scale_of(calm())


def found(scale):
    return {case["name"]: case for case in json.loads(edges_as_json(scale))}


def test_every_edge_has_a_sheet_just_at_it_and_one_just_below():
    cases = found(CALM)
    for start, name, below in [(5, "mild", "minimal"), (10, "moderate", "mild"), (20, "severe", "high")]:
        case = f"total default {start} {name}"
        assert cases[f"{case}: just at"]["scores"] == {"total": start}
        assert cases[f"{case}: just at"]["bands"] == {"total": name}
        assert cases[f"{case}: just below"]["scores"] == {"total": start - 1}
        assert cases[f"{case}: just below"]["bands"] == {"total": below}


def test_edges_are_also_approached_with_answers_missing():
    cases = found(CALM)
    below = Fraction(cases["total default 5 mild, 2 missing: just below"]["scores"]["total"])
    above = Fraction(cases["total default 5 mild, 2 missing: just at"]["scores"]["total"])
    assert below < 5 <= above
    assert above - below == Fraction(9, 7)


def test_the_extremes_each_item_alone_and_each_alone_missing_are_there():
    cases = found(CALM)
    assert cases["all lowest"]["scores"] == {"total": 0}
    assert cases["all highest"]["scores"] == {"total": 27}
    assert cases["option 3 throughout"]["scores"] == {"total": 18}
    assert cases["q9 alone at its maximum"]["flags"] == ["safety"]
    assert cases["q4 alone missing"]["missing"] == ["q4"]
    assert cases["total: 3 missing"]["scores"] == {"total": None}


def test_all_band_sets_keys_and_branches_have_their_cases():
    cases = found(scale_of(winding()))
    assert {"ease wide 3 tense: just at", "ease narrow 17/4 top: just at"} <= cases.keys()
    assert cases["ease wide 3 tense: just at"]["bands"] == {"ease": "tense"}
    assert Fraction(cases["ease wide 3 tense: just below"]["scores"]["ease"]) < 3


def test_the_same_scale_gives_the_same_text():
    assert edges_as_json(CALM) == edges_as_json(scale_of(calm()))
    assert len({case.name for case in edge_cases(CALM)}) == len(edge_cases(CALM))


def test_outcomes_are_those_of_the_plan():
    for case, written in zip(edge_cases(CALM), json.loads(edges_as_json(CALM)), strict=True):
        assert written["bands"] == outcome_of(CALM, case.answers).bands


def test_a_moved_cut_shows():
    moved = edited(calm(), "bands", "total", "edges", 2, "from", to=11)
    assert edges_as_json(scale_of(moved)) != edges_as_json(CALM)
