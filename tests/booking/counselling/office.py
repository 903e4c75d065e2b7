"""A counsellor with openings, and people who book them; it is Sunday, 22 November 2026, noon."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from heartport import clock
from heartport.booking.audit import person_actor
from heartport.booking.availability import replace_openings
from heartport.booking.counselling.appointments import Asked, confirm_appointment, hold_time
from heartport.booking.counselling.line import join_line
from heartport.booking.counselling.models import Appointment
from heartport.booking.resources import add_person
from heartport.booking.rules.openings import OpenDay, Opening
from heartport.callers import COUNSELLOR
from heartport.staff.accounts import staff_id_of
from heartport.stores import Store, reading, write_transaction
from tests.booking.desk import moment
from tests.conftest import Person
from tests.staff.doors import Staff, make_staff

WEEKDAYS = (OpenDay.MON, OpenDay.TUE, OpenDay.WED, OpenDay.THU, OpenDay.FRI)
MONDAY = "2026-11-23T09:00:00+08:00"
LATER = "2026-11-23T10:15:00+08:00"
RESERVED = "2026-11-25T18:00:00+08:00"
VERSION = "2026-11"


@dataclass
class Office:
    """One counsellor: their staff account and the resource under which they are booked."""

    staff: Staff
    staff_id: str
    id: str

    _desk: tuple[datetime, Person] | None = None

    def at_desk(self) -> Person:
        """Sign in, once at each moment: a code of the authenticator is good once."""
        now = clock.now()
        if self._desk is None or self._desk[0] != now:
            self._desk = now, self.staff.signed_in()
        return self._desk[1]


def office(app: Flask, name: str = "counsellor-lin", *, open_to: int = 12) -> Office:
    """Make a counsellor who is there on weekdays from 9 o'clock, and on Wednesday evening for whoever is in need."""
    staff = make_staff(app, name, (COUNSELLOR, None))
    staff_id = staff_id_of(name)
    resource_id = add_person(staff_id, "灯塔区")
    weekly = [Opening(day, 9 * 60, open_to * 60) for day in WEEKDAYS]
    evening = Opening(OpenDay.WED, 18 * 60, 20 * 60 + 30, ("phone", "video"), reserved=True)
    replace_openings(resource_id, [*weekly, evening], [], None)
    return Office(staff, staff_id, resource_id)


def asked(office: Office, starts_at: str = MONDAY, mode: str = "in_person", **more: object) -> dict[str, object]:
    return {"counsellor_id": office.id, "starts_at": starts_at, "mode": mode, **more}


def key() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_urlsafe(12)}


def hold(person: Person, office: Office, starts_at: str = MONDAY, **more: object) -> TestResponse:
    return person.post("appointments", asked(office, starts_at, **more), headers=key())


def booked(person: Person, office: Office, starts_at: str = MONDAY, **more: object) -> dict:
    """Hold and confirm, and return the appointment."""
    held = hold(person, office, starts_at, **more)
    assert held.status_code == 201, held.json
    answer = step(person, held.json, "confirm", consent_version=VERSION)
    assert answer.status_code == 200, answer.json
    return answer.json


def step(person: Person, appointment: dict, act: str, **more: object) -> TestResponse:
    return person.post(f"appointments/{appointment['id']}/{act}", {"version": appointment["version"], **more})


def held_alone(account_id: str, office: Office, starts_at: str = MONDAY) -> str:
    """Hold without HTTP and return the id."""
    wish = Asked(office.id, moment(starts_at[:16].replace("T", " ")), "in_person")
    actor = person_actor(account_id)
    return write_transaction(Store.MAIN, lambda session: hold_time(session, account_id, actor, wish))


def booked_alone(account_id: str, office: Office, starts_at: str = MONDAY) -> str:
    """Hold and confirm without HTTP and return the id, of version 2."""
    made = held_alone(account_id, office, starts_at)
    confirm_appointment(account_id, made, 1, VERSION, None)
    return made


def lined_up(office: Office, *account_ids: str) -> None:
    """Let people wait for a counsellor without HTTP, in this order."""
    for account_id in account_ids:
        write_transaction(Store.MAIN, partial(join_line, account_id=account_id, counsellor_id=office.id, mode=None))


def row_of(appointment_id: str) -> Appointment:
    with reading(Store.MAIN) as session:
        return session.execute(select(Appointment).where(Appointment.id == appointment_id)).scalar_one()
