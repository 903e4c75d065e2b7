"""Use cases of whoever is on duty: see who waits, and one call-back in full; who it is, the queue does not tell.

Number, name and note are opened for one member of staff alone: the one who accepted, until it is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.duty.roster import shifts_within
from heartport.duty.rules import Shift
from heartport.followups.contacts import Contact, contact_of
from heartport.followups.events import Event, events_of
from heartport.followups.models import FollowUp
from heartport.followups.rules.asking import Urgency, call_from
from heartport.followups.rules.escalation import Charge, Course, charge_of
from heartport.followups.rules.steps import State
from heartport.followups.steps import LIVE, FollowUpUnknown
from heartport.staff.accounts import list_members
from heartport.stores import Store, reading

Names = Mapping[str | None, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A live call-back as the queue shows it."""

    id: str
    state: State
    version: int
    urgency: Urgency
    asked_at: datetime
    call_from: datetime
    charge: Charge
    accepted_by: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """One call-back in full; without `waiting` it has ended, and `contact` is there only for who accepted it."""

    id: str
    state: State
    version: int
    outcome: str | None
    waiting: Waiting | None
    contact: Contact | None = field(repr=False)
    events: Sequence[Event]


def list_queue() -> list[Waiting]:
    """Return the live call-backs: urgent ones first, then whoever has waited longest."""
    now = clock.now()
    with reading(Store.MAIN) as session:
        rows = session.execute(select(FollowUp).where(LIVE)).scalars().all()
        shifts = _shifts_for(session, rows, now)
    waiting = [_waiting(row, contact, shifts, now) for row in rows if (contact := contact_of(row))]
    return sorted(waiting, key=_rank)


def open_follow_up(staff_id: str, follow_up_id: str) -> Opened:
    """Return one call-back as a member of staff may see it; raises `FollowUpUnknown`."""
    now = clock.now()
    with reading(Store.MAIN) as session:
        row = session.execute(select(FollowUp).where(FollowUp.id == follow_up_id)).scalar()
        if row is None:
            raise FollowUpUnknown
        shifts = _shifts_for(session, [row], now)
    contact = contact_of(row)
    return Opened(
        id=row.id,
        state=State(row.state),
        version=row.version,
        outcome=row.outcome,
        waiting=_waiting(row, contact, shifts, now) if contact else None,
        contact=contact if row.accepted_by == staff_id else None,
        events=events_of([row.id])[row.id],
    )


def staff_names() -> Names:
    """Return the names of all staff by their ids; nobody has none."""
    return {member.id: member.name for member in list_members()}


def _shifts_for(session: Session, rows: Sequence[FollowUp], now: datetime) -> list[Shift]:
    return shifts_within(session, min((row.asked_at for row in rows), default=now))


def _waiting(row: FollowUp, contact: Contact, shifts: Sequence[Shift], now: datetime) -> Waiting:
    since = call_from(row.asked_at, contact.when)
    charge = charge_of(Course(since, row.accepted_by, row.accepted_at, row.tried_at), shifts, now)
    return Waiting(row.id, State(row.state), row.version, contact.urgency, row.asked_at, since, charge, row.accepted_by)


def _rank(each: Waiting) -> tuple[bool, float, datetime]:
    return each.urgency is not Urgency.URGENT, -each.charge.waited.total_seconds(), each.asked_at
