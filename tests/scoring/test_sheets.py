import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.scoring.forms import State
from heartport.scoring.sheets import NOT_ANSWERED, NOT_ASKED, UNKNOWN_ITEM, read_loosely, read_sheet
from tests.scoring.invented import calm, nine, scale_of, winding

CALM = scale_of(calm())
WINDING = scale_of(winding())
ZEROS = nine(*[0] * 9)
OPEN = {"a1": 4, "a2": 4, "a3": 1, "a4": 2, "a5": 3, "b1": 2, "b2": 0}


def test_a_complete_sheet_has_no_errors():
    sheet, errors = read_sheet(CALM, ZEROS | {"hard": 1}, {})
    assert errors == {}
    assert set(sheet.states) == {State.ANSWERED}
    assert sheet.answers() == ZEROS | {"hard": 1}


def test_zero_is_an_answer():
    sheet, _ = read_sheet(CALM, ZEROS, {})
    assert sheet.state("q1") is State.ANSWERED
    assert sheet.values[0] == 0


def test_null_is_a_skip_and_an_absent_key_is_an_error():
    answers = ZEROS | {"q1": None}
    del answers["q2"]
    sheet, errors = read_sheet(CALM, answers, {})
    assert errors == {"answers.q2": [NOT_ANSWERED]}
    assert sheet.state("q1") is sheet.state("q2") is State.MISSING


def test_an_optional_item_may_be_absent():
    sheet, errors = read_sheet(CALM, ZEROS, {})
    assert errors == {}
    assert sheet.state("hard") is State.MISSING


@pytest.mark.parametrize("value", [True, False, "2", "", 1.0, 4, -1, 10**30, [], {}, float("nan")])
def test_only_a_whole_number_of_the_options_is_an_answer(value):
    sheet, errors = read_sheet(CALM, ZEROS | {"q4": value}, {})
    assert errors == {"answers.q4": ["请选择这些选项之一：0、1、2、3。"]}
    assert sheet.state("q4") is State.INVALID
    assert sheet.invalid == ("q4",)


def test_all_errors_come_at_once_and_never_name_what_was_received():
    answers = {**ZEROS, "q1": 77, "q2": "secret", "zz": 77, "密码 secret": 1, "x" * 41: 1}
    del answers["q3"]
    _, errors = read_sheet(CALM, answers, {"sex": "secret", "age": 77, "birth_year": 77})
    assert errors == {
        "answers.q1": ["请选择这些选项之一：0、1、2、3。"],
        "answers.q2": ["请选择这些选项之一：0、1、2、3。"],
        "answers.q3": [NOT_ANSWERED],
        "answers.zz": [UNKNOWN_ITEM],
        "answers": [UNKNOWN_ITEM],
        "profile.sex": ["请从 female、male、other 中选择，或留空。"],
        "profile.birth_year": ["请填写四位数的出生年份，或留空。"],
        "profile": ["没有这一项。"],
    }
    assert "secret" not in str(errors)
    assert "77" not in str(errors)


def test_a_value_at_a_hidden_item_is_an_error_and_null_there_is_fine():
    answers = {**OPEN, "a4": 1, "a5": None}
    assert read_sheet(WINDING, answers, {})[1] == {}
    sheet, errors = read_sheet(WINDING, answers | {"a5": 1}, {})
    assert errors == {"answers.a5": [NOT_ASKED[State.HIDDEN]]}
    assert sheet.state("a5") is State.HIDDEN


def test_a_hidden_item_counts_as_the_file_says():
    sheet, errors = read_sheet(WINDING, {"a1": 1, "a2": 1, "a3": 1, "a4": 1, "b2": 0}, {"sex": "male"})
    assert errors == {}
    assert (sheet.state("a5"), sheet.answers()["a5"]) == (State.HIDDEN, 1)
    assert (sheet.state("b1"), sheet.answers()["b1"]) == (State.HIDDEN, None)


def test_an_unknown_branch_shows_the_item():
    sheet, errors = read_sheet(WINDING, {**OPEN, "a4": None, "a5": 2}, {})
    assert errors == {}
    assert sheet.state("a5") is State.ANSWERED
    assert read_sheet(WINDING, {**OPEN, "a1": None, "b1": 2}, {})[1] == {}


def test_a_profile_keeps_only_what_the_scale_asks_for():
    assert read_sheet(CALM, ZEROS, {"sex": "female", "birth_year": 1990})[0].profile == ()
    sheet, errors = read_sheet(WINDING, OPEN, {"sex": "female", "birth_year": None})
    assert errors == {}
    assert dict(zip(WINDING.form.profile, sheet.profile, strict=True)) == {"birth_year": None, "sex": "female"}


def test_in_a_batch_absent_and_empty_are_missing():
    sheet = read_loosely(CALM, {"q1": 0, "q2": None, "q3": ""}, {})
    assert sheet.states[:4] == (State.ANSWERED, State.MISSING, State.MISSING, State.MISSING)
    assert sheet.invalid == ()


def test_in_a_batch_wrong_values_and_names_are_collected():
    sheet = read_loosely(CALM, {"q1": 9, "q2": "2", "q3": True, "Q4": 1}, {})
    assert sheet.invalid == ("q1", "q2", "q3", "Q4")


def test_in_a_batch_a_value_behind_a_branch_is_ignored_and_named():
    sheet = read_loosely(WINDING, {**OPEN, "a1": 1}, {"sex": "male"})
    assert sheet.ignored == ("b1",)
    assert sheet.answers()["b1"] is None


def test_at_an_interview_skip_a_given_value_counts_and_only_a_blank_is_filled():
    given_value = read_loosely(WINDING, {"a4": 1, "a5": 3}, {})
    assert (given_value.state("a5"), given_value.answers()["a5"]) == (State.ANSWERED, 3)
    blank = read_loosely(WINDING, {"a4": 1}, {})
    assert (blank.state("a5"), blank.answers()["a5"]) == (State.HIDDEN, 1)
    wrong = read_loosely(WINDING, {"a4": 1, "a5": 9}, {})
    assert wrong.invalid == ("a5",)
    unknown = read_loosely(WINDING, {}, {})
    assert unknown.state("a5") is State.MISSING


ANSWERS = st.dictionaries(
    st.sampled_from([*OPEN, "zz"]), st.none() | st.integers(-1, 6) | st.text(max_size=2) | st.booleans(), max_size=8
)
PROFILES = st.fixed_dictionaries(
    {}, optional={"sex": st.sampled_from(["male", "female", "x", 1]), "birth_year": st.integers()}
)


@given(ANSWERS, PROFILES)
def test_both_readers_always_give_a_sheet_in_which_every_item_has_its_state(answers, profile):
    for sheet in (read_sheet(WINDING, answers, profile)[0], read_loosely(WINDING, answers, profile)):
        for item, value, state in zip(WINDING.items, sheet.values, sheet.states, strict=True):
            assert value is None or value in item.values
            assert (state is State.ANSWERED) <= (value is not None)
            assert value is None or state in {State.ANSWERED, State.HIDDEN}


@given(ANSWERS, PROFILES)
def test_where_the_strict_reader_finds_no_error_both_agree(answers, profile):
    sheet, errors = read_sheet(WINDING, answers, profile)
    if not errors:
        assert read_loosely(WINDING, answers, profile) == sheet
