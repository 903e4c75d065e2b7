"""The events of call-backs: who did what when, by pseudonyms; written once, never changed, gone after a year."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.followups.models import FollowUp, FollowUpEvent
from heartport.followups.rules.figures import FirstContact
from heartport.followups.rules.steps import Act
from heartport.local_time import local
from heartport.stores import Store, count_rows, reading, write_transaction
from heartport.vault.door import current_vault

REGISTER = "follow-up events"
SERVICE = "service"
"""Who lets a call-back lapse is nobody of the staff."""


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does with a call-back; without an actor it is the person whose it is."""

    act: Act
    actor: bytes | None = None
    outcome: str | None = None
    waited_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One step as it is shown; who took it is not."""

    follow_up_id: str
    number: int
    act: Act
    outcome: str | None
    at: datetime


def person_pseudonym(account_id: str) -> bytes:
    """Return a person's name in the events; it hangs on their own key, so that erasure cuts it off for good."""
    return current_vault().open(account_id).pseudonym(REGISTER)


def staff_pseudonym(staff_id: str) -> bytes:
    """Return a member of staff's name in the events."""
    return current_vault().fingerprint(REGISTER, staff_id.encode())


def begin_events(session: Session, follow_up_id: str, person: bytes) -> None:
    """Note that a person asked, within the transaction that stores the call-back."""
    _add(session, follow_up_id, 1, person, Step(Act.ASK))


def note_event(session: Session, follow_up_id: str, number: int, step: Step) -> None:
    """Note a further step, within the transaction that takes it."""
    first = FollowUpEvent.follow_up_id == follow_up_id, FollowUpEvent.number == 1
    person = session.execute(select(FollowUpEvent.person).where(*first)).scalar_one()
    _add(session, follow_up_id, number, person, step)


def events_of(follow_up_ids: Iterable[str]) -> dict[str, list[Event]]:
    """Return the events of some call-backs, in their order."""
    found: dict[str, list[Event]] = defaultdict(list)
    for event in _events(select(FollowUpEvent).where(FollowUpEvent.follow_up_id.in_(list(follow_up_ids)))):
        found[event.follow_up_id].append(event)
    return found


def events_about(account_id: str) -> list[Event]:
    """Return all events of a person's call-backs, of those too whose row is deleted."""
    return _events(select(FollowUpEvent).where(FollowUpEvent.person == person_pseudonym(account_id)))


def read_first_contacts() -> list[FirstContact]:
    """Return every first contact that is kept."""
    statement = select(FollowUpEvent).where(FollowUpEvent.waited_minutes.is_not(None))
    with reading(Store.MAIN) as session:
        return [
            FirstContact(local(row.at).strftime("%Y-%m"), row.person, row.waited_minutes or 0)
            for row in session.execute(statement).scalars()
        ]


def delete_old_events() -> int:
    """Delete the events of months that lie more than a year back, whole months at a time, and return how many."""
    now = local(clock.now())
    first_day = now.replace(year=now.year - 1, day=1, hour=0, minute=0, second=0, microsecond=0)
    # A call-back that is still there keeps its events, whose first says whose they are.
    is_there = select(FollowUp.id).where(FollowUp.id == FollowUpEvent.follow_up_id).exists()
    statement = delete(FollowUpEvent).where(FollowUpEvent.at < first_day, ~is_there)
    return write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def _events(statement: Select[FollowUpEvent]) -> list[Event]:
    with reading(Store.MAIN) as session:
        rows = session.execute(statement.order_by(FollowUpEvent.at, FollowUpEvent.number)).scalars()
        return [Event(row.follow_up_id, row.number, Act(row.act), row.outcome, row.at) for row in rows]


def _add(session: Session, follow_up_id: str, number: int, person: bytes, step: Step) -> None:
    row = {
        "follow_up_id": follow_up_id,
        "number": number,
        "person": person,
        "actor": step.actor or person,
        "act": step.act.value,
        "outcome": step.outcome,
        "at": clock.now(),
        "waited_minutes": step.waited_minutes,
    }
    session.execute(insert(FollowUpEvent).values(row))
