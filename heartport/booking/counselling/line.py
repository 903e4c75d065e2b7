"""The line of those who wait for a counsellor: whatever becomes free is offered to the first whom it suits.

All of it runs under the lock of the counsellor's time and in the transaction that frees something, so that nobody
overtakes. A time that is offered stays taken meanwhile; an offer is told to one person and to nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import Step, person_actor, service_actor
from heartport.booking.availability import are_free
from heartport.booking.counselling.counsellors import CounsellorUnknown, Slot, free_slots
from heartport.booking.counselling.models import Appointment, Waiting
from heartport.booking.counselling.notices import tell, tell_of_closed_line
from heartport.booking.counselling.rows import (
    NewAppointment,
    act,
    end,
    had_by,
    hold_row,
    lives,
    make,
    overdue,
    own,
    until_when,
    wanted,
)
from heartport.booking.counselling.rules.limits import (
    HELD_FOR,
    HORIZON,
    MODES,
    TooManyAppointments,
    YearlySessionsUsed,
    check_numbers,
    offer_until,
)
from heartport.booking.counselling.rules.states import Act, State
from heartport.booking.occupancy import HoldExpired, hold_at_least, lock_resources
from heartport.booking.offers.kinds import Offer, OfferExpired, OfferKind, OfferUnknown
from heartport.booking.resources import is_active
from heartport.booking.rules.grid import moment_of, tick_at_or_after
from heartport.errors import Conflict
from heartport.messages.rules import Kind
from heartport.messages.words import TITLE
from heartport.stores import Store, insert_if_absent, reading, write_transaction

FIRST_TURN = -(2**20)
"""Where those begin to stand whom a counsellor had to cancel; everybody else has a turn from 1 on."""


class TimesFree(Conflict):
    """Nobody waits where something is free; `choices` says what."""

    code = "times_free"
    detail = "这位咨询师现在就有空闲时间，可以直接预约，不用排队。"


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in the line of a counsellor."""

    counsellor_id: str
    mode: str | None
    ahead: int


def join_line(session: Session, account_id: str, counsellor_id: str, mode: str | None) -> str:
    """Wait for a counsellor and return their id; once more changes nothing.

    Raises `TimesFree`, or `CounsellorUnknown` where they left service just now.
    """
    if not lock_resources(session, [counsellor_id]).get(counsellor_id):
        raise CounsellorUnknown
    settle(session, counsellor_id)
    if any(mode in (None, *slot.modes) for slot in _slots(session, counsellor_id)):
        raise TimesFree
    _put(session, account_id, counsellor_id, mode, _last_turn(session, counsellor_id) + 1)
    return counsellor_id


def leave_line(account_id: str, counsellor_id: str) -> None:
    """Wait no more; once more changes nothing."""
    write_transaction(Store.MAIN, lambda session: drop(session, account_id, counsellor_id))


def drop(session: Session, account_id: str, counsellor_id: str | None = None) -> None:
    """Take somebody out of one line, or of all."""
    rows = delete(Waiting).where(Waiting.account_id == account_id)
    session.execute(rows if counsellor_id is None else rows.where(Waiting.counsellor_id == counsellor_id))


def put_first(session: Session, account_id: str, counsellor_id: str, mode: str) -> None:
    """Put somebody before everybody but those who came to stand there earlier; the priority that a cancelling gives.

    They wait for the way of meeting that they had chosen.
    """
    drop(session, account_id, counsellor_id)
    last = select(func.max(Waiting.turn)).where(Waiting.counsellor_id == counsellor_id, Waiting.turn < 0)
    _put(session, account_id, counsellor_id, mode, (session.execute(last).scalar() or FIRST_TURN) + 1)


def places_of(account_id: str) -> list[Place]:
    """Return where a person waits, and how many wait before them."""
    with reading(Store.MAIN) as session:
        rows = session.execute(select(Waiting).where(Waiting.account_id == account_id)).scalars().all()
        return [Place(row.counsellor_id, row.mode, _ahead(session, row)) for row in rows]


def settle(session: Session, counsellor_id: str) -> int:
    """Let holds and offers of a locked counsellor's time expire that are over, serve the line; return how many."""
    rows = session.execute(overdue(Appointment.counsellor_id == counsellor_id)).scalars().all()
    for row in rows:
        expire(session, row)
    serve(session, counsellor_id)
    return len(rows)


def expire(session: Session, row: Appointment) -> None:
    """Let one go that was not answered in time."""
    was_offered = row.state == State.OFFERED
    end(session, row, Step(Act.EXPIRE, service_actor()))
    if was_offered:
        tell(session, row, Kind.OFFER_EXPIRED)


def serve(session: Session, counsellor_id: str) -> int:
    """Offer what is free of a locked counsellor's time to those who wait, in their order; return how many got one.

    Of somebody out of service nothing is offered.
    """
    waiting = session.execute(_line(counsellor_id)).scalars().all() if is_active(session, counsellor_id) else []
    slots = _slots(session, counsellor_id) if waiting else []
    served = 0
    for row in waiting:
        slot = _first_for(session, row, slots)
        if slot is not None:
            _offer(session, row, slot)
            slots.remove(slot)
            served += 1
    return served


