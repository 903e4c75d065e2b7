"""Every request about a lecture or a registration from every state, generated from their machines."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from heartport.booking.lectures import check_ins, planning, sweepers
from heartport.booking.lectures.planning import LECTURES
from heartport.booking.lectures.rules.states import (
    ABSENT,
    ARCHIVED,
    CANCELLED,
    CHANGEABLE,
    CHECKED_IN,
    CLOSED,
    DRAFT,
    EXPIRED,
    FULL,
    HELD,
    LECTURE,
    LEFT,
    OFFERED,
    OPEN,
    POSTPONED,
    REGISTERED,
    REGISTRATION,
    WAITING,
    Act,
    change_of,
    shown_state,
)
from heartport.booking.rules.machines import BookingStateWrong, Move
from heartport.callers import COORDINATOR, EMPLOYEE
from tests.booking.desk import moment
from tests.booking.lectures.hall import (
    accounts_of,
    body,
    drafted,
    given_up,
    lecture_row,
    opened,
    registered,
    row_of,
    sign_up,
)
from tests.booking.state_tables import Request, Table, moving_routes
from tests.conftest import Clock, Person, ready_person
from tests.staff.doors import in_session, make_staff

DOORS_OPEN, EVENING = moment("2026-11-25 13:30"), moment("2026-11-25 17:00")
NEXT_WEEK = "2026-12-02T14:00:00+08:00"
PLANNING = (
    Request(COORDINATOR, "", [change_of(state) for state in CHANGEABLE]),
    Request(COORDINATOR, "open", [Act.OPEN, Act.REOPEN]),
    Request(COORDINATOR, "close", [Act.CLOSE]),
    Request(COORDINATOR, "postpone", [Act.POSTPONE]),
    Request(COORDINATOR, "resume", [Act.RESUME]),
    Request(COORDINATOR, "cancel", [Act.CANCEL]),
    Request(COORDINATOR, "hold", [Act.HOLD], at=EVENING),
)
NO_OFFER, GONE, NO_SEAT = (404, "offer_unknown"), (204, None), (409, "not_registered")
COMING = (
    Request(
        EMPLOYEE,
        "registration",
        ["cancel", "leave"],
        versioned=False,
        refusal=GONE,
        otherwise={CHECKED_IN: (409, "checked_in_already"), ABSENT: (409, "registration_closed")},
    ),
    Request(
        EMPLOYEE,
        "check-in",
        ["check_in"],
        at=DOORS_OPEN,
        versioned=False,
        refusal=NO_SEAT,
        otherwise={CHECKED_IN: (200, None), ABSENT: (409, "doors_closed")},
    ),
    Request(EMPLOYEE, "accept", ["accept"], versioned=False, refusal=NO_OFFER),
    Request(
        EMPLOYEE,
        "decline",
        ["leave"],
        versioned=False,
        refusal=NO_OFFER,
        otherwise={WAITING: NO_OFFER, LEFT: GONE, EXPIRED: GONE},
    ),
)
ANSWERS = ("accept", "decline")
"""Sent to `/offers`."""
NOT_BY_THESE = {
    Act.ARCHIVE: "by itself",
    "offer": "where a seat becomes free",
    "expire": "by itself",
    "miss": "with the lecture",
    "call_off": "with the lecture",
}


@dataclass(frozen=True)
class Planned:
    """A lecture of a lecturer who has no other."""

    id: str
    app: Flask

    def standing(self) -> tuple[str, int]:
        row = lecture_row(self.id)
        return row.state, row.version

    def send(self, request: Request, version: int) -> TestResponse:
        desk, path = in_session(self.app, "coordinator"), f"lectures/{self.id}/{request.path}".strip("/")
        details = body(lecture_row(self.id).lecturer_id, title="新的题目")
        if request.path == "":
            return desk.put(path, {**details, "version": version})
        return desk.post(
            path, {"version": version, **({**details, "starts_at": NEXT_WEEK} if request.path == "resume" else {})}
        )


@dataclass(frozen=True)
class Coming:
    """Somebody's registration for a lecture with one seat."""

    id: str
    lecture_id: str
    person: Person

    def standing(self) -> tuple[str, int]:
        row = row_of(self.id)
        return row.state, row.version

    def send(self, request: Request, _version: int) -> TestResponse:
        if request.path in ANSWERS:
            return self.person.post(f"offers/{self.id}/{request.path}", None)
        if request.path == "check-in":
            shown = check_ins._code(self.lecture_id, check_ins.window_of(check_ins.clock.now()))
            return self.person.post(f"lectures/{self.lecture_id}/check-in", {"code": shown})
        return self.person.delete(f"lectures/{self.lecture_id}/registration")


