"""Three members of staff who may be on duty, and rosters of them, for tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from heartport import clock
from heartport.callers import CLINICAL_LEAD, COORDINATOR, COUNSELLOR, Caller
from heartport.columns import new_public_id
from heartport.duty.roster import replace_roster
from heartport.duty.rules import Shift
from heartport.local_time import SHANGHAI
from heartport.members import open_sessions
from heartport.staff import accounts, sessions
from heartport.staff.models import RoleGrant, StaffMember
from heartport.stores import Store, write_transaction
from heartport.vault.door import current_vault
from tests.conftest import Person

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


def make_team(app: Flask) -> Team:
    """Make the three, each with one role everywhere, without passwords and in one transaction, which takes no time."""
    ids = {name: new_public_id() for name in TEAM}
    members = [
        {
            "id": ids[name],
            "username": name,
            "side": "service",
            "name_sealed": current_vault().seal_column("staff name", ids[name], f"{name} 的名字", accounts.NAME_LENGTH),
            "password_hash": "none",
            "totp_sealed": b"",
            "last_totp_step": 0,
            "locked": False,
        }
        for name in TEAM
    ]
    day = {"unit_id": None, "granted_by": "tests", "granted_on": SUNDAY.date()}
    held = [
        {"id": new_public_id(), "staff_id": ids[name], "side": "service", "role": role, **day}
        for name, role in TEAM.items()
    ]

    def work(session: Session) -> None:
        session.execute(insert(StaffMember), members)
        session.execute(insert(RoleGrant), held)

    write_transaction(Store.MAIN, work)
    return Team(app)


def put_on_duty(*shifts: Shift) -> None:
    """Make these shifts the roster."""
    replace_roster(shifts, None)


def put_somebody_on_duty(app: Flask) -> None:
    """Make the team and let it be on duty from now on for some hours, whatever the time is."""
    make_team(app)
    put_on_duty(Shift(clock.now(), clock.now() + timedelta(hours=8), *PEOPLE))
