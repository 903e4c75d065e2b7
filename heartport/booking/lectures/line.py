"""The line of those who wait: a free seat is offered to the first whose unit has room, and stays counted meanwhile.

All of it runs under the lecture's lock. An offer is told to one person and to nobody else.
"""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import Step, Tracked, change_state, service_actor
from heartport.booking.lectures.models import Lecture, Registration
from heartport.booking.lectures.notices import tell, untell
from heartport.booking.lectures.rules.states import CANCELLABLE, OFFERED, OPEN, REGISTRATION, SEATED, WAITING
from heartport.booking.lectures.rules.times import has_begun, offer_until
from heartport.booking.lectures.seats import full_units, give_back, has_room, take_seat
from heartport.messages.rules import Kind

REGISTRATIONS = Tracked(REGISTRATION, Registration)


def next_turn(session: Session, lecture_id: str) -> int:
    """Return the turn of whoever comes to wait now."""
    last = select(func.max(Registration.turn)).where(Registration.lecture_id == lecture_id)
    return (session.execute(last).scalar() or 0) + 1


def pass_seats_on(session: Session, lecture: Lecture) -> int:
    """Let offers expire whose time is over, and offer what is free; return how many expired."""
    expired = _expire(session, lecture)
    if lecture.state == OPEN and not has_begun(lecture.starts, clock.now()):
        while (waiting := _next(session, lecture.id)) is not None:
            _offer(session, lecture, waiting)
    return expired


def end(session: Session, lecture: Lecture, row: Registration, step: Step) -> None:
    """Bring a registration to its end: its state first, then the seat, if it had one, then the next in line."""
    had_seat, account_id = row.state in SEATED, row.account_id
    change_state(session, REGISTRATIONS, row.id, step, offered_until=None)
    if had_seat:
        give_back(session, lecture.id, row.unit_id)
    untell(session, lecture, account_id)
    if had_seat:
        pass_seats_on(session, lecture)


def call_off(session: Session, lecture: Lecture, kind: Kind | None) -> int:
    """End every registration of a lecture that does not take place, or for which nobody can wait any more.

    Nothing is passed on. `kind` is what they are told. Returns how many.
    """
    rows = session.execute(in_states(lecture.id, CANCELLABLE)).scalars().all()
    for row in rows:
        change_state(session, REGISTRATIONS, row.id, Step("call_off", service_actor()), offered_until=None)
        if row.state in SEATED:
            give_back(session, lecture.id, row.unit_id)
        untell(session, lecture, row.account_id)
        if kind is not None:
            tell(session, lecture, row.account_id, kind, row.id)
    return len(rows)


def in_states(lecture_id: str, states: tuple[str, ...]) -> Select[Registration]:
    """Select the registrations of a lecture in some states, by their ids, as they stand now."""
    statement = select(Registration).where(Registration.lecture_id == lecture_id, Registration.state.in_(states))
    return statement.order_by(Registration.id).execution_options(populate_existing=True)


def _expire(session: Session, lecture: Lecture) -> int:
    over = in_states(lecture.id, (OFFERED,)).where(Registration.offered_until <= clock.now())
    rows = session.execute(over).scalars().all()
    for row in rows:
        change_state(session, REGISTRATIONS, row.id, Step("expire", service_actor()), offered_until=None)
        give_back(session, lecture.id, row.unit_id)
        tell(session, lecture, row.account_id, Kind.OFFER_EXPIRED, row.id)
    return len(rows)


def _next(session: Session, lecture_id: str) -> Registration | None:
    """Return the first in the line for whom there is a seat."""
    if not has_room(session, lecture_id, None):
        return None
    line = in_states(lecture_id, (WAITING,)).order_by(None).order_by(Registration.turn)
    full = full_units(session, lecture_id)
    return next((row for row in session.execute(line).scalars() if row.unit_id not in full), None)


def _offer(session: Session, lecture: Lecture, row: Registration) -> None:
    take_seat(session, lecture.id, row.unit_id)
    until = offer_until(clock.now(), lecture.starts)
    change_state(session, REGISTRATIONS, row.id, Step("offer", service_actor()), offered_until=until)
    tell(session, lecture, row.account_id, Kind.OFFER, row.id, until=until)
