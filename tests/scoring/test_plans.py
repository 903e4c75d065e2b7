"""The promises of scoring, each with a broken variant that must be caught."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.scoring.exact import Exact, Rounding, rounded
from heartport.scoring.plans import ENGINE_VERSION, Outcome
from heartport.scoring.sheets import read_loosely
from tests.scoring.invented import calm, edited, nine, outcome_of, problems_of, scale_of, winding, without, words

CALM = scale_of(calm())
WINDING = scale_of(winding())
EDGES = [(0, "minimal"), (5, "mild"), (10, "moderate"), (15, "high"), (20, "severe")]

Scorer = Callable[[Mapping[str, object]], Outcome]


def scored(answers):
    return outcome_of(CALM, answers)


# --- Broken variants: the mistakes of other software ----------------------------------------------------------


def zero_for_missing(answers):
    return scored({f"q{at}": 0 for at in range(1, 10)} | {k: v for k, v in answers.items() if v is not None})


def rounded_before_banding(answers):
    outcome = scored(answers)
    total = outcome.scores["total"]
    if total is None:
        return outcome
    whole = rounded(total, Rounding("half_up", 0))
    return outcome._replace(scores={"total": whole}, bands={"total": naive_band(whole)})


def strict_edges(answers):
    outcome = scored(answers)
    total = outcome.scores["total"]
    below = None if total is None else naive_band(total - Fraction(1, 1000))
    return outcome._replace(bands={"total": below})


def zero_is_nothing(answers):
    return scored({item: value or None for item, value in answers.items()})


def prorates_over_anything(answers):
    every = scale_of(edited(calm(), "scores", "total", "missing", "allow", to=8))
    return outcome_of(every, answers)


def float_total(answers):
    outcome = scored(answers)
    total = outcome.scores["total"]
    return outcome._replace(scores={"total": None if total is None else float(total)})


BROKEN = [zero_for_missing, rounded_before_banding, strict_edges, zero_is_nothing, prorates_over_anything, float_total]


# --- Promises --------------------------------------------------------------------------------------------------


def naive_band(total: Exact) -> str | None:
    return next((name for start, name in reversed(EDGES) if total >= start), None)


def promise_zero_is_an_answer(score: Scorer):
    assert score(nine(*[0] * 9)).scores == {"total": 0}
    assert score(nine(*[0] * 9)).missing == ()


def promise_three_of_nine_are_no_score(score: Scorer):
    outcome = score(nine(1, 1, 1))
    assert outcome.scores == {"total": None}
    assert outcome.bands == {"total": None}
    assert outcome.missing == ("q4", "q5", "q6", "q7", "q8", "q9")


def promise_two_missing_are_prorated(score: Scorer):
    outcome = score(nine(1, 1, 1, 1, 1, 1, 1, None, None))
    assert outcome.scores == {"total": 9}
    assert type(outcome.scores["total"]) is int
    assert outcome.missing == ("q8", "q9")


def promise_three_missing_are_not(score: Scorer):
    assert score(nine(1, 1, 1, 1, 1, 1, None, None, None)).scores == {"total": None}


def promise_nothing_is_rounded(score: Scorer):
    outcome = score(nine(2, 2, 2, 2, 0, 0, 0, 0, None))
    assert outcome.scores == {"total": 9}
    outcome = score(nine(3, 3, 3, 0, 0, 0, 0, 0, None))
    assert outcome.scores == {"total": Fraction(81, 8)}
    assert type(outcome.scores["total"]) is Fraction
    outcome = score(nine(3, 3, 1, 0, 0, 0, 0, None, None))
    assert outcome.scores == {"total": 9}
    outcome = score(nine(2, 2, 2, 2, 2, 1, 0, 0, None))
    assert outcome.scores == {"total": Fraction(99, 8)}


def promise_just_below_an_edge_is_below(score: Scorer):
    # 13 × 9 / 8 = 14.625 and 11 × 9 / 7 = 14.142…: both would round up to the next band or near it.
    assert score(nine(2, 2, 2, 2, 2, 1, 1, 1, None)).bands == {"total": "moderate"}
    assert score(nine(2, 2, 2, 2, 2, 1, 0, None, None)).bands == {"total": "moderate"}
    assert score(nine(1, 1, 1, 1, 0, 0, 0, 0, None)).bands == {"total": "minimal"}


def promise_each_edge_belongs_to_its_band(score: Scorer):
    for total in range(28):
        values = [3] * (total // 3) + ([total % 3] if total % 3 else [])
        values += [0] * (9 - len(values))
        outcome = score(nine(*values))
        assert outcome.scores == {"total": total}
        assert outcome.bands == {"total": naive_band(total)}


PROMISES = [
    promise_zero_is_an_answer,
    promise_three_of_nine_are_no_score,
    promise_two_missing_are_prorated,
    promise_three_missing_are_not,
    promise_nothing_is_rounded,
    promise_just_below_an_edge_is_below,
    promise_each_edge_belongs_to_its_band,
]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_the_plan_keeps_its_promises(promise):
    promise(scored)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_variant_breaks_a_promise(broken):
    def breaks(promise):
        try:
            promise(broken)
        except AssertionError:
            return True
        return False

    assert any(breaks(promise) for promise in PROMISES)


# --- Single rules ----------------------------------------------------------------------------------------------


def test_a_total_a_thousandth_below_an_edge_stays_below():
    (banding,) = CALM.plan.shown
    row = [None] * banding.score_slot + [Fraction(9999, 1000)]
    assert banding.band(row) == "mild"
    row[-1] = 10
    assert banding.band(row) == "moderate"
    row[-1] = -1
    assert banding.band(row) is None


def test_an_invalid_answer_is_never_prorated_over():
    outcome = scored(nine(1, 1, 1, 1, 1, 1, 1, 1, 7))
    assert outcome.scores == {"total": None}
    assert outcome.invalid == ("q9",)
    assert outcome.missing == ()


def test_an_invalid_answer_spoils_only_the_scores_that_need_it():
    outcome = outcome_of(WINDING, {"a1": 2, "a2": 2, "a3": 2, "a4": 2, "a5": 9, "b2": 0}, sex="male")
    assert outcome.scores["inner"] == 2
    assert outcome.scores["ease"] is None


def test_an_unscored_item_is_neither_counted_nor_missing():
    assert scored(nine(*[1] * 9) | {"hard": 1}).scores == scored(nine(*[1] * 9)).scores
    assert scored(nine(*[1] * 9)).missing == ()


def test_keys_means_weights_and_scores_of_scores_come_together():
    outcome = outcome_of(WINDING, {"a1": 1, "a2": 2, "a3": 4, "a4": 3, "a5": 5, "b1": 2, "b2": 2}, sex="female")
    ease = Fraction(5 + 2 + 2 + 3 + 5, 5)
    load = 2 * (2 + Fraction(5, 2) + 1)
    assert outcome.scores == {"both": ease + load / 2, "ease": ease, "load": load, "inner": Fraction("2.5")}
    assert outcome.bands == {"ease": "tense"}
    assert outcome.band_sets == {"ease": {"narrow": "mid"}}


def test_where_no_set_is_shown_a_score_has_no_band_and_the_sets_stand_aside():
    document = without(edited(winding(), "bands", "ease", "shown", to="none"), "advice", 0)
    document["tests"][0]["expect"] = {"ease": 2.6, "ease.band.wide": "calm", "ease.band.narrow": "mid"}
    outcome = outcome_of(scale_of(document), {"a1": 1, "a2": 2, "a3": 4, "a4": 3, "a5": 5, "b2": 2})
    assert outcome.bands == {}
    assert outcome.band_sets == {"ease": {"narrow": "mid", "wide": "tense"}}


def test_advice_may_not_look_at_a_set_that_is_not_shown():
    document = edited(winding(), "bands", "ease", "shown", to="none")
    assert "advice › tense › when: ease.band is not known here" in " ".join(problems_of(document))


def test_a_missing_answer_is_filled_after_its_key():
    outcome = outcome_of(WINDING, {"a1": 1, "a2": 1, "a4": 1}, sex="male")
    assert outcome.scores["ease"] == Fraction(5 + 1 + 1 + 1, 4)


def test_a_score_of_an_absent_score_is_absent():
    outcome = outcome_of(WINDING, {"a1": 1, "a2": 1, "a3": 1, "a4": 1}, sex="male")
    assert outcome.scores["load"] is None
    assert outcome.scores["both"] is None
    assert outcome.missing == ("b1", "b2")


def test_scores_are_given_in_the_order_of_the_file_whatever_they_rest_on():
    assert list(outcome_of(WINDING, {}).scores) == ["both", "ease", "load", "inner"]


def test_advice_comes_in_the_order_of_the_file():
    assert scored(nine(3, 3, 3, 3, 0, 0, 0, 0, 0)).advice == ("talk", "rest")


def test_under_an_urgent_flag_only_advice_that_leads_to_people_is_left():
    assert scored(nine(3, 3, 3, 3, 0, 0, 0, 0, 1)).advice == ("talk",)
    assert scored(nine(0, 0, 2, 0, 0, 0, 0, 0, 1)).advice == ()


def test_unknown_matches_no_advice():
    assert scored(nine(3, 3, 1)).advice == ()
    assert outcome_of(WINDING, {"a1": 1, "a2": 5, "a3": 1, "a4": 5, "a5": 5}).advice == ()
    assert outcome_of(WINDING, {"a1": 1, "a2": 5, "a3": 1, "a4": 5, "a5": 5}, sex="female").advice == ("tense",)
    assert outcome_of(WINDING, {}, birth_year=1990).advice == ("born",)


def test_a_flag_needs_no_score():
    outcome = scored({"q9": 1})
    assert outcome.scores == {"total": None}
    assert outcome.flags == ("safety",)


def test_without_flags_advice_and_bands_a_scale_still_scores():
    document = calm()
    for key in ("flags", "advice", "bands", "tests"):
        document = without(document, key)
    bare = scale_of(edited(document, "status", to="draft"))
    outcome = outcome_of(bare, nine(*[1] * 9))
    assert outcome == Outcome({"total": 9}, {}, {}, (), (), (), ())


def test_a_score_of_one_item_works():
    single = edited(calm(), "scores", "first", to={"label": words(), "sum": "q1"})
    assert outcome_of(scale_of(single), nine(3, *[0] * 8)).scores == {"total": 3, "first": 3}


def test_the_engine_has_a_version():
    assert ENGINE_VERSION == "1.1.0"


# --- Against a naive implementation ----------------------------------------------------------------------------


def naive_calm(values):
    known = [value for value in values if value is not None]
    return Fraction(sum(known) * 9, len(known)) if len(known) >= 7 else None


@given(st.lists(st.none() | st.integers(0, 3), min_size=9, max_size=9))
def test_the_plan_equals_a_naive_prorated_sum(values):
    outcome = scored(nine(*values))
    total = naive_calm(values)
    assert outcome.scores == {"total": total}
    assert outcome.bands == {"total": None if total is None else naive_band(total)}
    assert outcome.flags == (("safety",) if values[8] else ())
    assert outcome.missing == tuple(f"q{at}" for at, value in enumerate(values, start=1) if value is None)


def naive_winding(answers, sex):
    """Score the winding scale with no plan, no row and no compiled condition."""
    a1, a2, a3, a4, a5, b1, b2 = (answers.get(name) for name in ("a1", "a2", "a3", "a4", "a5", "b1", "b2"))
    if a5 is None and a4 == 1:
        a5 = 1
    many = None if a1 is None or a2 is None else a1 + a2 >= 8
    if sex != "female" and many is False and sex is not None:
        b1 = None
    turned = [a1 and 6 - a1, a2, a3 and 6 - a3, a4, a5]
    known = [value for value in turned if value is not None]
    ease = Fraction(sum(known), len(known)) if len(known) >= 2 else None
    load = None
    if None not in (a1, b1, b2):
        load = 2 * (a1 + b1 + {0: Fraction(0), 2: Fraction("2.5"), 4: Fraction(10)}[b2])
    inner = None
    if None not in (a1, a2, a3, a4):
        inner = Fraction((a1 + a2 + a3 + a4) * 10 * 2 + 4, 8) // 1 / Fraction(10)
    both = None if ease is None or load is None else ease + load / 2
    return {"both": both, "ease": ease, "load": load, "inner": inner}


FIVE = st.none() | st.integers(1, 5)
UNEVEN = st.none() | st.sampled_from([0, 2, 4])
SHEETS = st.fixed_dictionaries({"a1": FIVE, "a2": FIVE, "a3": FIVE, "a4": FIVE, "a5": FIVE, "b1": UNEVEN, "b2": UNEVEN})


@given(SHEETS, st.sampled_from(["female", "male", "other", None]))
def test_the_plan_equals_a_naive_scoring_of_a_winding_scale(answers, sex):
    outcome = outcome_of(WINDING, answers, sex=sex)
    expected = naive_winding(answers, sex)
    assert outcome.scores == expected
    ease = expected["ease"]
    assert outcome.bands["ease"] == (None if ease is None else "tense" if ease >= 3 else "calm")


@given(SHEETS)
def test_every_score_stays_within_its_attainable_range(answers):
    outcome = outcome_of(WINDING, answers, sex="female")
    for score in WINDING.scores:
        value = outcome.scores[score.id]
        assert value is None or score.min <= value <= score.max


@given(SHEETS)
def test_whole_numbers_are_ints_and_others_fractions(answers):
    for value in outcome_of(WINDING, answers, sex="female").scores.values():
        assert value is None or type(value) is (int if value.denominator == 1 else Fraction)


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9), st.integers(0, 8))
def test_a_higher_answer_never_lowers_the_band(values, at):
    order = [name for _, name in EDGES]
    bands = []
    for value in range(4):
        values[at] = value
        bands.append(order.index(scored(nine(*values)).bands["total"]))
    assert all(lower <= upper for lower, upper in pairwise(bands))


def test_a_sheet_is_scored_the_same_twice_and_left_alone():
    sheet = read_loosely(CALM, nine(1, 2, 3, None, 0, 0, 0, 0, 1), {})
    copy = replace(CALM.plan).score(sheet)
    assert CALM.plan.score(sheet) == CALM.plan.score(sheet) == copy
