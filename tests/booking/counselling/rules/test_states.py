"""Every act from every state: what the machine does not name is refused, and says in which state it was refused."""

import pytest

from heartport.booking.counselling.rules.states import APPOINTMENTS, COMING, ENDED, HOLDING, MET, State
from heartport.booking.rules.machines import BookingStateWrong


@pytest.mark.parametrize(("state", "act"), sorted(APPOINTMENTS.wrong()))
def test_an_act_from_a_wrong_state_is_refused(state: str, act: str) -> None:
    with pytest.raises(BookingStateWrong) as refused:
        APPOINTMENTS.after(state, act)
    assert refused.value.members == {"state": state}


def test_every_state_is_coming_met_or_ended_and_nothing_leads_out_of_an_end() -> None:
    assert set(COMING) | set(MET) | set(ENDED) == set(State)
    assert not set(COMING) & set(ENDED)
    assert not any(set(move.before) & set(ENDED) for move in APPOINTMENTS.moves.values())
    assert not set(HOLDING) & set(APPOINTMENTS.live)
