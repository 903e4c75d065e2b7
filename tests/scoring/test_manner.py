"""The manner of answering: each test on its own, unknown is no finding, and a finding lowers nothing."""

import pytest

from heartport.scoring.manner import findings
from heartport.scoring.sheets import read_loosely
from tests.scoring.invented import calm, edited, nine, problems_of, scale_of, winding, words


def judged(*tests, document=None):
    return edited(document or calm(), "validity", to=list(tests))


def check(name="hasty", do="annotate", **test):
    return {"id": name, "do": do, "text": words("您答得很快，要再看一遍吗？"), **test}


def found(test, answers, duration_ms=None, document=None):
    scale = scale_of(judged(check(**test), document=document))
    sheet = read_loosely(scale, answers, {})
    return [each.id for each in findings(scale, sheet, scale.plan.score(sheet), duration_ms)]


PACE = {"pace": {"seconds_per_item": 1.5}}


@pytest.mark.parametrize(
    ("answers", "duration_ms", "hasty"),
    [
        (nine(*[1] * 9), 13_499, True),
        (nine(*[1] * 9), 13_500, False),
        (nine(1, 1), 2_999, True),
        (nine(1, 1), 3_000, False),
        (nine(*[1] * 9), None, False),
        (nine(), 0, False),
    ],
)
def test_pace_is_the_time_for_each_answer(answers, duration_ms, hasty):
    assert found(PACE, answers, duration_ms) == (["hasty"] if hasty else [])


LONG = {"longstring": {"of": "q1..q9", "at_least": 5}}


@pytest.mark.parametrize(
    ("values", "long"),
    [
        ((1, 1, 1, 1, 1, 0, 0, 0, 0), True),
        ((0, 0, 0, 0, 1, 1, 1, 1, 1), True),
        ((0, 0, 0, 0, 1, 1, 1, 1, 0), False),
        ((1, 1, 1, None, 1, 1, 0, 0, 0), False),
        ((None,) * 9, False),
    ],
)
def test_a_long_string_is_unbroken(values, long):
    assert found(LONG, nine(*values)) == (["hasty"] if long else [])


def test_a_contradiction_counts_after_the_keys():
    keyed = edited(calm(), "keying", to=[{"items": "q9", "reverse": [0, 3]}])
    keyed = edited(keyed, "tests", to=[{"name": "one", "answers": {"q1..q9": 0}, "expect": {"flags": []}}])
    test = {"contradiction": {"pairs": [["q1", "q9"], ["q2", "q3"]], "apart": 3, "at_least": 1}}
    assert found(test, nine(3, 0, 0, 0, 0, 0, 0, 0, 3), document=keyed) == ["hasty"]
    assert found(test, nine(3, 0, 0, 0, 0, 0, 0, 0, 0), document=keyed) == []
    assert found(test, nine(1, 0, 3, 0, 0, 0, 0, 0, 0), document=keyed) == ["hasty"]
    assert found(test, nine(1, None, 3, 0, 0, 0, 0, 0, 0), document=keyed) == []
    both = {"contradiction": {**test["contradiction"], "at_least": 2}}
    assert found(both, nine(3, 0, 0, 0, 0, 0, 0, 0, 3), document=keyed) == []
    assert found(both, nine(3, 0, 3, 0, 0, 0, 0, 0, 3), document=keyed) == ["hasty"]


@pytest.mark.parametrize(("answer", "wrong"), [(1, False), (0, True), (None, False)])
def test_attention_has_one_right_answer_and_a_blank_is_none(answer, wrong):
    assert found({"attention": {"item": "hard", "expects": 1}}, {"hard": answer}) == (["hasty"] if wrong else [])


def test_a_condition_may_look_at_scores_and_bands():
    test = {"when": "total == 0 and hard == 1"}
    assert found(test, nine(*[0] * 9) | {"hard": 1}) == ["hasty"]
    assert found(test, nine(*[0] * 9)) == []
    assert found(test, {"hard": 1}) == []
    assert found({"when": "total.band == severe"}, nine(*[3] * 9)) == ["hasty"]


def test_an_answer_behind_a_branch_is_no_part_of_it():
    test = {"longstring": {"of": "a1..a5", "at_least": 5}}
    quiet = edited(winding(), "items", 1, to={k: v for k, v in winding()["items"][1].items() if k != "interview_skip"})
    assert found(test, {f"a{at}": 1 for at in range(1, 6)}, document=quiet) == []
    assert found(test, {f"a{at}": 2 for at in range(1, 6)}, document=quiet) == ["hasty"]


def test_a_finding_changes_no_score_and_lowers_no_flag():
    scale = scale_of(judged(check(**PACE), check("long", **LONG)))
    plain = scale_of(calm())
    answers = nine(*[1] * 9)
    assert scale.plan.score(read_loosely(scale, answers, {})) == plain.plan.score(read_loosely(plain, answers, {}))


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        ({}, "validity › hasty: exactly one of when, pace, longstring, contradiction, attention is expected"),
        ({**PACE, **LONG}, "validity › hasty: exactly one of when, pace"),
        ({**PACE, "do": "punish"}, "validity › hasty › do: one of ask_again, annotate, leave_out_of_aggregate"),
        ({**PACE, "text": None}, "validity › hasty › text: value missing"),
        ({"pace": {"seconds_per_item": 0}}, "pace › seconds_per_item: a number of seconds above 0, up to 60"),
        ({"longstring": {"of": "q1..q4", "at_least": 5}}, "validity › hasty: there are only 4 items for a row of 5"),
        ({"longstring": {"of": "q1..q10", "at_least": 5}}, "validity › hasty: no item with options is called q10"),
        (
            {"contradiction": {"pairs": [["q1", "q2", "q3"]], "apart": 1, "at_least": 1}},
            "contradiction › pairs › 1: two items are expected",
        ),
        (
            {"contradiction": {"pairs": [["q1", "q2"]], "apart": 4, "at_least": 1}},
            "validity › hasty: q1 and q2 are never 4 apart",
        ),
        (
            {"contradiction": {"pairs": [["q1", "q2"]], "apart": 1, "at_least": 2}},
            "validity › hasty: there are only 1 pairs",
        ),
        ({"attention": {"item": "q1", "expects": 4}}, "validity › hasty: q1 is never 4"),
        ({"when": "total > 27"}, "validity › hasty › when: total > 27 can never hold"),
        ({"when": "always"}, "validity › hasty › when: `always` is for advice"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(test, problem):
    problems = problems_of(judged(check(**test)))
    assert any(problem in each for each in problems), problems


def test_two_tests_have_two_ids():
    assert problems_of(judged(check(**PACE), check(**LONG))) == ["calm 1.0.0 › validity › hasty: the id stands twice"]


def test_examples_may_expect_findings():
    example = {"name": "one", "answers": {"q1..q9": 1}, "duration_ms": 5000, "expect": {"validity": ["hasty"]}}
    assert problems_of(edited(judged(check(**PACE)), "tests", 0, to=example)) == []
    slow = {**example, "duration_ms": 50_000}
    assert problems_of(edited(judged(check(**PACE)), "tests", 0, to=slow))[0].endswith("[hasty] expected, [] found")
