"""Every act of a lecture from every state, by the use cases: what the table allows works, all else is refused."""

from collections.abc import Callable

import pytest
from flask import Flask

from heartport.booking.invariants import find_problems
from heartport.booking.lectures import planning, sweepers
from heartport.booking.lectures.planning import LECTURES
from heartport.booking.lectures.rules.states import (
    CANCELLED,
    CLOSED,
    DRAFT,
    FULL,
    HELD,
    LECTURE,
    OPEN,
    POSTPONED,
    REGISTRATION,
    Act,
    shown_state,
)
from heartport.booking.rules.machines import BookingStateWrong
from tests.booking.lectures.hall import actor, details, drafted, lecture_row
from tests.conftest import Clock

EVENING = {"days": 3, "hours": 5}
"""From noon on the first day to after the lecture."""


def resume(lecture_id: str) -> None:
    row = lecture_row(lecture_id)
    planning.resume_lecture(actor(), lecture_id, None, details(row.lecturer_id, capacity=row.capacity))


def change(lecture_id: str) -> None:
    row = lecture_row(lecture_id)
    planning.change_lecture(actor(), lecture_id, None, details(row.lecturer_id, capacity=row.capacity))


STEPS: dict[str, Callable[[str], object]] = {
    Act.OPEN: lambda lecture_id: planning.open_lecture(actor(), lecture_id, None),
    Act.CLOSE: lambda lecture_id: planning.close_lecture(actor(), lecture_id, None),
    Act.REOPEN: lambda lecture_id: planning.open_lecture(actor(), lecture_id, None),
    Act.POSTPONE: lambda lecture_id: planning.postpone_lecture(actor(), lecture_id, None),
    Act.RESUME: resume,
    Act.CANCEL: lambda lecture_id: planning.cancel_lecture(actor(), lecture_id, None),
    Act.HOLD: lambda lecture_id: planning.note_held(actor(), lecture_id, None),
    Act.ARCHIVE: sweepers.archive_lecture,
    "change": change,
}
WAY_TO = {
    DRAFT: (),
    OPEN: (Act.OPEN,),
    CLOSED: (Act.OPEN, Act.CLOSE),
    POSTPONED: (Act.OPEN, Act.POSTPONE),
    CANCELLED: (Act.CANCEL,),
    HELD: (Act.OPEN, Act.HOLD),
    "archived": (Act.CANCEL, Act.ARCHIVE),
}
SAME_STEP = {(CLOSED, Act.OPEN), (DRAFT, Act.REOPEN)}
"""Opening is one use case for both."""


def allowed() -> set[tuple[str, str]]:
    found = {(state, act.partition("_")[0]) for act, move in LECTURE.moves.items() for state in move.before}
    return found | SAME_STEP


@pytest.mark.parametrize("act", STEPS)
def test_every_act_from_every_state(app: Flask, clock: Clock, act: str) -> None:
    start = clock.moment
    for state, way in WAY_TO.items():
        clock.moment = start
        lecture_id = drafted()
        for step in way:
            if step == Act.HOLD:
                clock.advance(**EVENING)
            STEPS[step](lecture_id)
        if act == Act.HOLD:
            clock.moment = start
            clock.advance(**EVENING)
        before = lecture_row(lecture_id)
        assert before.state == state
        if (state, act) in allowed():
            STEPS[act](lecture_id)
            assert lecture_row(lecture_id).version == before.version + 1
        else:
            with pytest.raises(BookingStateWrong):
                STEPS[act](lecture_id)
            assert lecture_row(lecture_id).version == before.version
        clock.moment = start
    assert find_problems() == []


def test_the_table_of_ways_reaches_every_state() -> None:
    assert set(WAY_TO) == LECTURE.states
    assert set(STEPS) == {act.partition("_")[0] for act in LECTURE.moves}


@pytest.mark.parametrize("machine", [LECTURE, REGISTRATION], ids=lambda machine: machine.kind)
def test_every_pair_is_either_right_or_wrong(machine) -> None:
    for state, act in machine.wrong():
        with pytest.raises(BookingStateWrong):
            machine.after(state, act)
    right = {(state, act) for act, move in machine.moves.items() for state in move.before}
    assert len(right) + len(list(machine.wrong())) == len(machine.states) * len(machine.moves)


def test_full_follows_from_the_numbers() -> None:
    assert shown_state(OPEN, 3, 3) == FULL
    assert shown_state(OPEN, 2, 3) == OPEN
    assert shown_state(CLOSED, 3, 3) == CLOSED


def test_the_states_of_the_database_are_those_of_the_machines() -> None:
    for kind, machine in ((LECTURES.model, LECTURE), (planning.REGISTRATIONS.model, REGISTRATION)):
        (check,) = [each for each in kind.__table__.constraints if str(each.name).endswith("_state")]
        assert {f"'{state}'" for state in machine.states} == set(str(check.sqltext).partition("(")[2][:-1].split(", "))
