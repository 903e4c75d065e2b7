"""A machine allows what its table says and nothing else."""

import pytest

from heartport.booking.rules.machines import BookingStateWrong, Machine, Move

DOOR = Machine(
    "door",
    ["open"],
    {"shut": Move(["open"], "closed"), "lock": Move(["closed"], "locked"), "open": Move(["closed"], "open")},
)


def test_an_act_leads_where_the_table_says() -> None:
    assert DOOR.after("open", "shut") == "closed"
    assert DOOR.states == {"open", "closed", "locked"}


@pytest.mark.parametrize(("state", "act"), list(DOOR.wrong()))
def test_from_every_other_state_it_is_refused(state: str, act: str) -> None:
    with pytest.raises(BookingStateWrong) as refused:
        DOOR.after(state, act)
    assert refused.value.members == {"state": state}


def test_every_pair_is_either_right_or_wrong() -> None:
    right = {(state, act) for act, move in DOOR.moves.items() for state in move.before}
    assert len(right) + len(list(DOOR.wrong())) == len(DOOR.states) * len(DOOR.moves)
