"""Published tables: by a score, by sex, by age; what is not in the table has no score, never the nearest."""

import pytest

from heartport.scoring.sheets import read_loosely, read_sheet
from heartport.scoring.working import workings_of
from heartport.scoring.working_words import calculation, told_missing
from tests.scoring.invented import calm, edited, nine, outcome_of, problems_of, scale_of, words

WOMEN, MEN = {at: 30 + 2 * at for at in range(28)}, {at: 40 + at for at in range(28)}
TABLES = [
    {"sex": "female", "age": [18, 34], "gives": WOMEN},
    {"sex": "female", "age": [35, 60], "gives": MEN},
    {"sex": "male", "age": [18, 60], "gives": MEN},
]


def looked_up(lookup):
    whole = {"label": words(), "sum": "q1..q9"}
    document = edited(calm(), "scores", "t", to={"label": words(), "lookup": {"of": "whole", **lookup}})
    return edited(document, "scores", "whole", to=whole)


BY_BOTH = looked_up({"by": ["sex", "age"], "tables": TABLES})
SCALE = scale_of(BY_BOTH)
ONES = nine(*[1] * 9)


@pytest.mark.parametrize(
    ("profile", "t"),
    [
        ({"sex": "female", "age": 18}, 48),
        ({"sex": "female", "age": 34}, 48),
        ({"sex": "female", "age": 35}, 49),
        ({"sex": "male", "age": 18}, 49),
        ({"sex": "male", "age": 17}, None),
        ({"sex": "male", "age": 61}, None),
        ({"sex": "other", "age": 30}, None),
        ({"sex": "female"}, None),
        ({"age": 30}, None),
        ({}, None),
        ({"sex": "female", "age": "30"}, None),
        ({"sex": "female", "birth_year": 1991}, 48),
        ({"sex": "female", "birth_year": 1985}, 49),
        ({"sex": "female", "birth_year": 2030}, None),
    ],
)
def test_the_table_of_the_persons_own_group_counts(profile, t):
    sheet = read_loosely(SCALE, ONES, profile, year=2025)
    assert SCALE.plan.score(sheet).scores["t"] == t


def test_an_age_that_may_fall_on_either_side_belongs_to_neither_group():
    """Born in 1990, somebody is 34 or 35 in 2025."""
    assert (
        SCALE.plan.score(read_loosely(SCALE, ONES, {"sex": "female", "birth_year": 1990}, year=2025)).scores["t"]
        is None
    )
    assert SCALE.plan.score(read_loosely(SCALE, ONES, {"sex": "male", "birth_year": 1990}, year=2025)).scores["t"] == 49


def test_without_the_year_of_the_answers_no_age_is_known():
    assert outcome_of(SCALE, ONES, sex="male", birth_year=1990).scores["t"] is None


def test_the_person_is_asked_for_the_year_of_birth_and_never_for_an_age():
    assert SCALE.form.profile == ("birth_year", "sex")
    _, errors = read_sheet(SCALE, ONES, {"age": 30}, 2025)
    assert errors == {"profile": ["没有这一项。"]}


def test_a_missing_operand_stays_missing_and_an_unknown_person_says_why():
    sheet = read_loosely(SCALE, {"q1": 1}, {"sex": "male", "age": 30})
    assert SCALE.plan.score(sheet).scores["t"] is None
    told = {each.score.id: each for each in workings_of(SCALE, read_loosely(SCALE, ONES, {})).scores}
    assert told_missing(told["t"])["zh-CN"].endswith("没有填写的性别或出生年份也算），所以没有这个分数。")
    told = {
        each.score.id: each for each in workings_of(SCALE, read_loosely(SCALE, ONES, {"sex": "male", "age": 30})).scores
    }
    assert calculation(told["t"]) == "9 → 49"


def test_one_table_may_be_for_everybody():
    scale = scale_of(looked_up({"gives": MEN}))
    assert outcome_of(scale, ONES).scores["t"] == 49
    assert scale.form.profile == ()
    (t,) = (score for score in scale.scores if score.id == "t")
    assert (t.min, t.max) == (40, 67)


@pytest.mark.parametrize(
    ("lookup", "problem"),
    [
        ({}, "scores › t › lookup: either gives is expected, or by and tables"),
        ({"by": ["sex"], "gives": MEN}, "scores › t › lookup: either gives is expected, or by and tables"),
        ({"by": ["sex"]}, "scores › t › lookup: either gives is expected, or by and tables"),
        ({"by": ["height"], "tables": TABLES}, "lookup › by › 1: one of sex, age is expected"),
        ({"by": ["sex"], "tables": TABLES}, "lookup › tables › 1 › age: unknown construct"),
        (
            {"by": ["sex", "age"], "tables": TABLES[:1] * 2},
            "two tables are about the same people: female 18-34",
        ),
        (
            {"by": ["sex", "age"], "tables": [*TABLES, {"sex": "male", "age": [60, 70], "gives": MEN}]},
            "two tables are about the same people: male 18-60 and male 60-70",
        ),
        ({"by": ["age"], "tables": [{"age": [34, 18], "gives": MEN}]}, "tables › 1 › age: the youngest and the oldest"),
        ({"by": ["age"], "tables": [{"age": [18, 200], "gives": MEN}]}, "tables › 1 › age › 2: a whole number from 0"),
        ({"gives": {**MEN, 7: None}}, "lookup › gives › 7: value missing"),
        ({"gives": {at: 1 for at in MEN if at != 7}}, "scores › t › lookup: the table for everybody has nothing for 7"),
        ({"gives": {**MEN, 28: 1}}, "scores › t › lookup: whole is never 28, for which the table for everybody has"),
        ({"gives": {}}, "lookup › gives: value missing"),
        ({"of": "total", "gives": MEN}, "lookup: total can come to more numbers than a table lists; round it"),
        ({"of": "whole, total", "gives": MEN}, "lookup › of: one item or score is expected"),
    ],
)
def test_what_does_not_fit_a_table_is_told_with_its_place(lookup, problem):
    problems = problems_of(looked_up(lookup))
    assert any(problem in each for each in problems), problems


def test_the_nearest_group_would_be_caught():
    """The negative control: a table that holds for everybody gives a boy of 17 a score."""
    assert outcome_of(scale_of(looked_up({"gives": MEN})), ONES, sex="male", age=17).scores["t"] is not None
    assert outcome_of(SCALE, ONES, sex="male", age=17).scores["t"] is None
