"""Appointments as rows: found, held under the lock of their counsellor's time, changed, ended."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, insert, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import BookingChanged, Step, Tracked, begin, change_state, forget_events
from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.notices import untell
from heartport.booking.counselling.references import AppointmentUnknown
from heartport.booking.counselling.rules.limits import SESSION, Had, span_of
from heartport.booking.counselling.rules.states import APPOINTMENTS, HOLDING, Act, State
from heartport.booking.models import Occupancy
from heartport.booking.occupancy import Booking, Wanted, claim, lock_resources, release, release_all
from heartport.booking.rules.grid import Span
from heartport.columns import new_public_id
from heartport.stores import count_rows, take_turn
from heartport.vault.door import current_vault

TRACKED = Tracked(APPOINTMENTS, Appointment)


class _HandedOver(Exception):
    """An appointment is with somebody else than a moment ago."""


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """What a new appointment is: for whom, with whom, when, how; and until when it is only held."""

    account_id: str
    counsellor_id: str
    tick: int
    mode: str
    held_until: datetime


def wanted(counsellor_id: str, tick: int) -> list[Wanted]:
    """Return the time of a counsellor that a session takes, with the quarter after it."""
    return [Wanted(counsellor_id, span_of(tick), SESSION.before, SESSION.after)]


def make(session: Session, new: NewAppointment, state: State, step: Step) -> Appointment:
    """Take the time and insert the appointment; raises `SlotTaken`, after which the transaction is given up."""
    appointment_id, span = new_public_id(), span_of(new.tick)
    claim(session, Booking(APPOINTMENTS.kind, appointment_id), wanted(new.counsellor_id, new.tick), new.held_until)
    values = {
        "id": appointment_id,
        "account_id": new.account_id,
        "counsellor_id": new.counsellor_id,
        "state": state.value,
        "version": 1,
        "starts": span.start,
        "ends": span.end,
        "mode": new.mode,
    }
    session.execute(insert(Appointment).values(values))
    begin(session, TRACKED, appointment_id, step, state=state.value)
    return fresh(session, appointment_id)


def hold_row(session: Session, which: ColumnElement[bool], *besides: str) -> Appointment:
    """Lock the time of one appointment's counsellor and return the appointment; raises `AppointmentUnknown`.

    `besides` are further resources to be locked with it.
    """
    rows = hold_rows(session, which, *besides)
    if not rows:
        raise AppointmentUnknown
    return rows[0]


def hold_rows(session: Session, which: ColumnElement[bool], *besides: str) -> Sequence[Appointment]:
    """Lock the time of the counsellors of some appointments and return these as they stand then, by id.

    One that is handed over while its lock is awaited is with somebody who is not locked: then all locks are given back
    and taken anew, since they come in ascending order only if they are taken at once.
    """
    counsellors = select(Appointment.counsellor_id).where(which)
    statement = select(Appointment).where(which).order_by(Appointment.id)
    while True:
        with suppress(_HandedOver), session.begin_nested():
            locked = lock_resources(session, {*besides, *session.execute(counsellors).scalars()})
            rows = session.execute(statement.execution_options(populate_existing=True)).scalars().all()
            if all(row.counsellor_id in locked for row in rows):
                return rows
            raise _HandedOver


def own(account_id: str, appointment_id: str) -> ColumnElement[bool]:
    """Return the condition for a person's own appointment."""
    return (Appointment.id == appointment_id) & (Appointment.account_id == account_id)


def fresh(session: Session, appointment_id: str) -> Appointment:
    """Return an appointment as it stands now, whatever the session read before."""
    statement = select(Appointment).where(Appointment.id == appointment_id)
    return session.execute(statement.execution_options(populate_existing=True)).scalar_one()


def act(session: Session, row: Appointment, step: Step, **values: Any) -> None:  # noqa: ANN401 - columns
    """Carry out an act on an appointment and refresh it."""
    change_state(session, TRACKED, row.id, step, **values)
    session.refresh(row)


def end(session: Session, row: Appointment, step: Step) -> None:
    """End an appointment that does not take place: its state first, then its time, its number and its messages."""
    untell(session, row)
    act(session, row, step, phone_sealed=None)
    release(session, row.id)


def delete_rows(session: Session, appointment_ids: Collection[str]) -> int:
    """Delete appointments whose counsellors are locked, with their time and their audit; return how many."""
    release_all(session, appointment_ids)
    forget_events(session, appointment_ids)
    return count_rows(session, delete(Appointment).where(Appointment.id.in_(appointment_ids)))


def check_step(row: Appointment, name: Act, version: int) -> None:
    """Raise `BookingStateWrong` or `BookingChanged` as the change itself would, before anything else is looked at."""
    APPOINTMENTS.after(row.state, name)
    if row.version != version:
        raise BookingChanged


def was_done(row: Appointment, name: Act, version: int) -> bool:
    """Tell whether a request only repeats what was done already."""
    return row.version == version + 1 and row.state == APPOINTMENTS.moves[name].after


def lives(row: Appointment, session: Session) -> bool:
    """Tell whether the time of a held or offered appointment is still kept."""
    return bool(session.execute(select(_kept()).where(Appointment.id == row.id)).scalar())


def overdue(which: ColumnElement[bool]) -> Select[Appointment]:
    """Select the appointments that are held or offered by name alone, since the time for it is over."""
    return select(Appointment).where(Appointment.state.in_(HOLDING), ~_kept(), which).order_by(Appointment.id)


def had_by(session: Session, account_id: str) -> list[Had]:
    """Return what a person has and had, one caller at a time for each person until the transaction ends."""
    take_turn(session, current_vault().fingerprint("counselling turn", account_id.encode()))
    rows = session.execute(select(Appointment).where(Appointment.account_id == account_id)).scalars()
    return [Had(State(row.state), Span(row.starts, row.ends)) for row in rows]


def until_when(session: Session, appointment_ids: Collection[str]) -> dict[str, datetime]:
    """Return until when each of these is held, of those that still are."""
    statement = select(Occupancy.booking_id, Occupancy.expires_at).where(
        Occupancy.booking_id.in_(appointment_ids), Occupancy.expires_at > clock.now()
    )
    return {row[0]: row[1] for row in session.execute(statement) if row[1] is not None}


def _kept() -> ColumnElement[bool]:
    return exists().where(Occupancy.booking_id == Appointment.id, Occupancy.expires_at > clock.now())
