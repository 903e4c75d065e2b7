"""Use cases of a counsellor with their own appointments: who came, who did not, what has to be called off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import BookingChanged, Step, events_of, service_actor, staff_actor
from heartport.booking.availability import close
from heartport.booking.counselling.counsellors import find_counsellor
from heartport.booking.counselling.line import put_first, serve
from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.notices import tell, tell_counsellor, tell_of_time, untell
from heartport.booking.counselling.places import whereabouts_of
from heartport.booking.counselling.references import AppointmentUnknown
from heartport.booking.counselling.rows import act, check_step, end, hold_row, wanted, was_done
from heartport.booking.counselling.rules.limits import (
    AppointmentBegun,
    check_may_check_in,
    check_may_note_no_show,
)
from heartport.booking.counselling.rules.places import Where, without_link
from heartport.booking.counselling.rules.states import APPOINTMENTS, Act, State
from heartport.booking.models import Resource
from heartport.booking.occupancy import Booking, transfer
from heartport.booking.rules.grid import TICKS_A_DAY, Span, first_tick, moment_of
from heartport.messages.rules import Kind
from heartport.stores import Store, reading, write_transaction

SHOWN = (State.BOOKED, State.CHECKED_IN, State.ATTENDED, State.NO_SHOW)
"""What is held or offered is nobody's business yet, and what was cancelled not any more."""
DAYS_BACK = 90


@dataclass(frozen=True, slots=True)
class Seen:
    """One appointment as its counsellor sees it."""

    row: Appointment
    where: Where
    missed_on: date | None
    """The local day on which a no-show was noted."""


def list_appointments(staff_id: str) -> list[Seen]:
    """Return a counsellor's appointments of the last three months and all to come, by start, without links."""
    since = first_tick(clock.today()) - DAYS_BACK * TICKS_A_DAY
    statement = select(Appointment).where(_theirs(staff_id), Appointment.state.in_(SHOWN), Appointment.starts >= since)
    with reading(Store.MAIN) as session:
        rows = session.execute(statement.order_by(Appointment.starts, Appointment.id)).scalars().all()
        places, missed = whereabouts_of(session, rows), _missed_on(session, rows)
    return [Seen(row, without_link(places[row.id]), missed.get(row.id)) for row in rows]


def find_appointment(staff_id: str, appointment_id: str) -> Seen:
    """Return one of them, ended ones too; raises `AppointmentUnknown`."""
    with reading(Store.MAIN) as session:
        row = session.execute(select(Appointment).where(_one(staff_id, appointment_id))).scalar()
        if row is None:
            raise AppointmentUnknown
        places, missed = whereabouts_of(session, [row]), _missed_on(session, [row])
    return Seen(row, places[row.id], missed.get(row.id))


def check_in(staff_id: str, appointment_id: str, version: int) -> None:
    """Note that the person is here, which also corrects a no-show until the end of the day after it was noted."""

    def work(session: Session, row: Appointment) -> None:
        missed_on = _missed_on(session, [row]).get(row.id)
        check_may_check_in(Span(row.starts, row.ends), clock.now(), missed_on=missed_on)
        untell(session, row)
        act(session, row, Step(Act.CHECK_IN, staff_actor(staff_id), version))

    _carry_out(staff_id, appointment_id, Act.CHECK_IN, version, work)


def attend(staff_id: str, appointment_id: str, version: int, *, follow_up: bool) -> None:
    """Note that the session took place, and whether another one is suggested; the number to call is deleted."""

    def work(session: Session, row: Appointment) -> None:
        step = Step(Act.ATTEND, staff_actor(staff_id), version)
        act(session, row, step, follow_up_suggested=follow_up, phone_sealed=None)

    _carry_out(staff_id, appointment_id, Act.ATTEND, version, work)


def note_no_show(staff_id: str, appointment_id: str, version: int) -> None:
    """Note that the person did not come; they get a caring message, and until the next day ends it can be corrected."""

    def work(session: Session, row: Appointment) -> None:
        check_may_note_no_show(row.starts, clock.now())
        step = Step(Act.NO_SHOW, staff_actor(staff_id), version)
        act(session, row, step, phone_sealed=None)
        tell(session, row, Kind.MISSED)

    _carry_out(staff_id, appointment_id, Act.NO_SHOW, version, work)


def call_off(staff_id: str, appointment_id: str, version: int) -> None:
    """Cancel as the counsellor: the person is told, sees three other times, and stands first in the line.

    The hour is closed in the counsellor's calendar, since they are not there: it is offered to nobody.
    """

    def work(session: Session, row: Appointment) -> None:
        if clock.now() >= moment_of(row.starts):
            raise AppointmentBegun
        end(session, row, Step(Act.CANCEL_BY_COUNSELLOR, staff_actor(staff_id), version))
        close(session, row.counsellor_id, wanted(row.counsellor_id, row.starts)[0].blocked)
        tell(session, row, Kind.CANCELLED)
        if row.account_id is not None:
            put_first(session, row.account_id, row.counsellor_id, row.mode)

    _carry_out(staff_id, appointment_id, Act.CANCEL_BY_COUNSELLOR, version, work)


def transfer_appointment(appointment_id: str, to_id: str) -> None:
    """Give an appointment to another counsellor at the same time; the person is told, and both counsellors are.

    Once more changes nothing. Raises `AppointmentUnknown`, `CounsellorUnknown`, `SlotTaken`,
    `BookingChanged` where something happened to it meanwhile, or what a state refuses.
    """
    find_counsellor(to_id)
    which = Appointment.id == appointment_id
    with reading(Store.MAIN) as session:
        version = session.execute(select(Appointment.version).where(which)).scalar()
    if version is None:
        raise AppointmentUnknown

    def work(session: Session) -> None:
        row = hold_row(session, which, to_id)
        from_id = row.counsellor_id
        APPOINTMENTS.after(row.state, Act.TRANSFER)
        if from_id == to_id:
            return
        if row.version != version:
            raise BookingChanged
        transfer(session, Booking(APPOINTMENTS.kind, row.id), from_id, to_id)
        tell_counsellor(session, row, Kind.HANDED_OVER)
        act(session, row, Step(Act.TRANSFER, service_actor(), version), counsellor_id=to_id)
        tell_of_time(session, row, Kind.UPDATED)
        serve(session, from_id)

    write_transaction(Store.MAIN, work)


def _missed_on(session: Session, rows: Sequence[Appointment]) -> dict[str, date]:
    """Return the day on which each no-show among these was noted: that of its last event."""
    missed = [row.id for row in rows if row.state == State.NO_SHOW]
    return {appointment_id: events[-1].on for appointment_id, events in events_of(session, missed).items()}


def _carry_out(
    staff_id: str, appointment_id: str, name: Act, version: int, work: Callable[[Session, Appointment], None]
) -> None:
    """Do something with one's own appointment; a repetition changes nothing. Raises what the machine refuses."""

    def once(session: Session) -> None:
        row = hold_row(session, _one(staff_id, appointment_id))
        if was_done(row, name, version):
            return
        check_step(row, name, version)
        work(session, row)

    write_transaction(Store.MAIN, once)


def _theirs(staff_id: str) -> ColumnElement[bool]:
    return Appointment.counsellor_id.in_(select(Resource.id).where(Resource.staff_id == staff_id))


def _one(staff_id: str, appointment_id: str) -> ColumnElement[bool]:
    return (Appointment.id == appointment_id) & _theirs(staff_id)
