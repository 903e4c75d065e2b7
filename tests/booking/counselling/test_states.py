"""Every request about an appointment from every state, generated from its machine, against a real store."""

from dataclasses import dataclass, replace
from itertools import count

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from heartport.booking.availability import replace_openings
from heartport.booking.counselling.rules.states import APPOINTMENTS, Act, State
from heartport.booking.counselling.sweepers import settle_lines
from heartport.booking.rules.machines import Move
from heartport.callers import COUNSELLOR, EMPLOYEE
from tests.booking.counselling.office import VERSION, Office, hold, key, office, row_of
from tests.booking.desk import moment
from tests.booking.state_tables import Request, Table, moving_routes
from tests.conftest import Clock, Person, ready_person
from tests.staff.doors import in_session

TUESDAY, FRIDAY = "2026-11-24T09:00:00+08:00", "2026-11-27T09:00:00+08:00"
LATE, SESSION = moment("2026-11-23 12:00"), moment("2026-11-24 09:20")
REQUESTS = (
    Request(EMPLOYEE, "confirm", [Act.CONFIRM]),
    Request(EMPLOYEE, "cancel", [Act.CANCEL]),
    Request(EMPLOYEE, "reschedule", [Act.RESCHEDULE]),
    Request(COUNSELLOR, "cancel", [Act.CANCEL_BY_COUNSELLOR]),
    Request(COUNSELLOR, "check-in", [Act.CHECK_IN], at=SESSION),
    Request(COUNSELLOR, "attend", [Act.ATTEND], at=SESSION),
    Request(COUNSELLOR, "no-show", [Act.NO_SHOW], at=SESSION),
    Request(
        EMPLOYEE,
        "accept",
        [Act.ACCEPT],
        versioned=False,
        refusal=(404, "offer_unknown"),
        otherwise={State.HELD: (200, None), State.BOOKED: (200, None), State.EXPIRED: (409, "offer_expired")},
    ),
    Request(
        EMPLOYEE,
        "decline",
        [Act.DECLINE],
        versioned=False,
        refusal=(404, "offer_unknown"),
        otherwise={State.DECLINED: (204, None), State.EXPIRED: (204, None)},
    ),
)
ANSWERS = ("accept", "decline")
"""Sent to `/offers`, and without a version."""
BODIES = {"confirm": {"consent_version": VERSION}, "reschedule": {"starts_at": FRIDAY}}
NOT_BY_THESE = {Act.CANCEL_LATE: "the same request, later", Act.EXPIRE: "by itself", Act.TRANSFER: "at a terminal"}
MOVE_NOTHING = {"scales", "case-record", ""}
"""What else is sent about an appointment; the last takes back what was shared for it."""


@dataclass(frozen=True)
class Booked:
    """An appointment of a person and a counsellor who have nothing else."""

    id: str
    person: Person
    lin: Office

    def standing(self) -> tuple[str, int]:
        row = row_of(self.id)
        return row.state, row.version

    def send(self, request: Request, version: int) -> TestResponse:
        if request.path in ANSWERS:
            return self.person.post(f"offers/{self.id}/{request.path}", None)
        body = {"version": version, **BODIES.get(request.path, {})}
        sender = self.person if request.role == EMPLOYEE else in_session(self.person.app, self.lin.staff.username)
        return sender.post(f"appointments/{self.id}/{request.path}", body)


def offered(person: Person, lin: Office) -> str:
    """Let somebody be offered Tuesday's hour, having waited for it."""
    replace_openings(lin.id, [], [], None)
    assert person.post(f"counsellors/{lin.id}/waiting-list", {}, headers=key()).status_code == 201
    once = {"day": "2026-11-24", "starts": "09:00", "ends": "10:00", "opens": True}
    week = [{"day": "fri", "starts": "09:00", "ends": "12:00"}]
    openings = {"version": 3, "weekly": week, "changes": [once]}
    assert lin.at_desk().put("calendar/availability", openings).status_code == 200
    settle_lines()
    (offer,) = person.get("offers").json["items"]
    assert offer["starts_at"] == TUESDAY
    return str(offer["id"])


WAY_TO: dict[State, tuple[str, ...]] = {
    State.HELD: ("hold",),
    State.OFFERED: ("offer",),
    State.BOOKED: ("hold", "confirm"),
    State.CHECKED_IN: ("hold", "confirm", "check-in"),
    State.ATTENDED: ("hold", "confirm", "check-in", "attend"),
    State.NO_SHOW: ("hold", "confirm", "no-show"),
    State.CANCELLED: ("hold", "confirm", "cancel"),
    State.LATE_CANCELLED: ("hold", "confirm", "wait", "cancel"),
    State.CANCELLED_BY_COUNSELLOR: ("hold", "confirm", "call off"),
    State.EXPIRED: ("hold", "expire"),
    State.DECLINED: ("offer", "decline"),
}
BY_NAME = {each.path: each for each in REQUESTS if (each.role, each.path) != (COUNSELLOR, "cancel")}
BY_NAME["call off"] = next(each for each in REQUESTS if (each.role, each.path) == (COUNSELLOR, "cancel"))


@pytest.fixture
def table(app: Flask, clock: Clock) -> Table:
    numbers, start = count(), clock.moment

    def reach(state: str) -> Booked:
        clock.moment, number = start, next(numbers)
        person, lin = ready_person(app, f"openid-of-number-{number:012}"), office(app, f"counsellor-{number}")
        first, *others = WAY_TO[State(state)]
        made = hold(person, lin, TUESDAY).json["id"] if first == "hold" else offered(person, lin)
        case = Booked(made, person, lin)
        for name in others:
            go_on(case, name)
        return case

    def go_on(case: Booked, name: str) -> None:
        if name == "wait":
            clock.moment = LATE
        elif name == "expire":
            clock.advance(minutes=10)
            settle_lines()
        else:
            clock.moment = max(clock.moment, BY_NAME[name].at or clock.moment)
            assert case.send(BY_NAME[name], case.standing()[1]).status_code < 300

    return Table(APPOINTMENTS, REQUESTS, reach, clock)


@pytest.mark.parametrize("state", State)
def test_every_request_from_every_state(table: Table, state: State) -> None:
    table.walk(state)


def test_the_table_knows_every_request_and_every_act(app: Flask) -> None:
    known = {(each.role, each.path) for each in REQUESTS}
    routes = moving_routes(app, "appointment_id") | moving_routes(app, "offer_id")
    assert known == {each for each in routes if each[1] not in MOVE_NOTHING}
    assert {act for each in REQUESTS for act in each.acts} | set(NOT_BY_THESE) == set(APPOINTMENTS.moves)


def test_control_a_machine_that_says_otherwise_is_caught(table: Table) -> None:
    """Where it allows less than the service, the request succeeds that had to be refused."""
    other = Move([State.BOOKED], State.CHECKED_IN)
    wrong = replace(table, machine=replace(APPOINTMENTS, moves={**APPOINTMENTS.moves, Act.CHECK_IN: other}))
    with pytest.raises(AssertionError):
        wrong.walk(State.NO_SHOW)
