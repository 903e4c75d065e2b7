"""A person's appointments in the document of everything that is held about them, and what an erasure does with them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypedDict

from flask import current_app
from sqlalchemy import update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import Event, Step, events_of, service_actor
from heartport.booking.counselling.appointments import Own, list_own
from heartport.booking.counselling.consents import agreed_version, forget_consent
from heartport.booking.counselling.line import drop, places_of, serve
from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.notices import tell_counsellor
from heartport.booking.counselling.phones import phone_of
from heartport.booking.counselling.rows import delete_rows, end, hold_rows
from heartport.booking.counselling.rules.limits import is_late
from heartport.booking.counselling.rules.states import HOLDING, MET, Act, State
from heartport.booking.rules.grid import moment_of
from heartport.config import Settings
from heartport.local_time import instant_out
from heartport.members.personal_data import Remainder
from heartport.members.standing import Standing
from heartport.messages.rules import Kind
from heartport.stores import Store, reading
from heartport.web.shapes import Day, Id, Instant

DAYS_OF_A_YEAR = 366


class AppointmentEventOut(TypedDict):
    """One step of an appointment."""

    act: str
    state: str
    on: Day


class AppointmentHeldOut(TypedDict):
    """One appointment, ended ones too."""

    id: Id
    counsellor_id: Id
    state: str
    starts_at: Instant
    mode: str
    phone: str | None
    address: str | None
    reschedules: int
    events: list[AppointmentEventOut]


class LineHeldOut(TypedDict):
    """One place in a line."""

    counsellor_id: Id
    mode: str | None


class CounsellingPartOut(TypedDict):
    """What is held about a person's counselling; case records are told of by themselves."""

    appointments: list[AppointmentHeldOut]
    counselling_waiting: list[LineHeldOut]
    counselling_consent: str | None


def export_appointments(standing: Standing) -> CounsellingPartOut:
    """Return all appointments that are kept, where the person waits, and to which text they agreed."""
    owned = list_own(standing.account_id)
    with reading(Store.MAIN) as session:
        events = events_of(session, [own.row.id for own in owned])
    return {
        "appointments": [_held(own, events[own.row.id]) for own in owned],
        "counselling_waiting": [
            {"counsellor_id": each.counsellor_id, "mode": each.mode} for each in places_of(standing.account_id)
        ],
        "counselling_consent": agreed_version(standing.account_id),
    }


def _held(own: Own, events: Sequence[Event]) -> AppointmentHeldOut:
    row, place = own.row, own.where.place
    return {
        "id": row.id,
        "counsellor_id": row.counsellor_id,
        "state": row.state,
        "starts_at": instant_out(moment_of(row.starts)),
        "mode": row.mode,
        "phone": phone_of(row),
        "address": place.address if place else None,
        "reschedules": row.reschedules,
        "events": [{"act": each.act, "state": each.state, "on": each.on.isoformat()} for each in events],
    }


def appointments_stay() -> Remainder:
    """Say what stays of appointments, why, and until when at most by this deployment's setting."""
    settings: Settings = current_app.extensions["heartport.settings"]
    return Remainder(
        "咨询预约的时间、方式和状态（如果您来过咨询）",
        "个案记录要和它对得上。里面没有您的账号、称呼和电话，单位始终看不到。",
        timedelta(days=DAYS_OF_A_YEAR + settings.appointment_days),
    )


def forget_appointments(session: Session, account_id: str) -> None:
    """Give all hours back, and forget whose those were that took place, within the erasure."""
    rows = hold_rows(session, Appointment.account_id == account_id)
    drop(session, account_id)
    forget_consent(session, account_id)
    for row in rows:
        _give_back(session, row)
    met = [row.id for row in rows if row.state in MET]
    nameless = update(Appointment).where(Appointment.id.in_(met))
    session.execute(nameless.values(account_id=None, phone_sealed=None))
    delete_rows(session, [row.id for row in rows if row.id not in met])


def _give_back(session: Session, row: Appointment) -> None:
    """End an appointment that is still to come; one of which nobody noted how it went is released as it is."""
    if row.state in HOLDING:
        end(session, row, Step(Act.EXPIRE, service_actor()))
    elif row.state == State.BOOKED:
        begun = moment_of(row.starts) <= clock.now()
        late = not begun and is_late(row.starts, clock.now())
        end(session, row, Step(Act.CANCEL_LATE if begun or late else Act.CANCEL, service_actor()))
        if not begun:
            tell_counsellor(session, row, Kind.CANCELLED)
    else:
        return
    serve(session, row.counsellor_id)
