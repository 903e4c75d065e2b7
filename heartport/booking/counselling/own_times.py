"""When a caller's own appointment is, for a file to take along."""

from sqlalchemy import select

from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.rows import own
from heartport.booking.counselling.rules.states import State
from heartport.booking.rules.grid import Span
from heartport.callers import Caller
from heartport.stores import Store, reading


def time_of_appointment(caller: Caller, appointment_id: str) -> Span | None:
    """Return when a person's own booked appointment is."""
    booked = own(caller.account_id, appointment_id) & (Appointment.state == State.BOOKED)
    with reading(Store.MAIN) as session:
        row = session.execute(select(Appointment.starts, Appointment.ends).where(booked)).one_or_none()
    return Span(row[0], row[1]) if row else None
