"""What other rooms may know of an appointment: whose it is, with whom, on which day, and how far it has come.

An appointment that ended otherwise than by meeting is as good as none to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.rules.states import AHEAD, APPOINTMENTS, MET, State
from heartport.booking.models import Resource
from heartport.booking.rules.grid import first_tick, moment_of
from heartport.errors import NotFound
from heartport.stores import Store, reading

CONFIRMED = APPOINTMENTS.live


class AppointmentUnknown(NotFound):
    """There is no such appointment, or it is another person's."""

    code = "appointment_unknown"
    detail = "没有找到这次预约。"


@dataclass(frozen=True, slots=True)
class Reference:
    """One confirmed appointment; without an account its person was erased."""

    id: str
    account_id: str | None
    counsellor_id: str
    on: date
    state: State

    @property
    def is_ahead(self) -> bool:
        """Whether it is still to come, or going on."""
        return self.state in AHEAD

    @property
    def is_met(self) -> bool:
        """Whether person and counsellor met, or should have: then there may be a case record."""
        return self.state in MET


def own_reference(account_id: str, appointment_id: str) -> Reference:
    """Return a person's own confirmed appointment; raises `AppointmentUnknown`."""
    return _one(_confirmed().where(Appointment.id == appointment_id, Appointment.account_id == account_id))


def counsellors_reference(staff_id: str, appointment_id: str) -> Reference:
    """Return a confirmed appointment with this member of staff; raises `AppointmentUnknown`."""
    return _one(_confirmed().where(Appointment.id == appointment_id, Resource.staff_id == staff_id))


def is_kept(appointment_id: str) -> bool:
    """Tell whether there is an appointment, whoever's it is and however it stands: some time after its year none is."""
    with reading(Store.MAIN) as session:
        found = select(Appointment.id).where(Appointment.id == appointment_id)
        return session.execute(found).scalar() is not None


def own_references(account_id: str) -> Sequence[Reference]:
    """Return all confirmed appointments of a person."""
    return _all(_confirmed().where(Appointment.account_id == account_id))


def references_since(day: date) -> Sequence[Reference]:
    """Return all confirmed appointments that begin on a day or later."""
    return _all(_confirmed().where(Appointment.starts >= first_tick(day)))


def _confirmed() -> Select[Appointment]:
    joined = select(Appointment).join(Resource, Resource.id == Appointment.counsellor_id)
    return joined.where(Appointment.state.in_(CONFIRMED))


def _one(statement: Select[Appointment]) -> Reference:
    found = _all(statement)
    if not found:
        raise AppointmentUnknown
    return found[0]


def _all(statement: Select[Appointment]) -> list[Reference]:
    with reading(Store.MAIN) as session:
        return [
            Reference(row.id, row.account_id, row.counsellor_id, moment_of(row.starts).date(), State(row.state))
            for row in session.execute(statement).scalars()
        ]
