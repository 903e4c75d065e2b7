"""Giving what one facilitator is to lead to another, so that somebody can be taken out of service.

Each workshop goes in a transaction of its own: what cannot go stays, is told, and holds up no other.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking import occupancy
from heartport.booking.audit import Step, service_actor
from heartport.booking.models import Occupancy
from heartport.booking.occupancy import Booking, SlotTaken, lock_resources, release
from heartport.booking.rules.grid import tick_at_or_after
from heartport.booking.workshops import notices
from heartport.booking.workshops.facilitators import qualifications_of
from heartport.booking.workshops.matches import needed_for
from heartport.booking.workshops.models import Workshop
from heartport.booking.workshops.rows import booked_span, lock_time, take_step
from heartport.booking.workshops.rules.steps import BOOKED, HELD, MACHINE, Act, State, act_in
from heartport.catalogue.rules import may_lead
from heartport.messages.rules import Kind
from heartport.stores import Store, reading, write_transaction

GIVEN, RETURNED = "given to the other", "was only proposed, and waits for another proposal"
MAY_NOT, TAKEN = "stays: the other lacks a qualification", "stays: the other is not free or out of service"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one workshop."""

    workshop_id: str
    text: str

    @property
    def is_gone(self) -> bool:
        """Tell whether the first facilitator has nothing to do with it any more."""
        return self.text in (GIVEN, RETURNED)


def transfer(from_id: str, to_id: str) -> list[Outcome]:
    """Give what one facilitator is to lead to another, who must be qualified and free; return what became of each.

    What is only proposed goes back to the coordinator: the unit was asked about somebody else.
    """
    coming = select(Occupancy.booking_id).where(
        Occupancy.resource_id == from_id,
        Occupancy.kind == MACHINE.kind,
        Occupancy.starts >= tick_at_or_after(clock.now()),
    )
    with reading(Store.MAIN) as session:
        ids = sorted(set(session.execute(coming).scalars()))
    return [Outcome(each, _hand_over(each, from_id, to_id)) for each in ids]


def _hand_over(workshop_id: str, from_id: str, to_id: str) -> str:
    def work(session: Session) -> str:
        lock_resources(session, [from_id, to_id])
        row = session.execute(select(Workshop).where(Workshop.id == workshop_id)).scalar_one()
        if row.state not in BOOKED:
            return RETURNED
        if not may_lead(qualifications_of(session, to_id), needed_for(row)):
            return MAY_NOT
        span, earlier = booked_span(session, row), notices.leaders_of(session, row)
        occupancy.transfer(session, Booking(MACHINE.kind, row.id), from_id, to_id)
        take_step(session, row, Step(act_in(State(row.state), Act.REPLACE), service_actor()))
        leaders, at = notices.leaders_of(session, row), span.starts_at if span else None
        notices.tell_leaders(session, leaders - earlier, row, Kind.ASSIGNED, at)
        notices.tell_leaders(session, earlier - leaders, row, Kind.HANDED_OVER, at)
        return GIVEN

    _return_proposal(workshop_id)
    try:
        return write_transaction(Store.MAIN, work)
    except SlotTaken:
        return TAKEN


def _return_proposal(workshop_id: str) -> None:
    """Take back what is only proposed; a time that is confirmed besides stays."""

    def work(session: Session) -> None:
        lock_time(session, workshop_id)
        row = session.execute(select(Workshop).where(Workshop.id == workshop_id)).scalar_one()
        if row.state in HELD:
            release(session, row.id, only_held=True)
            take_step(session, row, Step(act_in(State(row.state), Act.EXPIRE), service_actor()), held_until=None)
            notices.tell_unit(session, row, Kind.RETURNED)

    write_transaction(Store.MAIN, work)
