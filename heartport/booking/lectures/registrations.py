"""Use cases of a person: register for a lecture or wait for a seat, give it up, accept or decline what is offered.

Each holds the lecture first, then the person, then the registration. Before anything else it lets offers expire whose
time is over and passes free seats on to the line, so that nobody overtakes and nothing waits for a sweeper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import Step, begin, change_state, forget_events, person_actor, service_actor
from heartport.booking.lectures.line import REGISTRATIONS, end, in_states, next_turn, pass_seats_on
from heartport.booking.lectures.models import Lecture, Registration
from heartport.booking.lectures.notices import tell_of_seat
from heartport.booking.lectures.rules.states import (
    CANCELLABLE,
    CHECKED_IN,
    LIVE,
    OPEN,
    REGISTERED,
    SHOWN,
    WAITING,
    cancelling,
)
from heartport.booking.lectures.rules.times import RegistrationClosed, has_begun
from heartport.booking.lectures.seats import LectureFull, give_back, has_room, hold_lecture, take_seat
from heartport.booking.offers.kinds import OfferExpired, OfferUnknown
from heartport.columns import new_public_id
from heartport.errors import Conflict
from heartport.members.standing import hold_person
from heartport.stores import Store, insert_if_absent, reading, write_transaction
from heartport.units.tree import enterprise_of


class AlreadyRegistered(Conflict):
    """The person has registered or waits already."""

    code = "already_registered"
    detail = "您已经报名或正在排队，不用重复提交。"


class CheckedInAlready(Conflict):
    """Whoever has been let in cannot give the seat up any more."""

    code = "checked_in_already"
    detail = "您已经签到，不能再取消报名。"


@dataclass(frozen=True, slots=True)
class Registrant:
    """Who registers: their account, the enterprise whose quota it counts against, their name in the audit."""

    account_id: str
    unit_id: str | None
    actor: bytes


def registrant(account_id: str, unit_id: str | None) -> Registrant:
    """Return a person as one who registers; reads the store `keys`, so ask before a transaction."""
    return Registrant(account_id, enterprise_of(unit_id), person_actor(account_id))


def register(session: Session, who: Registrant, lecture_id: str, *, wait: bool) -> str:
    """Take a seat for a person, or with `wait` a place in the line where none is left; return the registration's id.

    Runs within the transaction that makes it happen once. Raises `LectureUnknown`, `RegistrationClosed`,
    `AlreadyRegistered`, or `LectureFull`.
    """
    lecture = hold_lecture(session, lecture_id)
    if lecture.state != OPEN or has_begun(lecture.starts, clock.now()):
        raise RegistrationClosed
    pass_seats_on(session, lecture)
    hold_person(session, who.account_id)
    if _live(session, who.account_id, lecture_id) is not None:
        raise AlreadyRegistered
    seated = has_room(session, lecture_id, who.unit_id)
    if not (seated or wait):
        raise LectureFull
    if seated:
        take_seat(session, lecture_id, who.unit_id)
    return _insert(session, lecture, who, seated=seated)


def give_up(account_id: str, lecture_id: str) -> None:
    """Cancel, leave the line or decline, whichever it is; once more changes nothing.

    Raises `LectureUnknown`, `CheckedInAlready`, or `RegistrationClosed` once the lecture has begun.
    """
    actor = person_actor(account_id)

    def work(session: Session) -> None:
        lecture = hold_lecture(session, lecture_id)
        row = _live(session, account_id, lecture_id)
        if row is None:
            return
        if row.state == CHECKED_IN:
            raise CheckedInAlready
        if row.state not in CANCELLABLE:
            raise RegistrationClosed
        if lecture.state in SHOWN and has_begun(lecture.starts, clock.now()):
            raise RegistrationClosed
        end(session, lecture, row, Step(cancelling(row.state), actor))

    write_transaction(Store.MAIN, work)


def accept_offer(account_id: str, registration_id: str) -> str:
    """Take the seat that is kept; once more answers the same. Raises `OfferUnknown` or `OfferExpired`."""
    actor = person_actor(account_id)

    def work(session: Session) -> str:
        lecture, row = _hold_own(session, account_id, registration_id)
        if row.state == REGISTERED and row.turn is not None:
            return row.id
        if row.offered_until is None:
            raise OfferUnknown
        has_missed = lecture.state in SHOWN and has_begun(lecture.starts, clock.now())
        if row.offered_until <= clock.now() or has_missed:
            raise OfferExpired
        change_state(session, REGISTRATIONS, row.id, Step("accept", actor), offered_until=None)
        tell_of_seat(session, lecture, account_id, row.id)
        return row.id

    return write_transaction(Store.MAIN, work)


def decline_offer(account_id: str, registration_id: str) -> None:
    """Give a kept seat to the next in line; once more changes nothing. Raises `OfferUnknown`."""
    actor = person_actor(account_id)

    def work(session: Session) -> None:
        lecture, row = _hold_own(session, account_id, registration_id)
        if row.offered_until is not None:
            end(session, lecture, row, Step("leave", actor))
        elif row.turn is None or row.state in LIVE:
            raise OfferUnknown

    write_transaction(Store.MAIN, work)


def find_live(account_id: str, lecture_ids: Sequence[str] | None = None) -> dict[str, Registration]:
    """Return a person's live registrations by lecture, of all or of some lectures."""
    statement = select(Registration).where(Registration.account_id == account_id, Registration.state.in_(LIVE))
    if lecture_ids is not None:
        statement = statement.where(Registration.lecture_id.in_(lecture_ids))
    with reading(Store.MAIN) as session:
        return {row.lecture_id: row for row in session.execute(statement).scalars()}


