"""What is an answer to each kind of item, in which state an item is, and what then counts."""

from fractions import Fraction

import pytest

from heartport.scoring.forms import State
from heartport.scoring.sheets import NOT_ANSWERED, NOT_ASKED, read_loosely, read_sheet
from tests.scoring.invented import edited, nightly, options, outcome_of, problems_of, scale_of, without

NIGHTLY = scale_of(nightly())
NIGHT = {"bed": "23:30", "rise": "07:30", "slept": 408, "cups": 1.5, "n1": 1, "n2": 1, "n3": 1, "n5": 0} | {
    "why": [],
    "gate": 0,
}
WOMAN, MAN = {"sex": "female"}, {"sex": "male"}


def value_of(item, raw, **profile):
    sheet, errors = read_sheet(NIGHTLY, NIGHT | {item: raw}, profile or MAN)
    return sheet.answers()[item], errors.get(f"answers.{item}")


@pytest.mark.parametrize(
    ("item", "raw", "value"),
    [
        ("bed", "00:00", 0),
        ("bed", "23:59", 1439),
        ("slept", 0, 0),
        ("slept", 1200, 1200),
        ("cups", 2, 2),
        ("cups", 2.5, Fraction(5, 2)),
        ("cups", 0.0, 0),
        ("why", [], ()),
        ("why", [4, 1], (1, 4)),
        ("since", "2024-02-29", 738945),
        ("n1", 0, 0),
    ],
)
def test_each_kind_reads_its_answers_exactly(item, raw, value):
    assert value_of(item, raw) == (value, None)


TIME, DAY = ["请填写 24 小时制的时间，例如 23:30。"], ["请填写日期，例如 2026-11-22。"]
MINUTES, CUPS = ["请填写 0 到 1200 之间的整数（分钟）。"], ["请填写 0 到 6 之间的数，每档相差 0.5。"]
REASONS = ["请从这些选项中选择，可以选几个，也可以一个都不选：1、2、4。"]


@pytest.mark.parametrize(
    ("item", "raw", "message"),
    [
        *(("bed", raw, TIME) for raw in ("24:00", "7:30", "07:60", "07:30:00", " 07:30", "０７:30", 450, True, "", [])),
        *(("slept", raw, MINUTES) for raw in (-1, 1201, 7.0, "7", True, float("nan"), 10**30, {}, [7])),
        *(("cups", raw, CUPS) for raw in (-0.5, 6.5, 0.25, 1e300, float("inf"), float("nan"), "1.5", False, [1])),
        *(("since", raw, DAY) for raw in ("2023-02-29", "1899-12-31", "2101-01-01", "2024-2-9", "20240229", 738945)),
        *(("why", raw, REASONS) for raw in ([3], [1, 1], [True], ["1"], 1, "1", {"1": 1}, [1, 2, 4, 1])),
    ],
)
def test_what_is_no_answer_is_refused_with_what_may_be_answered(item, raw, message):
    assert value_of(item, raw) == (None, message)


def test_a_text_has_its_length_and_is_asked_only_where_its_branch_says():
    assert read_sheet(NIGHTLY, NIGHT | {"why": [4], "note": "字" * 20}, MAN)[1] == {}
    for raw in ("字" * 21, "", "  ", 7):
        assert read_sheet(NIGHTLY, NIGHT | {"why": [4], "note": raw}, MAN)[1] == {
            "answers.note": ["请填写最多 20 个字。"]
        }
    assert read_sheet(NIGHTLY, NIGHT | {"why": [1, 2], "note": "字"}, MAN)[1] == {
        "answers.note": [NOT_ASKED[State.HIDDEN]]
    }


def test_a_notice_is_never_answered():
    assert "intro" not in NIGHTLY.form.items
    assert read_sheet(NIGHTLY, NIGHT | {"intro": 1}, MAN)[1] == {"answers.intro": ["这份量表没有这一题。"]}


def test_an_item_that_does_not_apply_is_na_and_counts_as_the_file_says_whatever_was_sent():
    sheet, errors = read_sheet(NIGHTLY, NIGHT, MAN)
    assert (errors, sheet.state("n4"), sheet.answers()["n4"]) == ({}, State.NA, 0)
    sheet, errors = read_sheet(NIGHTLY, NIGHT | {"n4": 3}, MAN)
    assert errors == {"answers.n4": [NOT_ASKED[State.NA]]}
    sheet = read_loosely(NIGHTLY, NIGHT | {"n4": 3}, MAN)
    assert (sheet.state("n4"), sheet.answers()["n4"], sheet.ignored) == (State.NA, 0, ("n4",))


@pytest.mark.parametrize("profile", [WOMAN, {}, {"sex": None}, {"sex": "other"}])
def test_an_item_applies_unless_it_is_known_not_to(profile):
    sheet, errors = read_sheet(NIGHTLY, NIGHT, profile)
    applies = profile.get("sex") != "other"
    assert errors == ({"answers.n4": [NOT_ANSWERED]} if applies else {})
    assert sheet.state("n4") is (State.MISSING if applies else State.NA)


