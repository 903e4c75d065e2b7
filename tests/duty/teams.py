"""Three members of staff who may be on duty, and rosters of them, for tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask

from heartport import clock
from heartport.callers import CLINICAL_LEAD, COORDINATOR, COUNSELLOR, Caller
from heartport.duty.roster import replace_roster
from heartport.duty.rules import Shift
from heartport.local_time import SHANGHAI
from heartport.members import open_sessions
from heartport.staff import accounts, sessions
from heartport.stores import Store, write_transaction
from tests.conftest import Person
from tests.staff.doors import make_staff

TEAM = {"anne": COUNSELLOR, "ben": CLINICAL_LEAD, "cleo": COORDINATOR}
PEOPLE = tuple(TEAM)
SUNDAY = datetime(2026, 11, 22, tzinfo=SHANGHAI)
"""The day on which the tests' clock stands still, at noon."""


def at(hours: float) -> datetime:
    """Return the moment so many hours after that Sunday began."""
    return SUNDAY + timedelta(hours=hours)


def shift(begins: float, ends: float, people: tuple[str, str, str] = PEOPLE) -> Shift:
    """Return a shift in hours of that Sunday."""
    return Shift(at(begins), at(ends), *people)


@dataclass
class Team:
    """Anne is a counsellor, Ben the clinical lead, Cleo the coordinator."""

    app: Flask

    def id_of(self, name: str) -> str:
        return accounts.staff_id_of(name)

    def client(self, name: str) -> Person:
        """Return a client with a fresh session, without the sign-in, which is tested elsewhere."""
        staff_id = self.id_of(name)
        signed_in = write_transaction(Store.MAIN, lambda s: sessions.open_session(s, staff_id, clock.now()))
        return Person(self.app, signed_in.token, staff_id)

    def caller(self, name: str) -> Caller:
        return open_sessions.identify(self.client(name).token)


def make_team(app: Flask, **further: str) -> Team:
    """Make the three, each with one role everywhere, and others by name and role."""
    for name, role in {**TEAM, **further}.items():
        make_staff(app, name, (role, None))
    return Team(app)


def put_on_duty(*shifts: Shift) -> None:
    """Make these shifts the roster."""
    replace_roster(shifts, None)
