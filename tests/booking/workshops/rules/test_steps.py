"""Which state of a workshop follows which: every act from every state, generated from the machine and held by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from heartport.booking.rules.machines import BookingStateWrong
from heartport.booking.workshops.rules.steps import (
    BOOKED,
    COMING,
    ENDED,
    HELD,
    MACHINE,
    MOST_ROUNDS,
    WAITING,
    Act,
    RoundsUsed,
    State,
    act_in,
    check_round,
    is_expired,
)

S, A = State, Act
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)

RIGHT = {
    S.DRAFT: {A.EDIT: S.DRAFT, A.SUBMIT: S.SUBMITTED, A.WITHDRAW: S.WITHDRAWN},
    S.SUBMITTED: {
        A.WAITLIST: S.WAITLISTED,
        A.PROPOSE: S.PROPOSED,
        A.REJECT: S.REJECTED,
        A.WITHDRAW: S.WITHDRAWN,
    },
    S.WAITLISTED: {A.PROPOSE: S.PROPOSED, A.REJECT: S.REJECTED, A.WITHDRAW: S.WITHDRAWN},
    S.PROPOSED: {
        A.CONFIRM: S.CONFIRMED,
        A.DECLINE: S.SUBMITTED,
        A.EXPIRE: S.SUBMITTED,
        A.WITHDRAW: S.WITHDRAWN,
    },
    S.CONFIRMED: {
        A.RECOUNT: S.CONFIRMED,
        A.RESCHEDULE: S.MOVE_REQUESTED,
        A.MERGE: S.MERGED,
        A.REPLACE: S.CONFIRMED,
        A.CANCEL_BY_UNIT: S.CANCELLED_BY_UNIT,
        A.CANCEL_BY_PROVIDER: S.CANCELLED_BY_PROVIDER,
        A.CANCEL_UNDER_MINIMUM: S.CANCELLED_UNDER_MINIMUM,
        A.DELIVER: S.DELIVERED,
    },
    S.MOVE_REQUESTED: {
        A.KEEP: S.CONFIRMED,
        A.PROPOSE_MOVE: S.MOVE_PROPOSED,
        A.REFUSE_MOVE: S.CONFIRMED,
        A.REPLACE_MOVING: S.MOVE_REQUESTED,
        A.CANCEL_BY_UNIT: S.CANCELLED_BY_UNIT,
        A.CANCEL_BY_PROVIDER: S.CANCELLED_BY_PROVIDER,
        A.CANCEL_UNDER_MINIMUM: S.CANCELLED_UNDER_MINIMUM,
        A.DELIVER: S.DELIVERED,
    },
    S.MOVE_PROPOSED: {
        A.KEEP: S.CONFIRMED,
        A.CONFIRM_MOVE: S.CONFIRMED,
        A.DECLINE_MOVE: S.MOVE_REQUESTED,
        A.EXPIRE_MOVE: S.MOVE_REQUESTED,
        A.CANCEL_BY_UNIT: S.CANCELLED_BY_UNIT,
        A.CANCEL_BY_PROVIDER: S.CANCELLED_BY_PROVIDER,
        A.CANCEL_UNDER_MINIMUM: S.CANCELLED_UNDER_MINIMUM,
        A.DELIVER: S.DELIVERED,
    },
    S.MERGED: {
        A.CANCEL_BY_UNIT: S.CANCELLED_BY_UNIT,
        A.CANCEL_BY_PROVIDER: S.CANCELLED_BY_PROVIDER,
        A.DELIVER: S.DELIVERED,
    },
    S.DELIVERED: {A.GIVE_FEEDBACK: S.DELIVERED, A.CLOSE: S.CLOSED},
    S.CANCELLED_BY_PROVIDER: {A.RESUBMIT: S.SUBMITTED},
}
"""Written by hand beside the machine: everything that may happen, and nothing else may."""


@pytest.mark.parametrize("state", State)
def test_every_act_is_possible_from_its_states_and_refused_from_all_others(state: State) -> None:
    for act in MACHINE.moves:
        after = RIGHT.get(state, {}).get(act)
        if after is not None:
            assert MACHINE.after(state, act) == after
        else:
            with pytest.raises(BookingStateWrong) as refused:
                MACHINE.after(state, act)
            assert refused.value.members == {"state": state.value}


def test_the_table_covers_every_state_and_act() -> None:
    assert MACHINE.states == set(State)
    assert {*MACHINE.moves} == {*Act} - {Act.CREATE}
    assert {act for acts in RIGHT.values() for act in acts} == {*MACHINE.moves}
    right = sum(len(acts) for acts in RIGHT.values())
    assert len(list(MACHINE.wrong())) == len(State) * len(MACHINE.moves) - right


def test_nothing_follows_what_has_ended_and_groups_of_states_are_disjoint() -> None:
    assert not {act for state in ENDED for act in RIGHT.get(state, {})}
    assert not {*ENDED} & {*COMING, *WAITING, *HELD, State.DRAFT, State.DELIVERED}
    assert {*BOOKED} < {*MACHINE.live}
    assert State.MERGED not in MACHINE.live, "it has no time of its own"


@pytest.mark.parametrize("state", [S.MOVE_REQUESTED, S.MOVE_PROPOSED])
def test_the_same_request_means_the_new_time_where_one_is_confirmed(state: State) -> None:
    meant = {act: act_in(state, act) for act in (A.PROPOSE, A.CONFIRM, A.DECLINE, A.EXPIRE, A.REJECT, A.DELIVER)}
    assert list(meant.values()) == [
        A.PROPOSE_MOVE,
        A.CONFIRM_MOVE,
        A.DECLINE_MOVE,
        A.EXPIRE_MOVE,
        A.REFUSE_MOVE,
        A.DELIVER,
    ]
    assert all(act_in(S.SUBMITTED, act) is act for act in meant)


def test_a_proposal_is_over_at_the_very_moment() -> None:
    for ends, over in ((NOON, True), (NOON + timedelta(microseconds=1), False)):
        assert is_expired(S.PROPOSED, ends, NOON) is over
        assert is_expired(S.MOVE_PROPOSED, ends, NOON) is over
        assert not is_expired(S.CONFIRMED, ends, NOON)
    assert not is_expired(S.PROPOSED, None, NOON)


def test_after_three_rounds_somebody_calls_first() -> None:
    check_round(MOST_ROUNDS - 1, spoken=False)
    check_round(MOST_ROUNDS + 5, spoken=True)
    with pytest.raises(RoundsUsed):
        check_round(MOST_ROUNDS, spoken=False)
