"""Use cases of a person: hold a free hour, confirm it, move it, give it back.

Each locks the counsellor's time first, then takes the person's turn, then touches the appointment. Holds and offers
whose time is over are let go before anything else, so that nothing waits for a sweeper.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import Step, person_actor
from heartport.booking.availability import read_windows
from heartport.booking.counselling.consents import agree
from heartport.booking.counselling.counsellors import Slot, find_counsellor, next_slots
from heartport.booking.counselling.line import drop, expire, serve, settle
from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.notices import tell_counsellor, tell_of_time
from heartport.booking.counselling.phones import seal_phone
from heartport.booking.counselling.places import whereabouts_of
from heartport.booking.counselling.references import AppointmentUnknown
from heartport.booking.counselling.rows import (
    NewAppointment,
    act,
    check_step,
    end,
    had_by,
    hold_row,
    make,
    overdue,
    own,
    until_when,
    wanted,
    was_done,
)
from heartport.booking.counselling.rules.limits import (
    HELD_FOR,
    HORIZON,
    LEAD,
    PhoneNeeded,
    check_may_move,
    check_new_year,
    check_numbers,
    check_start,
    is_late,
    span_of,
)
from heartport.booking.counselling.rules.places import Where, without_link
from heartport.booking.counselling.rules.states import APPOINTMENTS, Act, State
from heartport.booking.occupancy import Booking, confirm, lock_resources, move
from heartport.booking.rules.grid import day_of, moment_of
from heartport.booking.rules.limits import check_time
from heartport.messages.rules import Kind
from heartport.stores import Store, reading, write_transaction


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for; `within_week` also opens what is kept for those who want to talk this week."""

    counsellor_id: str
    starts_at: datetime
    mode: str
    within_week: bool = False
    phone: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Own:
    """One of a person's appointments; `expires_at` while it is only held, `choices` where the counsellor cancelled."""

    row: Appointment
    where: Where
    expires_at: datetime | None = None
    choices: Sequence[Slot] = ()


def hold_time(session: Session, account_id: str, actor: bytes, asked: Asked) -> str:
    """Hold an hour for ten minutes and return the appointment's id; runs within the transaction that does it once.

    Raises what `check_time`, `check_start` and `check_numbers` raise, `PhoneNeeded`, or `SlotTaken`.
    """
    now = clock.now()
    if asked.mode == "phone" and asked.phone is None:
        raise PhoneNeeded(errors={"phone": [PhoneNeeded.detail]})
    tick = check_time(asked.starts_at, now, LEAD, HORIZON)
    _let_go(session, account_id, asked.counsellor_id)
    _check_open(session, asked.counsellor_id, tick, asked.mode, within_week=asked.within_week)
    check_numbers(had_by(session, account_id), tick, now)
    new = NewAppointment(account_id, asked.counsellor_id, tick, asked.mode, now + HELD_FOR)
    row = make(session, new, State.HELD, Step(Act.HOLD, actor))
    if asked.mode == "phone" and asked.phone is not None:
        row.phone_sealed = seal_phone(row.id, asked.phone)
    drop(session, account_id, asked.counsellor_id)
    return row.id


def confirm_appointment(
    account_id: str, appointment_id: str, version: int, consent_version: str | None, phone: str | None
) -> None:
    """Confirm what is held; once more changes nothing.

    Raises `AppointmentUnknown`, `HoldExpired`, `CounsellingConsentNeeded`, `PhoneNeeded`, or what a state refuses.
    """
    actor = person_actor(account_id)

    def work(session: Session) -> None:
        row = hold_row(session, own(account_id, appointment_id))
        if was_done(row, Act.CONFIRM, version):
            return
        check_step(row, Act.CONFIRM, version)
        agree(session, account_id, consent_version)
        confirm(session, row.id)
        act(session, row, Step(Act.CONFIRM, actor, version), phone_sealed=_phone(row, phone))
        tell_of_time(session, row, Kind.BOOKED)

    write_transaction(Store.MAIN, work)


def cancel_appointment(account_id: str, appointment_id: str, version: int) -> None:
    """Give an hour back, which is late after the cut-off and possible all the same; once more changes nothing.

    Raises `AppointmentUnknown`, `AppointmentBegun`, or what a state refuses.
    """
    actor = person_actor(account_id)

    def work(session: Session) -> None:
        row = hold_row(session, own(account_id, appointment_id))
        if any(was_done(row, each, version) for each in (Act.CANCEL, Act.CANCEL_LATE)):
            return
        booked = row.state == State.BOOKED
        late = booked and is_late(row.starts, clock.now())
        end(session, row, Step(Act.CANCEL_LATE if late else Act.CANCEL, actor, version))
        if booked:
            tell_counsellor(session, row, Kind.CANCELLED)
        serve(session, row.counsellor_id)

    write_transaction(Store.MAIN, work)


