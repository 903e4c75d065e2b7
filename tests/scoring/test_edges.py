from fractions import Fraction
from functools import cache

from heartport.scoring.edges import edge_cases
from heartport.scoring.mutants import filled
from tests.scoring.invented import calm, edited, nightly, outcome_of, scale_of, winding

CALM = scale_of(calm())


NIGHTLY = scale_of(nightly())


@cache
def nightly_cases():
    return {case.name: case for case in edge_cases(NIGHTLY)}


@cache
def found(scale):
    """Give what comes of each case, by its name."""
    return {case.name: filled(scale, case.answers, case.profile).outcome for case in edge_cases(scale)}


def test_every_edge_has_a_sheet_just_at_it_and_one_just_below():
    cases = found(CALM)
    for start, name, below in [(5, "mild", "minimal"), (10, "moderate", "mild"), (20, "severe", "high")]:
        case = f"total default {start} {name}"
        assert cases[f"{case}: just at"].scores == {"total": start}
        assert cases[f"{case}: just at"].bands == {"total": name}
        assert cases[f"{case}: just below"].scores == {"total": start - 1}
        assert cases[f"{case}: just below"].bands == {"total": below}


def test_edges_are_also_approached_with_answers_missing():
    cases = found(CALM)
    below = cases["total default 5 mild, 2 missing: just below"].scores["total"]
    above = cases["total default 5 mild, 2 missing: just at"].scores["total"]
    assert below < 5 <= above
    assert above - below == Fraction(9, 7)


def test_the_extremes_each_item_alone_and_each_alone_missing_are_there():
    cases = found(CALM)
    assert cases["all lowest"].scores == {"total": 0}
    assert cases["all highest"].scores == {"total": 27}
    assert cases["option 3 throughout"].scores == {"total": 18}
    assert cases["q9 alone at its maximum"].flags == ("safety",)
    assert cases["q4 alone missing"].missing == ("q4",)
    assert cases["total: 3 missing"].scores == {"total": None}


def test_all_band_sets_keys_and_branches_have_their_cases():
    cases = found(scale_of(winding()))
    assert {"ease wide 3 tense: just at", "ease narrow 17/4 top: just at"} <= cases.keys()
    assert cases["ease wide 3 tense: just at"].bands == {"ease": "tense"}
    assert cases["ease wide 3 tense: just below"].scores["ease"] < 3


def test_the_same_scale_gives_the_same_cases_each_with_its_name():
    cases = edge_cases(CALM)
    assert cases == edge_cases(scale_of(calm()))
    assert len({case.name for case in cases}) == len(cases)


def test_a_moved_cut_moves_its_cases():
    moved = edited(calm(), "bands", "total", "edges", 2, "from", to=11)
    assert edge_cases(scale_of(moved)) != edge_cases(CALM)


def test_edges_by_sex_are_approached_for_each_sex():
    for name, sex in (("female 4 high, female", "female"), ("male 6 high, male", "male")):
        below, at = (nightly_cases()[f"total default {name}: just {where}"] for where in ("below", "at"))
        assert below.profile == at.profile == {"sex": sex}
        bands = [outcome_of(NIGHTLY, each.answers, sex=sex).bands["total"] for each in (below, at)]
        assert bands == ["low", "high"]


def test_a_share_of_the_sheet_is_gone_beyond_by_one_answer():
    fine, too_many = (nightly_cases()[f"strict: {count} of the sheet missing"] for count in (2, 3))
    assert outcome_of(NIGHTLY, fine.answers).scores["strict"] is not None
    assert outcome_of(NIGHTLY, too_many.answers).scores["strict"] is None
