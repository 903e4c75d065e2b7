"""A unit's head, coordinators and facilitators of workshops, for tests; it is Sunday, 22 November 2026, noon."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from heartport.booking.availability import replace_openings
from heartport.booking.invariants import find_problems
from heartport.booking.resources import add_person, add_room
from heartport.booking.rules.openings import WEEK, Opening
from heartport.booking.workshops import proposals, requests
from heartport.booking.workshops.details import Details
from heartport.booking.workshops.facilitators import qualify
from heartport.booking.workshops.models import EntitlementEntry, Workshop
from heartport.booking.workshops.proposals import Chosen
from heartport.booking.workshops.requests import Asked
from heartport.callers import COORDINATOR, COUNSELLOR, UNIT_HEAD, Caller
from heartport.local_time import SHANGHAI
from heartport.members import open_sessions
from heartport.staff.accounts import staff_id_of
from heartport.stores import Store, reading, write_transaction
from tests.conftest import Person
from tests.staff.doors import in_session, make_staff
from tests.units.trees import make_tree

TUESDAY = datetime(2026, 12, 15, 14, 0, tzinfo=SHANGHAI)
TOPIC = "A03"
"""A salon of 90 minutes for 12 to 30 people; who leads it has work_stress and group_work."""
CONTACT, NOTE, VENUE = "周岚 021-5555 0100", "倒班职工居多", "三号楼二层会议室"
EVERY_DAY = [Opening(day, 8 * 60, 21 * 60) for day in WEEK]


@dataclass
class Desk:
    """Everybody who has to do with workshops."""

    app: Flask
    units: dict[str, str]
    people: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)

    def client(self, username: str) -> Person:
        """Return a client with a live session, without the work of a sign-in."""
        return in_session(self.app, username)

    def caller(self, username: str) -> Caller:
        return open_sessions.identify(self.client(username).token)

    def facilitator(
        self, name: str, district: str = "灯塔区", held: tuple[str, ...] = ("work_stress", "group_work")
    ) -> str:
        make_staff(self.app, name, (COUNSELLOR, None))
        made = add_person(staff_id_of(name), district)
        replace_openings(made, EVERY_DAY, [], None)
        qualify(made, held)
        self.people[name] = made
        return made


def make_desk(app: Flask) -> Desk:
    """Make a unit's head of the shipyard, one of the buses, two coordinators, a facilitator and a room."""
    desk = Desk(app, make_tree())
    for name, role, unit in (
        ("head", UNIT_HEAD, "yard"),
        ("other", UNIT_HEAD, "buses"),
        ("coordinator", COORDINATOR, None),
        ("second", COORDINATOR, None),
    ):
        make_staff(app, name, (role, desk.units[unit] if unit else None))
    desk.facilitator("anne")
    desk.rooms["hall"] = add_room("大讲堂", "灯塔区", 40)
    return desk


def at(days: float = 0, **more: float) -> datetime:
    return TUESDAY + timedelta(days=days, **more)


def body(*wishes: datetime, **other: object) -> dict[str, object]:
    """Return what a unit sends."""
    usual = {"topic": TOPIC, "headcount": 20, "venue": VENUE, "contact": CONTACT, "note": NOTE}
    return {**usual, "wishes": [{"starts_at": each.isoformat()} for each in wishes or (TUESDAY,)], **other}


def create(person: Person, *wishes: datetime, key: str = "key-of-a-workshop", **other: object) -> TestResponse:
    return person.post("workshops", body(*wishes, **other), headers={"Idempotency-Key": key})


def asked(desk: Desk, *wishes: datetime, who: str = "head", headcount: int = 20, venue: str | None = VENUE) -> str:
    """Write a request down and hand it in, without HTTP; return its id, which stands at version 2."""
    caller = desk.caller(who)
    wanted = Asked(TOPIC, wishes or (TUESDAY,), headcount, Details(venue, CONTACT, NOTE))
    made = write_transaction(Store.MAIN, lambda session: requests.create_workshop(session, caller, wanted))
    requests.submit(caller, made, 1, None)
    return made


def proposed(desk: Desk, *wishes: datetime, facilitator: str = "anne", **other: object) -> str:
    """Return a workshop for which a time is held, at version 3."""
    made = asked(desk, *wishes, **other)
    chosen = Chosen((wishes or (TUESDAY,))[0], desk.people[facilitator])
    proposals.propose(desk.caller("coordinator"), made, 2, chosen)
    return made


def confirmed(desk: Desk, *wishes: datetime, who: str = "head", **other: object) -> str:
    """Return a workshop that its unit confirmed, at version 4."""
    made = proposed(desk, *wishes, who=who, **other)
    proposals.confirm(desk.caller(who), made, 3)
    return made


def row_of(workshop_id: str) -> Workshop:
    with reading(Store.MAIN) as session:
        return session.execute(select(Workshop).where(Workshop.id == workshop_id)).scalar_one()


def ledger_of(workshop_id: str) -> list[tuple[int, int]]:
    """Return year and change of each entry."""
    statement = select(EntitlementEntry.year, EntitlementEntry.change).where(
        EntitlementEntry.workshop_id == workshop_id
    )
    with reading(Store.MAIN) as session:
        return [tuple(row) for row in session.execute(statement.order_by(EntitlementEntry.number))]


def step(person: Person, workshop_id: str, name: str, version: int, **more: object) -> TestResponse:
    return person.post(f"workshops/{workshop_id}/{name}", {"version": version, **more})


def refusal(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def sound() -> bool:
    """Tell whether `flask booking check` finds nothing."""
    found = find_problems()
    assert found == []
    return True
