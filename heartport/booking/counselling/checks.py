"""What the nightly look at the calendar compares of appointments."""

from sqlalchemy import Select, select

from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.rules.states import APPOINTMENTS, HOLDING
from heartport.booking.invariants import Kept


def kept_appointments() -> Select[str, str, int]:
    """Select what is compared with the audit and with the time taken."""
    return select(Appointment.id, Appointment.state, Appointment.version)


KEPT = Kept(APPOINTMENTS, kept_appointments, HOLDING)
