"""Every request about a workshop from every state, generated from its machine, against a real store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from heartport.booking.rules.machines import Move
from heartport.booking.workshops import entitlements, groups
from heartport.booking.workshops.rules.entitlement import MOST_YEARLY
from heartport.booking.workshops.rules.steps import BOOKED, MACHINE, Act, State
from heartport.callers import CLINICAL_LEAD, COORDINATOR, COUNSELLOR, UNIT_HEAD
from tests.booking.state_tables import Request, Table, moving_routes
from tests.booking.workshops.desk import Desk, asked, at, body, confirmed, create, proposed, row_of
from tests.conftest import Clock

AFTERWARDS = at(13)
NOT_LED = {state: (404, "workshop_unknown") for state in State if state not in (*BOOKED, State.DELIVERED, State.CLOSED)}
"""Whoever leads workshops sees those alone that they lead."""
REQUESTS = (
    Request(UNIT_HEAD, "", [Act.EDIT]),
    Request(UNIT_HEAD, "submit", [Act.SUBMIT, Act.RESUBMIT]),
    Request(UNIT_HEAD, "confirm", [Act.CONFIRM, Act.CONFIRM_MOVE]),
    Request(UNIT_HEAD, "decline", [Act.DECLINE, Act.DECLINE_MOVE]),
    Request(UNIT_HEAD, "withdraw", [Act.WITHDRAW]),
    Request(UNIT_HEAD, "headcount", [Act.RECOUNT]),
    Request(UNIT_HEAD, "reschedule", [Act.RESCHEDULE]),
    Request(UNIT_HEAD, "keep", [Act.KEEP]),
    Request(UNIT_HEAD, "cancel", [Act.CANCEL_BY_UNIT]),
    Request(UNIT_HEAD, "feedback", [Act.GIVE_FEEDBACK]),
    Request(COORDINATOR, "propose", [Act.PROPOSE, Act.PROPOSE_MOVE]),
    Request(COORDINATOR, "waitlist", [Act.WAITLIST]),
    Request(COORDINATOR, "reject", [Act.REJECT, Act.REFUSE_MOVE]),
    Request(COORDINATOR, "merge", [Act.MERGE]),
    Request(COORDINATOR, "cancel", [Act.CANCEL_BY_PROVIDER]),
    Request(COORDINATOR, "deliver", [Act.DELIVER], at=AFTERWARDS),
    Request(COORDINATOR, "close", [Act.CLOSE]),
    Request(COUNSELLOR, "deliver", [Act.DELIVER], at=AFTERWARDS, otherwise=NOT_LED),
)
NOT_BY_THESE = {
    Act.EXPIRE: "by itself",
    Act.EXPIRE_MOVE: "by itself",
    Act.CANCEL_UNDER_MINIMUM: "by itself",
    Act.REPLACE: "at a terminal",
    Act.REPLACE_MOVING: "at a terminal",
}
USERNAMES = {UNIT_HEAD: "head", COORDINATOR: "coordinator", COUNSELLOR: "anne"}
HEADCOUNT = 5
"""So few that several of them are still one group, and that on its day of decision it is cancelled."""


@dataclass(frozen=True)
class Wanted:
    """A workshop of the shipyard on a day of its own."""

    id: str
    desk: Desk
    host: str
    day: datetime

    def standing(self) -> tuple[str, int]:
        row = row_of(self.id)
        return row.state, row.version

    def send(self, request: Request, version: int) -> TestResponse:
        sender = self.desk.client(USERNAMES[request.role])
        path, sent = f"workshops/{self.id}/{request.path}".strip("/"), {"version": version, **self._body(request)}
        return sender.put(path, sent) if request.path == "" else sender.post(path, sent)

    def _body(self, request: Request) -> Mapping[str, object]:
        later = self.day.replace(hour=17).isoformat()
        proposed = later if row_of(self.id).state in BOOKED else self.day.isoformat()
        wishes = {"wishes": [{"starts_at": later}]}
        bodies: dict[str, Mapping[str, object]] = {
            "": body(self.day, headcount=HEADCOUNT),
            "headcount": {"headcount": HEADCOUNT + 1},
            "reschedule": wishes,
            "feedback": {"rating": 5},
            "propose": {"starts_at": proposed, "facilitator_id": self.desk.people["anne"], "spoken": True},
            "reject": {"reason": "那天没有人"},
            "merge": {"into": self.host},
            "cancel": {"reason": "带领人病了"},
            "deliver": {"attended": HEADCOUNT},
        }
        return bodies.get(request.path, {})


def drafted(desk: Desk, day: datetime, headcount: int) -> str:
    return str(create(desk.client("head"), day, headcount=headcount, key=f"key-of-the-{day:%d}").json["id"])


WAY_TO: dict[State, tuple[Callable[..., str], *tuple[str, ...]]] = {
    State.DRAFT: (drafted,),
    State.SUBMITTED: (asked,),
    State.WAITLISTED: (asked, "waitlist"),
    State.PROPOSED: (proposed,),
    State.CONFIRMED: (confirmed,),
    State.MOVE_REQUESTED: (confirmed, "reschedule"),
    State.MOVE_PROPOSED: (confirmed, "reschedule", "propose"),
    State.MERGED: (confirmed, "merge"),
    State.DELIVERED: (confirmed, "deliver"),
    State.CLOSED: (confirmed, "deliver", "close"),
    State.REJECTED: (asked, "reject"),
    State.WITHDRAWN: (drafted, "withdraw"),
    State.CANCELLED_BY_UNIT: (confirmed, "cancel"),
    State.CANCELLED_BY_PROVIDER: (confirmed, "call off"),
    State.CANCELLED_UNDER_MINIMUM: (confirmed, "decide"),
}
"""How it begins, without HTTP, and what is sent then."""
BY_NAME = {each.path: each for each in reversed(REQUESTS)}
BY_NAME["call off"] = next(each for each in REQUESTS if (each.role, each.path) == (COORDINATOR, "cancel"))


@pytest.fixture
def table(desk: Desk, clock: Clock) -> Table:
    entitlements.allow(desk.units["yard"], 2026, MOST_YEARLY)
    host, days, start = confirmed(desk, at(-1), who="other", headcount=HEADCOUNT), count(), clock.moment

    def reach(state: str) -> Wanted:
        clock.moment, day = start, at(next(days))
        begin, *further = WAY_TO[State(state)]
        case = Wanted(begin(desk, day, headcount=HEADCOUNT), desk, host, day)
        for name in further:
            go_on(case, name)
        return case

    def go_on(case: Wanted, name: str) -> None:
        if name == "decide":
            clock.moment = at(-7)
            assert groups.decide_groups() > 0
        else:
            clock.moment = max(clock.moment, BY_NAME[name].at or clock.moment)
            answer = case.send(BY_NAME[name], case.standing()[1])
            assert answer.status_code == 200, answer.json

    return Table(MACHINE, REQUESTS, reach, clock)


@pytest.mark.parametrize("state", State)
def test_every_request_from_every_state(table: Table, state: State) -> None:
    table.walk(state)


def test_the_table_knows_every_request_and_every_act(app: Flask) -> None:
    known = {(each.role, each.path) for each in REQUESTS}
    assert known == {each for each in moving_routes(app, "workshop_id") if each[0] != CLINICAL_LEAD}
    assert {act for each in REQUESTS for act in each.acts} | set(NOT_BY_THESE) == set(MACHINE.moves)


def test_control_a_machine_that_says_otherwise_is_caught(table: Table) -> None:
    """Where it allows less than the service, the request succeeds that had to be refused."""
    other = Move([State.SUBMITTED], State.REJECTED)
    wrong = replace(table, machine=replace(MACHINE, moves={**MACHINE.moves, Act.REJECT: other}))
    with pytest.raises(AssertionError):
        wrong.walk(State.WAITLISTED)
