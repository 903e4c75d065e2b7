"""Which step follows which, and who may take it: a table of every state and every act."""

from itertools import product

import pytest

from heartport.callers import CLINICAL_LEAD, COORDINATOR, COUNSELLOR
from heartport.followups.rules.steps import (
    STATES_AFTER,
    Act,
    CloseOutcome,
    FollowUpEnded,
    FollowUpNotAccepted,
    FollowUpNotTried,
    FollowUpNotYours,
    FollowUpTaken,
    State,
    check_holder,
    check_may_close,
    check_may_release,
    has_spoken,
    state_after,
)

POSSIBLE = {
    (State.OPEN, Act.ACCEPT): State.ACCEPTED,
    (State.OPEN, Act.WITHDRAW): State.WITHDRAWN,
    (State.OPEN, Act.LAPSE): State.LAPSED,
    (State.ACCEPTED, Act.ATTEMPT): State.ACCEPTED,
    (State.ACCEPTED, Act.RELEASE): State.OPEN,
    (State.ACCEPTED, Act.CLOSE): State.CLOSED,
    (State.ACCEPTED, Act.WITHDRAW): State.WITHDRAWN,
    (State.ACCEPTED, Act.LAPSE): State.LAPSED,
}
WHY_NOT = {
    (State.OPEN, Act.ATTEMPT): FollowUpNotAccepted,
    (State.OPEN, Act.RELEASE): FollowUpNotAccepted,
    (State.OPEN, Act.CLOSE): FollowUpNotAccepted,
    (State.ACCEPTED, Act.ACCEPT): FollowUpTaken,
}


@pytest.mark.parametrize(("state", "act"), list(product(State, STATES_AFTER)))
def test_each_act_is_possible_where_the_table_says_and_refused_elsewhere(state, act) -> None:
    if (state, act) in POSSIBLE:
        assert state_after(state, act) is POSSIBLE[state, act]
    else:
        with pytest.raises(WHY_NOT.get((state, act), FollowUpEnded)):
            state_after(state, act)


def test_only_who_accepted_calls_and_closes() -> None:
    check_holder("anne", "anne")
    for accepted_by in ("ben", None):
        with pytest.raises(FollowUpNotYours):
            check_holder(accepted_by, "anne")


@pytest.mark.parametrize(
    ("who", "roles", "on_duty", "may"),
    [
        ("anne", {COUNSELLOR}, [], True),
        ("ben", {CLINICAL_LEAD}, [], True),
        ("cleo", {COORDINATOR}, [], True),
        ("dora", {COUNSELLOR}, ["dora"], True),
        ("dora", {COUNSELLOR}, ["anne"], False),
    ],
)
def test_one_gives_back_what_is_ones_own_and_who_leads_or_is_on_duty_what_is_left_lying(
    who, roles, on_duty, may
) -> None:
    if may:
        check_may_release("anne", who, roles, on_duty)
    else:
        with pytest.raises(FollowUpNotYours):
            check_may_release("anne", who, roles, on_duty)


@pytest.mark.parametrize("outcome", CloseOutcome)
def test_nobody_is_given_up_on_whom_nobody_tried_to_call(outcome) -> None:
    check_may_close(outcome, tried=True)
    if has_spoken(outcome):
        check_may_close(outcome, tried=False)
    else:
        with pytest.raises(FollowUpNotTried):
            check_may_close(outcome, tried=False)
    assert has_spoken(outcome) == (outcome in ("talked", "referred", "declined"))
