"""Who may ask to be called, how often, and when the call may come."""

from datetime import timedelta

import pytest

from heartport.followups.rules.asking import (
    FOR_ADULTS,
    FollowUpTooOften,
    RosterEmpty,
    Urgency,
    When,
    call_from,
    check_may_ask,
    check_pace,
    is_forgotten,
    needs_hotlines,
    why_not_offered,
)
from heartport.members.rules import AgeGroupNeeded, ConsentNeeded, UnderAge
from tests.duty.teams import at

NOON = at(12)


@pytest.mark.parametrize(
    ("age_group", "granted", "refusal"),
    [
        (None, True, AgeGroupNeeded),
        (None, False, AgeGroupNeeded),
        ("under_16", True, UnderAge),
        ("16-17", True, UnderAge),
        ("16-17", False, UnderAge),
        ("18+", False, ConsentNeeded),
    ],
)
def test_an_adult_who_agreed_may_ask_and_nobody_else(age_group, granted, refusal) -> None:
    with pytest.raises(refusal) as caught:
        check_may_ask(age_group, granted)
    assert "测评" not in caught.value.detail
    check_may_ask("18+", follow_up_granted=True)


@pytest.mark.parametrize(
    ("age_group", "somebody", "why"),
    [
        ("18+", True, None),
        (None, True, None),
        ("18+", False, RosterEmpty.detail),
        ("16-17", True, FOR_ADULTS),
        ("under_16", False, FOR_ADULTS),
    ],
)
def test_nothing_is_offered_without_a_roster_nor_to_who_is_under_18(age_group, somebody, why) -> None:
    assert why_not_offered(age_group, somebody) == why


def test_the_sixth_request_within_an_hour_is_too_many_and_says_when_to_come_back() -> None:
    five = [NOON - timedelta(minutes=10 * number) for number in range(1, 6)]
    check_pace(five[:4], NOON)
    check_pace([*five[:4], NOON - timedelta(hours=1)], NOON)
    with pytest.raises(FollowUpTooOften) as caught:
        check_pace([*five, NOON - timedelta(days=1)], NOON)
    assert caught.value.retry_after_seconds == 601


@pytest.mark.parametrize(
    ("asked", "when", "expected"),
    [
        (12, When.SOON, 12),
        (3, When.SOON, 3),
        (3, When.MORNING, 9),
        (9, When.MORNING, 9),
        (11.5, When.MORNING, 11.5),
        (12, When.MORNING, 33),
        (8, When.AFTERNOON, 12),
        (17.9, When.AFTERNOON, 17.9),
        (18, When.AFTERNOON, 36),
        (18, When.EVENING, 18),
        (20.5, When.EVENING, 20.5),
        (21, When.EVENING, 42),
        (23.9, When.EVENING, 42),
    ],
)
def test_the_call_comes_in_the_part_of_the_day_that_was_wished(asked, when, expected) -> None:
    assert call_from(at(asked), when) == at(expected)
    assert call_from(at(asked), when) >= at(asked)


@pytest.mark.parametrize(
    ("urgency", "on_duty", "shown"),
    [
        (Urgency.URGENT, False, True),
        (Urgency.URGENT, True, True),
        (Urgency.NORMAL, False, True),
        (Urgency.NORMAL, True, False),
        (None, False, False),
    ],
)
def test_hotlines_stand_beside_what_is_urgent_or_has_to_wait(urgency, on_duty, shown) -> None:
    assert needs_hotlines(urgency, on_duty) is shown


def test_a_request_lapses_two_weeks_after_somebody_could_have_called() -> None:
    fortnight = timedelta(days=14)
    assert not is_forgotten(NOON, None, NOON + fortnight - timedelta(seconds=1))
    assert is_forgotten(NOON, None, NOON + fortnight)
    later = NOON + timedelta(days=20)
    assert not is_forgotten(NOON, later, NOON + fortnight)
    assert is_forgotten(NOON, later, later + fortnight)