WAY_OF_A_LECTURE: dict[str, tuple[str, ...]] = {
    DRAFT: (),
    OPEN: ("open",),
    CLOSED: ("open", "close"),
    POSTPONED: ("open", "postpone"),
    CANCELLED: ("cancel",),
    HELD: ("open", "hold"),
    ARCHIVED: ("cancel", "archive"),
}


@pytest.fixture
def planning_table(app: Flask, clock: Clock) -> Table:
    start, by_path = clock.moment, {each.path: each for each in PLANNING}
    make_staff(app, "coordinator", (COORDINATOR, None))

    def reach(state: str) -> Planned:
        clock.moment = start
        case = Planned(drafted(), app)
        for name in WAY_OF_A_LECTURE[state]:
            if name == "archive":
                sweepers.archive_lecture(case.id)
            else:
                clock.moment = max(clock.moment, by_path[name].at or clock.moment)
                assert case.send(by_path[name], case.standing()[1]).status_code == 200
        return case

    return Table(LECTURE, PLANNING, reach, clock)


@pytest.fixture
def coming_table(app: Flask, clock: Clock) -> Table:
    start, numbers = clock.moment, count()

    def seated() -> Coming:
        person, lecture_id = ready_person(app, f"openid-of-number-{next(numbers):012}"), opened(capacity=1)
        return Coming(sign_up(person, lecture_id).json["id"], lecture_id, person)

    def waiting() -> tuple[Coming, str]:
        person, lecture_id = ready_person(app, f"openid-of-number-{next(numbers):012}"), opened(capacity=1)
        (other,) = accounts_of(1)
        registered(lecture_id, other)
        return Coming(sign_up(person, lecture_id, wait=True).json["id"], lecture_id, person), other

    def offered() -> Coming:
        case, other = waiting()
        given_up(case.lecture_id, other)
        return case

    def checked_in() -> Coming:
        case, clock.moment = seated(), DOORS_OPEN
        assert case.send(COMING[1], 0).status_code == 200
        return case

    def absent() -> Coming:
        case, clock.moment = seated(), EVENING
        sweepers.note_ended()
        return case

    def ended(case: Coming) -> Coming:
        assert case.send(COMING[0], 0).status_code == 204
        return case

    def expired() -> Coming:
        case = offered()
        clock.advance(hours=4)
        sweepers.let_offers_expire()
        return case

    ways: dict[str, Callable[[], Coming]] = {
        REGISTERED: seated,
        WAITING: lambda: waiting()[0],
        OFFERED: offered,
        CHECKED_IN: checked_in,
        ABSENT: absent,
        CANCELLED: lambda: ended(seated()),
        LEFT: lambda: ended(waiting()[0]),
        EXPIRED: expired,
    }

    def reach(state: str) -> Coming:
        clock.moment = start
        return ways[state]()

    return Table(REGISTRATION, COMING, reach, clock)


@pytest.mark.parametrize("state", sorted(LECTURE.states))
def test_every_request_about_a_lecture_from_every_state(planning_table: Table, state: str) -> None:
    planning_table.walk(state)


@pytest.mark.parametrize("state", sorted(REGISTRATION.states))
def test_every_request_about_a_registration_from_every_state(coming_table: Table, state: str) -> None:
    coming_table.walk(state)


def test_the_tables_know_every_request_and_every_act(app: Flask) -> None:
    known = {(each.role, each.path) for each in (*PLANNING, *COMING) if each.path not in ANSWERS}
    assert known == moving_routes(app, "lecture_id")
    found = {act for each in (*PLANNING, *COMING) for act in each.acts}
    assert found | set(NOT_BY_THESE) == {*LECTURE.moves, *REGISTRATION.moves}


def test_control_a_machine_that_says_otherwise_is_caught(planning_table: Table, coming_table: Table) -> None:
    """Where it allows less than the service, the request succeeds that had to be refused."""
    for table, act, state in ((planning_table, Act.POSTPONE, CLOSED), (coming_table, "leave", OFFERED)):
        move = table.machine.moves[act]
        less = Move([each for each in move.before if each != state], move.after)
        with pytest.raises(AssertionError):
            replace(table, machine=replace(table.machine, moves={**table.machine.moves, act: less})).walk(state)


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
