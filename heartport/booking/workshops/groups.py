"""成团 as it is stored: who comes to one workshop, bringing two units together, and the day on which it is decided."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import Step, service_actor
from heartport.booking.models import Occupancy, Resource
from heartport.booking.occupancy import release
from heartport.booking.workshops import notices
from heartport.booking.workshops.cancelling import cancel, guests_of
from heartport.booking.workshops.models import Workshop
from heartport.booking.workshops.rows import booked_span, check_step, find_row, lock_time, step_of, take_step
from heartport.booking.workshops.rules.minimum import Group, Verdict, check_joinable, verdict_on
from heartport.booking.workshops.rules.steps import BOOKED, Act, State, check_not_begun
from heartport.callers import Caller
from heartport.messages.rules import Kind
from heartport.stores import Store, reading, write_transaction

TOO_FEW = "报名人数没有达到成团人数，也没有可以合办的场次。名额已经退回。"


def group_of(session: Session, row: Workshop) -> Group:
    """Return who comes to a workshop, those of merged units among them."""
    counts = [row.headcount, *(guest.headcount for guest in guests_of(session, row.id))]
    return Group(row.topic_code, counts, row.min_people, min([row.max_people, *seats_of(session, row.id)]))


def seats_of(session: Session, workshop_id: str) -> list[int]:
    """Return how many people the rooms take that a workshop has; a venue of the unit is its own matter."""
    rooms = select(Resource.capacity).join(Occupancy, Occupancy.resource_id == Resource.id)
    statement = rooms.where(Occupancy.booking_id == workshop_id, Resource.kind == "room")
    return [each for each in session.execute(statement).scalars() if each is not None]


def merge(caller: Caller, workshop_id: str, version: int, into: str) -> None:
    """Let a confirmed workshop take place as part of another one of the same topic; its own time is free at once.

    The unit is told and may still cancel, with its entitlement back. Raises `WorkshopUnknown`, `NotOneGroup`.
    """

    def work(session: Session) -> None:
        lock_time(session, workshop_id, into)
        row, host = find_row(session, caller, workshop_id), find_row(session, caller, into)
        check_step(row, Act.MERGE, version)
        _lock(session, [row.id, host.id])
        is_confirmed = host.state == State.CONFIRMED and host.id != row.id and not guests_of(session, row.id)
        is_guest = host.merged_into is not None
        check_joinable(
            group_of(session, host), row.topic_code, row.headcount, is_confirmed=is_confirmed, is_guest=is_guest
        )
        span = booked_span(session, host)
        assert span is not None
        check_not_begun(span.starts_at, clock.now())
        notices.tell_leaders(session, notices.leaders_of(session, row), row, Kind.CANCELLED)
        take_step(session, row, step_of(caller, Act.MERGE, version), merged_into=host.id)
        release(session, row.id)
        notices.tell_unit(session, row, Kind.MOVED, span.starts_at)

    write_transaction(Store.MAIN, work)


def decide_groups() -> int:
    """Cancel what is too small on its day of decision, tell coordinators some days before, and return how many.

    Each workshop is decided in a transaction of its own, so that one that fails holds up no other.
    """
    told = notices.coordinators()
    confirmed = select(Workshop.id).where(Workshop.state.in_(BOOKED), Workshop.headcount < Workshop.min_people)
    with reading(Store.MAIN) as session:
        ids = session.execute(confirmed).scalars().all()
    return sum(_decide(each, told) for each in ids)


def _decide(workshop_id: str, told: Collection[str]) -> bool:
    """Decide one workshop; return whether anything was done about it."""

    def work(session: Session) -> bool:
        lock_time(session, workshop_id)
        row = session.execute(select(Workshop).where(Workshop.id == workshop_id)).scalar_one()
        span = booked_span(session, row)
        if row.state not in BOOKED or span is None or span.starts_at <= clock.now():
            return False
        verdict = verdict_on(group_of(session, row), span.starts_at, clock.today())
        if verdict is Verdict.WARN:
            notices.tell_coordinators(session, told, row, occasion="minimum")
        if verdict is Verdict.CANCEL:
            cancel(session, row, Step(Act.CANCEL_UNDER_MINIMUM, service_actor()), TOO_FEW)
            notices.untell_coordinators(session, told, row)
        return verdict is not Verdict.GO

    return write_transaction(Store.MAIN, work)


def _lock(session: Session, workshop_ids: Collection[str]) -> None:
    """Lock both rows by ascending id: that of the host does not change here, and must stay as it is."""
    both = select(Workshop.id).where(Workshop.id.in_(workshop_ids)).order_by(Workshop.id)
    session.execute(both.with_for_update(key_share=True)).all()
