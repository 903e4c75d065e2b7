from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.scoring.flags import live_flags
from tests.scoring.invented import calm, edited, nine, outcome_of, scale_of, winding

CALM = scale_of(calm())
WINDING = scale_of(winding())


def flagged(answers, profile=None, scale=CALM):
    return [flag.id for flag in live_flags(scale, answers, profile)]


@pytest.mark.parametrize(("value", "ids"), [(0, []), (1, ["safety"]), (3, ["safety"]), (None, [])])
def test_the_flag_looks_at_the_raw_answer(value, ids):
    assert flagged({"q9": value}) == ids


def test_an_otherwise_empty_or_wrong_form_cannot_suppress_a_flag():
    assert flagged({"q9": 1, "q1": "x", "q2": [], "zz": {}, "q3": 10**40}) == ["safety"]
    assert flagged({"q9": 1}, {"sex": 5}) == ["safety"]
    assert flagged(MappingProxyType({"q9": 1})) == ["safety"]


@pytest.mark.parametrize("value", [True, "1", 1.0, 4, -1, [1], {"value": 1}, float("nan"), 10**100])
def test_a_wrong_value_is_unknown(value):
    assert flagged({"q9": value}) == []


def test_unknown_is_not_no():
    negated = scale_of(edited(calm(), "flags", 0, "when", to="not q9 == 0"))
    assert flagged({}, scale=negated) == []
    assert flagged({"q9": "0"}, scale=negated) == []
    assert flagged({"q9": 2}, scale=negated) == ["safety"]
    either = scale_of(edited(calm(), "flags", 0, "when", to="q8 >= 2 or q9 >= 1"))
    assert flagged({"q9": 1}, scale=either) == ["safety"]


def test_an_answer_behind_a_branch_still_counts_for_flags():
    hidden = {"a1": 3, "a2": 1, "b1": 4}
    assert flagged(hidden, {"sex": "male"}, WINDING) == ["notice"]
    assert outcome_of(WINDING, hidden, sex="male").flags == ("notice",)


GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["q9", "a1", "sex", "é"]), inner),
    max_leaves=8,
)


@given(GARBAGE, GARBAGE, st.sampled_from([CALM, WINDING]))
def test_no_garbage_makes_it_raise(answers, profile, scale):
    assert isinstance(live_flags(scale, answers, profile), tuple)


@given(st.lists(st.none() | st.integers(0, 3), min_size=9, max_size=9))
def test_flags_of_an_outcome_are_the_live_ones(values):
    assert list(outcome_of(CALM, nine(*values)).flags) == flagged(nine(*values))