def test_a_blank_counts_only_where_the_file_says_so_and_stays_missing():
    blank = read_loosely(NIGHTLY, {name: raw for name, raw in NIGHT.items() if name not in {"n5", "n3"}}, MAN)
    assert (blank.state("n5"), blank.answers()["n5"]) == (State.MISSING, 0)
    assert (blank.state("n3"), blank.answers()["n3"]) == (State.MISSING, None)
    sheet, errors = read_sheet(NIGHTLY, NIGHT | {"n5": None}, MAN)
    assert (errors, sheet.state("n5"), sheet.answers()["n5"]) == ({}, State.MISSING, 0)
    assert NIGHTLY.plan.score(sheet).missing == ()


def test_na_hidden_and_missing_are_told_apart_from_zero():
    """The negative control: were any of the three the same as 0, the means would be the same."""
    mean = {name: outcome_of(NIGHTLY, NIGHT | {"n1": raw}).scores["strict"] for name, raw in (("0", 0), ("gap", None))}
    assert mean == {"0": Fraction(2, 3), "gap": 1}


@pytest.mark.parametrize(
    ("at", "change", "problem"),
    [
        (3, {"range": [1200, 0]}, "items › slept › range: the lowest and the highest number are expected"),
        (3, {"range": [0, 1200], "step": 7}, "items › slept › range: either whole: true or a step is expected"),
        (3, {"range": [0.5, 3]}, "items › slept › range: whole numbers are expected"),
        (3, {"range": [0, 10**6]}, "items › slept › range: more than 100000 steps"),
        (3, {"whole": False}, "items › slept › whole: true is expected; for others write a step"),
        (4, {"step": 0.7}, "items › cups › range: the highest number is not a whole number of steps above the lowest"),
        (4, {"step": 0}, "items › cups › range: the highest number is not a whole number of steps above the lowest"),
        (4, {"options": "often"}, "items › cups › options: only with kind: choice, multi"),
        (1, {"range": [0, 1]}, "items › bed › range: only with kind: number"),
        (0, {"optional": True}, "items › intro › optional: unknown construct"),
        (6, {"when_na": 4}, "items › n4 › when_na: not an answer to this item"),
        (6, {"applies_if": "n5 > 1"}, "items › n4 › applies_if: n5 is not known here"),
        (6, {"applies_if": "n4 > 1"}, "items › n4 › applies_if: n4 is not known here"),
        (6, {"applies_if": "note > 1"}, "items › n4 › applies_if: note is not known here"),
        (7, {"when_missing": "0"}, "items › n5 › when_missing: not an answer to this item"),
        (7, {"when_na": 0}, "items › n5 › when_na: only with applies_if"),
        (
            11,
            {"show_if": "why >= 1"},
            "items › note › show_if: at why several may be chosen; write why includes a value",
        ),
        (11, {"show_if": "why includes 3"}, "items › note › show_if: why never includes 3"),
        (11, {"show_if": "n1 includes 1"}, "items › note › show_if: at n1 only one may be chosen; write a comparison"),
        (11, {"longest": 201}, "items › note › longest: a whole number from 1 to 200"),
    ],
)
def test_what_does_not_fit_an_item_is_told_with_its_place(at, change, problem):
    document = nightly()
    document["items"][at] |= change
    assert any(problem in each for each in problems_of(document)), problems_of(document)


def test_what_an_item_that_does_not_apply_counts_as_must_be_said():
    problems = problems_of(without(nightly(), "items", 6, "when_na"))
    assert problems == [
        "nightly 1.0.0 › items › n4 › applies_if: when_na must say what an item that does not apply counts as: "
        "missing, or a value"
    ]


def test_numbers_are_not_keyed():
    keyed = edited(nightly(), "keying", to=[{"items": "slept", "reverse": [0, 1200]}])
    assert problems_of(keyed) == ["nightly 1.0.0 › keying › 1 › items: slept has no options; write a cut or a formula"]


def test_chosen_options_count_together_and_a_key_turns_each():
    keyed = edited(nightly(), "keying", to=[{"items": "why", "map": {1: 10, 2: 0, 4: -1}}])
    document = edited(edited(keyed, "tests", to=[]), "status", to="draft")
    scale = scale_of(document)
    assert outcome_of(scale, NIGHT | {"why": [1, 4]}).scores["reasons"] == 9
    assert outcome_of(scale, NIGHT | {"why": []}).scores["reasons"] == 0
    assert outcome_of(scale, NIGHT | {"why": None}).scores["reasons"] is None
    reasons = next(score for score in scale.scores if score.id == "reasons")
    assert (reasons.min, reasons.max) == (-1, 10)


def test_the_options_of_several_choices_are_whole_numbers_like_any():
    assert problems_of(edited(nightly(), "options", "reasons", to=options(1, 1)))[0].endswith(
        "the value 1 stands twice"
    )