def forget_registrations(session: Session, account_id: str) -> None:
    """Give all seats of a person back and delete their registrations, within the erasure."""
    ids = session.execute(select(Registration.id).where(Registration.account_id == account_id)).scalars().all()
    own = select(Registration.lecture_id).where(Registration.account_id == account_id).distinct()
    for lecture_id in sorted(session.execute(own).scalars()):
        lecture = hold_lecture(session, lecture_id)
        row = _live(session, account_id, lecture_id)
        if row is not None and row.state in CANCELLABLE:
            end(session, lecture, row, Step(cancelling(row.state), service_actor()))
        elif row is not None:
            give_back(session, lecture_id, row.unit_id)
            session.execute(delete(Registration).where(Registration.id == row.id))
            pass_seats_on(session, lecture)
    forget_events(session, ids)
    session.execute(delete(Registration).where(Registration.account_id == account_id))


def _insert(session: Session, lecture: Lecture, who: Registrant, *, seated: bool) -> str:
    registration_id, state = new_public_id(), REGISTERED if seated else WAITING
    row = {
        "id": registration_id,
        "lecture_id": lecture.id,
        "account_id": who.account_id,
        "state": state,
        "version": 1,
        "unit_id": who.unit_id,
        "turn": None if seated else next_turn(session, lecture.id),
    }
    if not insert_if_absent(session, Registration, row):
        raise AlreadyRegistered
    begin(session, REGISTRATIONS, registration_id, Step("register" if seated else "wait", who.actor), state=state)
    if seated:
        tell_of_seat(session, lecture, who.account_id, registration_id)
    return registration_id


def _live(session: Session, account_id: str, lecture_id: str) -> Registration | None:
    return session.execute(in_states(lecture_id, LIVE).where(Registration.account_id == account_id)).scalar()


def _hold_own(session: Session, account_id: str, registration_id: str) -> tuple[Lecture, Registration]:
    """Hold the lecture of one of a person's own registrations and return both; raises `OfferUnknown`."""
    own = select(Registration).where(Registration.id == registration_id, Registration.account_id == account_id)
    lecture_id = session.execute(own.with_only_columns(Registration.lecture_id)).scalar()
    if lecture_id is None:
        raise OfferUnknown
    lecture = hold_lecture(session, lecture_id)
    return lecture, session.execute(own.execution_options(populate_existing=True)).scalar_one()
