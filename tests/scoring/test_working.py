"""The working of a score says the numbers that scoring gave, on random sheets of every scale."""

import os
import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartport.scoring.forms import State
from heartport.scoring.kinds import answers_of
from heartport.scoring.language import Scale
from heartport.scoring.sheets import read_loosely
from heartport.scoring.working import Working, Workings, workings_of
from heartport.scoring.working_words import calculation, told_entry, told_missing, told_place
from tests.scoring.invented import calm, edited, nightly, nine, scale_of, winding
from tests.scoring.shipped import NAMES, library

INVENTED = {"calm": scale_of(calm()), "winding": scale_of(winding()), "nightly": scale_of(nightly())}
SCALES = {**library().current, **INVENTED}
FULL = os.environ.get("HEARTPORT_PROOF") == "1"
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?")
profiles = st.fixed_dictionaries({}, optional={"sex": st.sampled_from(["female", "male", "other"])})


def sheets_of(scale: Scale) -> st.SearchStrategy:
    """Sheets with some answers missing, as often none as many."""
    answer = {item.id: st.sampled_from(answers_of(item) or ["字"]) for item in scale.asked}
    some_missing = {name: st.one_of(st.none(), each, each, each) for name, each in answer.items()}
    return st.one_of(st.fixed_dictionaries(answer), st.fixed_dictionaries(some_missing))


def told(scale: Scale, answers: dict, profile: dict | None = None) -> Workings:
    return workings_of(scale, read_loosely(scale, answers, profile or {}))


def working(scale: Scale, score: str, answers: dict, **profile: object) -> Working:
    return next(each for each in told(scale, answers, profile).scores if each.score.id == score)


SIGNS = {"×": "*", "mod": "%", "≥": ">=", "≤": "<=", "≠": "!=", " = ": " == "}


def worked_out(text: str) -> tuple[Fraction, Fraction]:
    """Work out what a calculation says on its two sides; of a cut, what its stretch gives."""
    if "→" in text:
        return (Fraction(text.rsplit(" → ", 1)[1]),) * 2
    left, right = text.rsplit(" = ", 1)
    for sign, plain in SIGNS.items():
        left = left.replace(sign, plain)
    sides = (NUMBER.sub(lambda match: f"Fraction('{match[0]}')", side) for side in (left, right))
    return tuple(Fraction(eval(side, {"Fraction": Fraction})) for side in sides)


def mistakes(scale: Scale, found: Workings) -> list[str]:
    """Name what a reader who checks the working finds wrong with it."""
    wrong = []
    for each in found.scores:
        name, value = each.score.id, found.outcome.scores[each.score.id]
        text = calculation(each)
        if each.value != value or (text is None) != (value is None):
            wrong.append(f"{name}: value")
        if text is not None and each.score.round is None and worked_out(text) != (value, value):
            wrong.append(f"{name}: calculation")
        band = each.place.band.id if each.place else None
        if band != found.outcome.bands.get(name):
            wrong.append(f"{name}: band")
        if each.place and not (each.place.start <= value < (each.place.below or value + 1)):
            wrong.append(f"{name}: edges")
        wrong += [f"{name}: {entry.id}" for entry in each.absent if entry.state is State.ANSWERED]
    return wrong


def check_a_sheet(scale: Scale, data: st.DataObject) -> None:
    answers, profile = data.draw(sheets_of(scale)), data.draw(profiles)
    found = told(scale, answers, profile)
    assert found.outcome == scale.plan.score(read_loosely(scale, answers, profile))
    assert mistakes(scale, found) == []


@pytest.mark.parametrize("name", INVENTED)
@given(data=st.data())
def test_every_step_of_a_random_sheet_leads_to_the_scored_number(name: str, data: st.DataObject) -> None:
    check_a_sheet(INVENTED[name], data)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=100 if FULL else 5)
@given(data=st.data())
def test_so_does_every_step_of_a_published_scale(name: str, data: st.DataObject) -> None:
    check_a_sheet(SCALES[name], data)


def test_a_working_that_tells_another_number_is_caught() -> None:
    """The negative control: a working whose value, sum or band is not the outcome's."""
    right = told(SCALES["phq9"], nine(*[1] * 9))
    other = told(SCALES["phq9"], nine(*[2] * 9))
    mixed = Workings(right.outcome, other.scores)
    assert mistakes(SCALES["phq9"], right) == []
    assert mistakes(SCALES["phq9"], mixed) == ["total: value", "total: calculation", "total: band", "total: edges"]


def test_the_missing_of_a_prorated_sum_stand_at_the_exact_mean() -> None:
    found = working(SCALES["phq9"], "total", nine(1, 1, 1, 1, 1, 1, 2, None, None))
    assert (found.value, found.exact) == (Fraction(72, 7), Fraction(72, 7))
    assert [(entry.id, entry.counted_as, entry.filled) for entry in found.entries[6:]] == [
        ("q7", 2, False),
        ("q8", Fraction(8, 7), True),
        ("q9", Fraction(8, 7), True),
    ]
    assert calculation(found) == "1 + 1 + 1 + 1 + 1 + 1 + 2 + 8/7 + 8/7 = 72/7"
    assert told_place(found)["zh-CN"].startswith("分数 72/7 不低于 10，低于 15，所以是")


def test_what_the_k10_skips_counts_as_one_and_is_no_answer() -> None:
    found = working(SCALES["k10"], "total", {f"q{n}": 1 if n == 2 else 3 for n in range(1, 11) if n != 3})
    third = found.entries[2]
    assert (third.state, third.answer, third.counted_as, third.filled) == (State.HIDDEN, None, 1, False)
    assert told_entry(third)["zh-CN"] == "根据前面的回答，这一题不用答，按 1 计。"
    assert found.absent == ()
    assert told_missing(found)["zh-CN"] == "没有缺项，这条规则没有用到。"


def test_a_score_that_is_absent_says_which_answers_are_missing_and_calculates_nothing() -> None:
    found = working(SCALES["dass21"], "depression", {f"q{n}": 1 for n in range(1, 22) if n != 3})
    assert (found.value, found.exact, found.place, calculation(found)) == (None, None, None, None)
    assert [entry.id for entry in found.absent] == ["q3"]
    assert told_missing(found)["zh-CN"] == "缺 1 项（第 3 题），所以没有这个分数。"


def test_a_score_of_scores_names_them_and_an_inner_one_that_is_not_shown_is_left_out() -> None:
    answers = {"a1": 1, "a2": 2, "a3": 3, "a4": 3, "a5": 2, "b1": 2, "b2": 2}
    found = told(SCALES["winding"], answers, {"sex": "female"})
    assert [each.score.id for each in found.scores] == ["both", "ease", "load"]
    both = found.scores[0]
    assert [(entry.id, entry.number, entry.counted_as) for entry in both.entries] == [
        ("ease", None, 3),
        ("load", None, 11),
    ]
    assert calculation(both) == "1 × 3 + 1/2 × 11 = 8.5"


def test_unscored_items_have_no_part_in_it() -> None:
    found = working(SCALES["phq9"], "total", {**nine(*[1] * 9), "difficulty": 3})
    assert [entry.id for entry in found.entries] == [f"q{n}" for n in range(1, 10)]


def test_a_score_whose_band_alone_is_shown_has_its_working_too() -> None:
    """A result names every band, so that a person may ask how one came about whose number is not shown."""
    scale = scale_of(edited(calm(), "scores", "total", "show", to=False))
    found = told(scale, {f"q{n}": 1 for n in range(1, 10)})
    (total,) = found.scores
    assert (found.outcome.bands, total.place.band.id) == ({"total": "mild"}, "mild")
