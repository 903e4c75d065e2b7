"""Makes staff for tests, and plays their authenticator apps."""

from dataclasses import dataclass

from flask import Flask
from werkzeug.test import TestResponse

from heartport import clock
from heartport.staff import accounts, grants, sessions
from heartport.stores import Store, write_transaction
from heartport.vault.one_time_codes import code_at
from tests.conftest import Person

PASSWORD = "calm-harbour-of-tests"
WHO = "王工"


@dataclass
class Staff:
    """A member of staff with an authenticator app."""

    app: Flask
    username: str
    secret: str

    def code(self, steps: int = 0) -> str:
        """Return the code that the app shows now, or showed or will show so many steps away."""
        moment = clock.now().timestamp() + 30 * steps
        return code_at(self.secret, clock.now().fromtimestamp(moment, tz=clock.now().tzinfo))

    def sign_in(self, **other: str) -> TestResponse:
        """Sign in over HTTP; what is given stands in place of what is right."""
        body = {"username": self.username, "password": PASSWORD, "otp": self.code(), **other}
        return Person(self.app).post("auth/staff", body)

    def signed_in(self) -> Person:
        """Return a client with a live session."""
        answer = self.sign_in()
        assert answer.status_code == 201, answer.json
        return Person(self.app, answer.json["token"], answer.json["member"]["id"])


def make_staff(app: Flask, username: str = "alice", *roles: tuple[str, str | None]) -> Staff:
    """Make a member of staff who holds these roles, each for a unit or everywhere."""
    secret = accounts.add_member(username, f"{username} 的名字", PASSWORD)
    for role, unit_id in roles:
        grants.grant_role(username, role, unit_id, WHO)
    return Staff(app, username, secret)


def in_session(app: Flask, username: str) -> Person:
    """Return a client with a live session, without the work of a sign-in."""
    staff_id = accounts.staff_id_of(username)
    opened = write_transaction(Store.MAIN, lambda session: sessions.open_session(session, staff_id, clock.now()))
    return Person(app, opened.token, staff_id)