def reschedule_appointment(
    account_id: str, appointment_id: str, version: int, starts_at: datetime, *, within_week: bool
) -> None:
    """Move an appointment to another hour of the same counsellor: the new one is taken before the old is given back.

    Once more changes nothing, nor does the hour that it has. Raises `AppointmentUnknown`, `CounsellorUnknown`,
    `ReschedulesUsed`, `CutOffPassed`, `YearlySessionsUsed`, `SlotTaken`, what `check_time` and `check_start` raise, or
    what a state refuses.
    """
    actor = person_actor(account_id)
    find_counsellor(find_own(account_id, appointment_id).row.counsellor_id)

    def work(session: Session) -> None:
        row = hold_row(session, own(account_id, appointment_id))
        if starts_at == moment_of(row.starts):
            if not was_done(row, Act.RESCHEDULE, version):
                check_step(row, Act.RESCHEDULE, version)
            return
        now = clock.now()
        tick = check_time(starts_at, now, LEAD, HORIZON)
        check_step(row, Act.RESCHEDULE, version)
        check_may_move(row.reschedules, row.starts, now)
        check_new_year(had_by(session, account_id), row.starts, tick)
        settle(session, row.counsellor_id)
        _check_open(session, row.counsellor_id, tick, row.mode, within_week=within_week)
        move(session, Booking(APPOINTMENTS.kind, row.id), wanted(row.counsellor_id, tick))
        span = span_of(tick)
        step, moves = Step(Act.RESCHEDULE, actor, version), row.reschedules + 1
        act(session, row, step, starts=span.start, ends=span.end, reschedules=moves)
        tell_of_time(session, row, Kind.MOVED)
        serve(session, row.counsellor_id)

    write_transaction(Store.MAIN, work)


def list_own(account_id: str) -> list[Own]:
    """Return a person's appointments, the latest first, without links."""
    with reading(Store.MAIN) as session:
        mine = select(Appointment).where(Appointment.account_id == account_id)
        rows = session.execute(mine.order_by(Appointment.starts.desc(), Appointment.id)).scalars().all()
        until, places = until_when(session, [row.id for row in rows]), whereabouts_of(session, rows)
    return [_own(row, without_link(places[row.id]), until.get(row.id)) for row in rows]


def find_own(account_id: str, appointment_id: str) -> Own:
    """Return one of them; raises `AppointmentUnknown`."""
    with reading(Store.MAIN) as session:
        row = session.execute(select(Appointment).where(own(account_id, appointment_id))).scalar()
        if row is None:
            raise AppointmentUnknown
        until, places = until_when(session, [row.id]), whereabouts_of(session, [row])
    return _own(row, places[row.id], until.get(row.id))


def _own(row: Appointment, where: Where, expires_at: datetime | None) -> Own:
    cancelled = row.state == State.CANCELLED_BY_COUNSELLOR
    return Own(row, where, expires_at, next_slots(row.counsellor_id, clock.now()) if cancelled else ())


def _let_go(session: Session, account_id: str, counsellor_id: str) -> None:
    """Let everything expire that is over, of this counsellor and of this person, under all locks that it takes."""
    late = session.execute(overdue(Appointment.account_id == account_id)).scalars().all()
    lock_resources(session, {counsellor_id, *(row.counsellor_id for row in late)})
    for row in session.execute(overdue(Appointment.account_id == account_id)).scalars().all():
        expire(session, row)
        serve(session, row.counsellor_id)
    settle(session, counsellor_id)


def _check_open(session: Session, counsellor_id: str, tick: int, mode: str, *, within_week: bool) -> None:
    day = day_of(tick)
    windows = read_windows(session, [counsellor_id], day, day)[counsellor_id]
    check_start(windows, tick, mode, clock.now(), within_week=within_week)


def _phone(row: Appointment, phone: str | None) -> bytes | None:
    if row.mode != "phone":
        return None
    if phone is not None:
        return seal_phone(row.id, phone)
    if row.phone_sealed is None:
        raise PhoneNeeded(errors={"phone": [PhoneNeeded.detail]})
    return row.phone_sealed