def close_line(session: Session, counsellor_id: str) -> int:
    """End the line of a locked counsellor who leaves service: what is offered is taken back, and everybody is told.

    Return how many people that were. Whoever holds an hour keeps it.
    """
    theirs = (Appointment.counsellor_id == counsellor_id) & (Appointment.state == State.OFFERED)
    offered = session.execute(select(Appointment).where(theirs).order_by(Appointment.id)).scalars().all()
    for row in offered:
        end(session, row, Step(Act.EXPIRE, service_actor()))
    waiting = session.execute(_line(counsellor_id)).scalars().all()
    session.execute(delete(Waiting).where(Waiting.counsellor_id == counsellor_id))
    people = {row.account_id for row in waiting} | {row.account_id for row in offered if row.account_id is not None}
    for account_id in sorted(people):
        tell_of_closed_line(session, account_id, counsellor_id)
    return len(people)


def list_offers(account_id: str) -> list[Offer]:
    """Return the times that are kept for a person."""
    offered = select(Appointment).where(Appointment.account_id == account_id, Appointment.state == State.OFFERED)
    with reading(Store.MAIN) as session:
        rows: Sequence[Appointment] = session.execute(offered).scalars().all()
        until = until_when(session, [row.id for row in rows])
    return [_offer_of(row, until[row.id]) for row in rows if row.id in until]


def accept_offer(account_id: str, offer_id: str) -> str:
    """Take the time that is kept: it is held now, to be confirmed like any other; once more answers the same.

    Raises `OfferUnknown` or `OfferExpired`.
    """
    actor = person_actor(account_id)

    def work(session: Session) -> str:
        row = _hold_own(session, account_id, offer_id)
        if row.state in (State.HELD, State.BOOKED):
            return row.id
        if row.state == State.EXPIRED or (row.state == State.OFFERED and not lives(row, session)):
            raise OfferExpired
        if row.state != State.OFFERED:
            raise OfferUnknown
        try:
            hold_at_least(session, row.id, clock.now() + HELD_FOR)
        except HoldExpired:
            raise OfferExpired from None
        act(session, row, Step(Act.ACCEPT, actor))
        return row.id

    return write_transaction(Store.MAIN, work)


def decline_offer(account_id: str, offer_id: str) -> None:
    """Give a kept time to the next in line; once more changes nothing. Raises `OfferUnknown`."""
    actor = person_actor(account_id)

    def work(session: Session) -> None:
        row = _hold_own(session, account_id, offer_id)
        if row.state == State.OFFERED:
            end(session, row, Step(Act.DECLINE, actor))
            serve(session, row.counsellor_id)
        elif row.state not in (State.DECLINED, State.EXPIRED):
            raise OfferUnknown

    write_transaction(Store.MAIN, work)


COUNSELLING_OFFERS = OfferKind(list_offers, accept_offer, decline_offer)


def _hold_own(session: Session, account_id: str, offer_id: str) -> Appointment:
    found = session.execute(select(Appointment.id).where(own(account_id, offer_id))).scalar()
    if found is None:
        raise OfferUnknown
    return hold_row(session, own(account_id, offer_id))


def _slots(session: Session, counsellor_id: str) -> list[Slot]:
    """Return what everybody could book and can still be answered in time."""
    now = clock.now()
    last = tick_at_or_after(now + HORIZON)
    found = free_slots(session, [counsellor_id], tick_at_or_after(now), last, within_week=False)[counsellor_id]
    return [slot for slot in found if offer_until(slot.span.starts_at, now) is not None]


def _first_for(session: Session, row: Waiting, slots: Sequence[Slot]) -> Slot | None:
    """Return the first free time that suits somebody, or None; whoever has enough ahead waits on."""
    for slot in slots:
        if row.mode not in (None, *slot.modes):
            continue
        blocked = wanted(row.counsellor_id, slot.span.start)[0].blocked
        if are_free(session, [row.counsellor_id], blocked)[row.counsellor_id]:
            return slot if _may_have(session, row.account_id, slot) else None
    return None


def _may_have(session: Session, account_id: str, slot: Slot) -> bool:
    try:
        check_numbers(had_by(session, account_id), slot.span.start, clock.now())
    except (TooManyAppointments, YearlySessionsUsed):
        return False
    return True


def _offer(session: Session, row: Waiting, slot: Slot) -> None:
    until = offer_until(slot.span.starts_at, clock.now())
    assert until is not None
    mode = row.mode or next(each for each in MODES if each in slot.modes)
    new = NewAppointment(row.account_id, row.counsellor_id, slot.span.start, mode, until)
    made = make(session, new, State.OFFERED, Step(Act.OFFER, service_actor()))
    drop(session, row.account_id, row.counsellor_id)
    tell(session, made, Kind.OFFER, until=until)


def _offer_of(row: Appointment, until: datetime) -> Offer:
    starts_at, ends_at = moment_of(row.starts), moment_of(row.ends)
    return Offer(row.id, "appointment", row.counsellor_id, TITLE, starts_at, ends_at, until)


def _put(session: Session, account_id: str, counsellor_id: str, mode: str | None, turn: int) -> None:
    row = {"account_id": account_id, "counsellor_id": counsellor_id, "turn": turn, "mode": mode}
    insert_if_absent(session, Waiting, row)


def _line(counsellor_id: str) -> Select[Waiting]:
    return select(Waiting).where(Waiting.counsellor_id == counsellor_id).order_by(Waiting.turn, Waiting.account_id)


def _last_turn(session: Session, counsellor_id: str) -> int:
    last = select(func.max(Waiting.turn)).where(Waiting.counsellor_id == counsellor_id)
    return max(session.execute(last).scalar() or 0, 0)


def _ahead(session: Session, row: Waiting) -> int:
    before = (Waiting.counsellor_id == row.counsellor_id) & (Waiting.turn < row.turn)
    return session.execute(select(func.count()).select_from(Waiting).where(before)).scalar_one()
