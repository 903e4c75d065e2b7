"""Appointments as they stand in the calendar, for tests of what hangs on them; booking itself is tested elsewhere."""

from datetime import timedelta

from sqlalchemy import insert, update

from heartport import clock
from heartport.booking.counselling.models import Appointment
from heartport.booking.resources import add_person
from heartport.booking.rules.grid import tick_at_or_after
from heartport.columns import new_public_id
from heartport.stores import Store, write_transaction
from tests.conftest import Person
from tests.duty.teams import Team


def make_appointment(person: Person, staff_id: str, state: str = "booked", days: int = 2) -> str:
    """Make an appointment of a person with a member of staff so many days from now, and return its id."""
    starts = tick_at_or_after(clock.now() + timedelta(days=days))
    row = {
        "id": new_public_id(),
        "account_id": person.account_id,
        "counsellor_id": add_person(staff_id, None),
        "state": state,
        "version": 1,
        "starts": starts,
        "ends": starts + 4,
        "mode": "phone",
        "phone_sealed": None,
        "reschedules": 0,
        "follow_up_suggested": False,
    }
    write_transaction(Store.MAIN, lambda session: session.execute(insert(Appointment).values(row)) and None)
    return str(row["id"])


def change(appointment_id: str, **values: object) -> None:
    """Let something happen to an appointment."""
    statement = update(Appointment).where(Appointment.id == appointment_id).values(**values)
    write_transaction(Store.MAIN, lambda session: session.execute(statement) and None)


def hand_over(appointment_id: str, team: Team, name: str) -> None:
    """Let another counsellor take an appointment over."""
    change(appointment_id, counsellor_id=add_person(team.id_of(name), None))
