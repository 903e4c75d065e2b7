"""Walks a machine over HTTP: what each request that moves a booking does from each state, as each role may send it.

From a wrong state, and with a stale version, it is refused with its code and not one row of the store changes; from a
right one it leads where the machine says, notes one event, and does nothing the second time.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from heartport.booking.invariants import find_problems
from heartport.booking.models import BookingEvent
from heartport.booking.rules.machines import Machine
from heartport.extensions import db
from heartport.stores import Store, engine_of, reading
from heartport.web.access import roles_of_endpoint
from tests.conftest import Clock
from tests.killing import FULL

WRONG_STATE = (409, "booking_state")
STALE = (412, "booking_changed")
SIGNED_IN = {"access_tokens", "staff_sessions", "sign_in_attempts"}
"""Tables that change with who signs in, and not with bookings."""


class Standing(NamedTuple):
    """How a booking stands, and by which acts it came there."""

    state: str
    version: int
    acts: Sequence[str]


@dataclass(frozen=True)
class Request:
    """One request that moves a booking: who sends it to which path, and the acts that it may mean.

    `at` is the earliest moment at which it can succeed. Where it is no act it answers `refusal`, or in some states what
    `otherwise` says; a status without a code is a repetition, which changes nothing.
    """

    role: str
    path: str
    acts: Collection[str]
    at: datetime | None = None
    versioned: bool = True
    refusal: tuple[int, str | None] = WRONG_STATE
    otherwise: Mapping[str, tuple[int, str | None]] = field(default_factory=dict)

    def act_from(self, machine: Machine, state: str) -> str | None:
        """Return the act that this is in a state, or None where there is none."""
        if state in self.otherwise:
            return None
        return next((act for act in self.acts if state in machine.moves[act].before), None)


class Case(Protocol):
    """One booking, with whoever can do something about it."""

    @property
    def id(self) -> str:
        """Of the booking."""

    def standing(self) -> tuple[str, int]:
        """Return state and version as they are stored."""

    def send(self, request: Request, version: int) -> TestResponse:
        """Send a request as its role does."""


@dataclass(frozen=True)
class Table:
    """One kind of booking: its machine, the requests that move it, and how a booking comes into a state."""

    machine: Machine
    requests: Sequence[Request]
    reach: Callable[[str], Case]
    clock: Clock

    def walk(self, state: str) -> None:
        """Send everything from one state; on PostgreSQL what is right in full proofs alone, since it takes long."""
        self._send_the_wrong_ones(state)
        for request in self.requests if FULL or engine_of(Store.MAIN).dialect.name == "sqlite" else ():
            if (act := request.act_from(self.machine, state)) is not None:
                self._send_the_right_one(state, request, act)
        assert find_problems() == []

    def _send_the_wrong_ones(self, state: str) -> None:
        case = self.reach(state)
        reached, standing = self.clock.moment, standing_of(case)
        assert standing.state == state
        for request in self.requests:
            if request.act_from(self.machine, state) is None:
                self.clock.moment = max(reached, request.at or reached)
                expected = request.otherwise.get(state, request.refusal)
                assert self._changes_nothing(case, request, standing.version) == expected, (state, request)
        self.clock.moment = reached

    def _send_the_right_one(self, state: str, request: Request, act: str) -> None:
        case = self.reach(state)
        self.clock.moment = max(self.clock.moment, request.at or self.clock.moment)
        before = standing_of(case)
        if request.versioned:
            assert self._changes_nothing(case, request, before.version - 1) == STALE, (state, request)
        answer = case.send(request, before.version)
        assert answer.status_code in (200, 204), (state, request, answer.json)
        after = Standing(str(self.machine.after(state, act)), before.version + 1, [*before.acts, str(act)])
        assert standing_of(case) == after, (state, request)
        again, _ = self._changes_nothing(case, request, before.version)
        assert again in (200, 204, 404, 409, 412), (state, request)

    def _changes_nothing(self, case: Case, request: Request, version: int) -> tuple[int, str | None]:
        """Send a request that must change nothing and return what came of it."""
        before = stored()
        answer = case.send(request, version)
        changed = [name for name, rows in stored().items() if rows != before[name]]
        assert changed == [], (request, answer.json)
        return answer.status_code, answer.json["code"] if answer.status_code >= 400 else None


def standing_of(case: Case) -> Standing:
    events = select(BookingEvent.act).where(BookingEvent.booking_id == case.id).order_by(BookingEvent.number)
    with reading(Store.MAIN) as session:
        return Standing(*case.standing(), list(session.execute(events).scalars()))


def stored() -> dict[str, list[str]]:
    """Return every row of `main` but of who is signed in; past SQLAlchemy, since it is asked for so often."""
    names = {table.name for table in db.metadatas[None].tables.values()} - SIGNED_IN
    with closing(engine_of(Store.MAIN).raw_connection()) as borrowed:
        rows = borrowed.driver_connection.execute
        return {name: sorted(map(repr, rows(f'SELECT * FROM "{name}"').fetchall())) for name in sorted(names)}


def moving_routes(app: Flask, parameter: str) -> set[tuple[str, str]]:
    """Return role and path of every request that may move what this parameter of a path names, as the routes say."""
    found = set()
    for rule in app.url_map.iter_rules():
        _, is_about, path = rule.rule.partition(f"<{parameter}>")
        if is_about and rule.methods & {"POST", "PUT", "DELETE"}:
            *_, roles = roles_of_endpoint(app, rule.endpoint)
            found |= {(role, path.strip("/")) for role in ([roles] if isinstance(roles, str) else roles)}
    return found
