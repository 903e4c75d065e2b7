"""Lectures and people who come to them, for tests; it is Sunday, 22 November 2026, noon."""

import secrets
from datetime import datetime, time, timedelta

from flask import Flask
from sqlalchemy import select

from heartport import clock
from heartport.booking.audit import person_actor, staff_actor
from heartport.booking.lectures import planning, registrations
from heartport.booking.lectures.models import Lecture, Registration, UnitSeats
from heartport.booking.lectures.registrations import Registrant
from heartport.booking.lectures.rules.details import Details
from heartport.booking.resources import add_person, add_room
from heartport.callers import COORDINATOR
from heartport.columns import new_public_id
from heartport.local_time import SHANGHAI
from heartport.members import sessions
from heartport.staff import accounts
from heartport.staff.accounts import add_member, staff_id_of
from heartport.stores import Store, reading, write_transaction
from heartport.vault.door import current_vault
from tests.conftest import Person, signed_in
from tests.staff.doors import PASSWORD, make_staff


def actor() -> bytes:
    return staff_actor("somebody")


def lecturer(username: str = "lecturer") -> str:
    """Make a member of staff who can be booked, and return the id of the resource."""
    if username not in {member.username for member in accounts.list_members()}:
        add_member(username, "林老师", PASSWORD)
    return add_person(staff_id_of(username), None)


def details(lecturer_id: str, **other: object) -> Details:
    usual = {
        "title": "睡个好觉",
        "summary": "从今晚开始的小改变。",
        "venue": "工人文化宫",
        "starts_at": in_three_days(),
        "duration_minutes": 90,
        "capacity": 3,
        "unit_quota": None,
        "lecturer_id": lecturer_id,
    }
    return Details(**{**usual, **other})


def in_three_days() -> datetime:
    """Return 14:00 on the day after the day after tomorrow."""
    return datetime.combine(clock.today() + timedelta(days=3), time(14), SHANGHAI)


def drafted(**other: object) -> str:
    """Draft a lecture of a lecturer of its own and return its id."""
    lecturer_id = str(other.pop("lecturer_id", None) or lecturer(f"lecturer-{secrets.token_hex(4)}"))
    made = details(lecturer_id, **other)
    return write_transaction(Store.MAIN, lambda session: planning.draft_lecture(session, actor(), made))


def opened(**other: object) -> str:
    """Draft and open a lecture."""
    lecture_id = drafted(**other)
    planning.open_lecture(actor(), lecture_id, None)
    return lecture_id


def room(capacity: int | None = None) -> str:
    return add_room("三楼报告厅", capacity=capacity)


def people(app: Flask, count: int) -> list[Person]:
    return [signed_in(app, f"openid-of-a-listener-{secrets.token_hex(6)}") for _ in range(count)]


def accounts_of(count: int) -> list[str]:
    """Make accounts without anything else, quickly."""
    made = [sessions.find_or_create_account(f"openid-{secrets.token_hex(12)}") for _ in range(count)]
    for account_id in made:
        current_vault().ensure_subject(account_id)
    return made


def who(account_id: str, unit_id: str | None = None) -> Registrant:
    return Registrant(account_id, unit_id, person_actor(account_id))


def registered(lecture_id: str, account_id: str, *, unit_id: str | None = None, wait: bool = False) -> str:
    """Register somebody in a transaction of its own."""
    someone = who(account_id, unit_id)
    return write_transaction(
        Store.MAIN, lambda session: registrations.register(session, someone, lecture_id, wait=wait)
    )


def given_up(lecture_id: str, account_id: str) -> None:
    registrations.give_up(account_id, lecture_id)


def lecture_row(lecture_id: str) -> Lecture:
    with reading(Store.MAIN) as session:
        return session.execute(select(Lecture).where(Lecture.id == lecture_id)).scalar_one()


def taken(lecture_id: str) -> int:
    return lecture_row(lecture_id).taken


def row_of(registration_id: str) -> Registration:
    with reading(Store.MAIN) as session:
        return session.execute(select(Registration).where(Registration.id == registration_id)).scalar_one()


def state_of(registration_id: str) -> str:
    return row_of(registration_id).state


def states(lecture_id: str) -> list[str]:
    """Return the states of all registrations of a lecture, sorted."""
    with reading(Store.MAIN) as session:
        found = select(Registration.state).where(Registration.lecture_id == lecture_id)
        return sorted(session.execute(found).scalars())


def unit_seats(lecture_id: str) -> dict[str, int]:
    with reading(Store.MAIN) as session:
        found = select(UnitSeats.unit_id, UnitSeats.taken).where(UnitSeats.lecture_id == lecture_id)
        return dict(map(tuple, session.execute(found)))


def coordinator(app: Flask) -> Person:
    return make_staff(app, "coordinator", (COORDINATOR, None)).signed_in()


def sign_up(person: Person, lecture_id: str, *, wait: bool = False, key: str | None = None):
    """Register over HTTP."""
    headers = {"Idempotency-Key": key or secrets.token_urlsafe(12)}
    return person.post(f"lectures/{lecture_id}/registration", {"wait": wait}, headers=headers)


def body(lecturer_id: str, **other: object) -> dict[str, object]:
    """Return what a coordinator sends."""
    return {
        "title": "睡个好觉",
        "summary": "从今晚开始的小改变。",
        "venue": "工人文化宫",
        "starts_at": "2026-11-25T14:00:00+08:00",
        "duration_minutes": 90,
        "capacity": 3,
        "unit_quota": None,
        "lecturer_id": lecturer_id,
        "room_id": None,
        **other,
    }


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def some_id() -> str:
    return new_public_id()
