from datetime import date

import pytest

from heartport.errors import Invalid
from heartport.members.rules import (
    AgeGroupNeeded,
    ConsentNeeded,
    UnderAge,
    age_group_of,
    check_adult,
    check_may_take_scales,
    check_profile,
    possible_age_groups,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("age", "group"),
    [(0, "under_16"), (15, "under_16"), (16, "16-17"), (17, "16-17"), (18, "18+"), (19, "18+"), (120, "18+")],
)
def test_an_age_belongs_to_one_group(age, group):
    assert age_group_of(age) == group


@pytest.mark.parametrize(
    ("birth_year", "groups"),
    [
        (2026, {"under_16"}),
        (2011, {"under_16"}),
        (2010, {"under_16", "16-17"}),
        (2009, {"16-17"}),
        (2008, {"16-17", "18+"}),
        (2007, {"18+"}),
        (1990, {"18+"}),
    ],
)
def test_a_year_of_birth_allows_the_groups_on_both_sides_of_the_birthday(birth_year, groups):
    assert possible_age_groups(birth_year, TODAY) == groups


@pytest.mark.parametrize("birth_year", [1906, 1907, 1990, 2008, None])
def test_a_year_that_can_be_is_accepted(birth_year):
    check_profile("18+", birth_year, TODAY)


@pytest.mark.parametrize("birth_year", [1905, 0, -1, -(2**63), 2027, 2**63 - 1])
@pytest.mark.parametrize("age_group", ["under_16", "16-17", "18+", None])
def test_a_year_that_cannot_be_is_refused(age_group, birth_year):
    with pytest.raises(Invalid) as refused:
        check_profile(age_group, birth_year, TODAY)
    assert refused.value.errors == {"birth_year": ["须为 1906 至 2026 的年份。"]}


@pytest.mark.parametrize(
    ("age_group", "birth_year"), [("18+", 2009), ("18+", 2026), ("16-17", 2007), ("16-17", 2011), ("under_16", 2009)]
)
def test_a_year_that_contradicts_the_age_group_names_both_fields(age_group, birth_year):
    with pytest.raises(Invalid) as refused:
        check_profile(age_group, birth_year, TODAY)
    assert set(refused.value.errors) == {"age_group", "birth_year"}


def test_without_an_age_group_there_is_nothing_to_contradict():
    check_profile(None, 2020, TODAY)


@pytest.mark.parametrize(
    ("age_group", "agreed", "refusal"),
    [
        (None, False, AgeGroupNeeded),
        (None, True, AgeGroupNeeded),
        ("under_16", True, UnderAge),
        ("16-17", True, UnderAge),
        ("16-17", False, UnderAge),
        ("18+", False, ConsentNeeded),
    ],
)
def test_scales_are_for_adults_who_agreed(age_group, agreed, refusal):
    with pytest.raises(refusal):
        check_may_take_scales(age_group, agreed)


def test_an_adult_who_agreed_may_take_scales():
    check_may_take_scales("18+", assessment_granted=True)


@pytest.mark.parametrize("age_group", ["under_16", "16-17"])
def test_whoever_said_to_be_under_18_is_refused(age_group):
    with pytest.raises(UnderAge):
        check_adult(age_group)


@pytest.mark.parametrize("age_group", ["18+", None])
def test_adults_and_those_who_have_not_said_yet_are_not(age_group):
    check_adult(age_group)


def test_young_people_are_told_their_hotline():
    assert "12355" in UnderAge.detail
