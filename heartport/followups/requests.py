"""Use cases of the person: ask to be called, see one's own call-backs, withdraw; and what follows from their rights."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.columns import new_public_id
from heartport.duty.roster import shifts_since, shifts_within
from heartport.duty.rules import Shift, first_on_duty
from heartport.errors import Conflict, Invalid
from heartport.followups.contacts import Contact, contact_of, seal_contact
from heartport.followups.events import Event, Step, begin_events, events_of, note_event
from heartport.followups.models import FollowUp
from heartport.followups.rules.asking import RosterEmpty, When, call_from, check_may_ask, check_pace
from heartport.followups.rules.steps import Act, State
from heartport.followups.steps import LIVE, FollowUpUnknown, check_step, hold, take_step
from heartport.members.policies import Purpose
from heartport.members.standing import Standing, hold_person
from heartport.stores import Store, insert_if_absent, reading, write_transaction


class FollowUpOpen(Conflict):
    """The person is waiting for a call already."""

    code = "follow_up_open"
    detail = "您已经有一个回电请求在等候，不用重复提交。想改电话或时间，可以先撤回再重新请求。"


@dataclass(frozen=True, slots=True)
class OwnFollowUp:
    """One of a person's own call-backs; `contact` is there until it has ended, `expected_at` while it waits."""

    id: str
    state: State
    version: int
    asked_at: datetime
    outcome: str | None
    contact: Contact | None = field(repr=False)
    expected_at: datetime | None
    events: Sequence[Event]


def ask_for_call(session: Session, standing: Standing, person: bytes, contact: Contact) -> str:
    """Store a request within the transaction that makes it happen once, and return its id.

    Raises what `check_may_ask` and `check_pace` raise, `RosterEmpty` where nobody would call, `Invalid` where nobody
    is on duty at the time that was wished, `FollowUpOpen` where the person waits already.
    """
    now = clock.now()
    granted = hold_person(session, standing.account_id)
    check_may_ask(standing.profile.age_group, Purpose.FOLLOW_UP in granted)
    _check_expected(shifts_within(session, now), contact.when, now)
    earlier = session.execute(_own(standing.account_id)).scalars().all()
    if any(row.ended_at is None for row in earlier):
        raise FollowUpOpen
    check_pace([row.asked_at for row in earlier], now)
    follow_up_id = new_public_id()
    row = {
        "id": follow_up_id,
        "account_id": standing.account_id,
        "state": State.OPEN.value,
        "version": 1,
        "contact_sealed": seal_contact(follow_up_id, contact),
        "asked_at": now,
    }
    if not insert_if_absent(session, FollowUp, row):
        raise FollowUpOpen  # Another request of the same moment was quicker.
    begin_events(session, follow_up_id, person)
    return follow_up_id


def list_own(account_id: str) -> list[OwnFollowUp]:
    """Return a person's call-backs, the latest first; ended ones for as long as they are kept."""
    with reading(Store.MAIN) as session:
        rows = session.execute(_own(account_id)).scalars().all()
    now = clock.now()
    shifts, events = shifts_since(now), events_of(row.id for row in rows)
    return [_own_follow_up(row, shifts, events[row.id], now) for row in rows]


def find_own(account_id: str, follow_up_id: str) -> OwnFollowUp:
    """Return one of them; raises `FollowUpUnknown`."""
    found = next((each for each in list_own(account_id) if each.id == follow_up_id), None)
    if found is None:
        raise FollowUpUnknown
    return found


def withdraw(account_id: str, follow_up_id: str, version: int) -> None:
    """Withdraw one's own request; raises `FollowUpUnknown`, `FollowUpEnded` or `FollowUpChanged`."""

    def work(session: Session) -> None:
        row = hold(session, follow_up_id)
        if row.account_id != account_id:
            raise FollowUpUnknown
        check_step(row, Act.WITHDRAW, version)
        take_step(session, row, Step(Act.WITHDRAW))

    write_transaction(Store.MAIN, work)


def withdraw_with_consent(session: Session, account_id: str, purpose: Purpose) -> None:
    """Withdraw what is still waiting, within the transaction that withdraws the consent to be called."""
    if purpose is Purpose.FOLLOW_UP:
        for row in _held_live(session, account_id):
            take_step(session, row, Step(Act.WITHDRAW))


def forget_follow_ups(session: Session, account_id: str) -> None:
    """Delete a person's call-backs within the erasure; staff who have one open find it gone, and the events say why."""
    for row in _held_live(session, account_id):
        note_event(session, row.id, row.version + 1, Step(Act.ERASE))
    session.execute(delete(FollowUp).where(FollowUp.account_id == account_id))


def _check_expected(shifts: Sequence[Shift], when: When, now: datetime) -> None:
    if first_on_duty(shifts, now) is None:
        raise RosterEmpty
    if first_on_duty(shifts, call_from(now, when)) is None:
        raise Invalid(errors={"when": ["这个时段以后还没有安排值班，请换一个时段，或选择“尽快”（soon）。"]})


def _own(account_id: str) -> Select[FollowUp]:
    return select(FollowUp).where(FollowUp.account_id == account_id).order_by(FollowUp.asked_at.desc())


def _held_live(session: Session, account_id: str) -> Sequence[FollowUp]:
    return session.execute(_own(account_id).where(LIVE).with_for_update()).scalars().all()


def _own_follow_up(row: FollowUp, shifts: Sequence[Shift], events: Sequence[Event], now: datetime) -> OwnFollowUp:
    contact = contact_of(row)
    return OwnFollowUp(
        id=row.id,
        state=State(row.state),
        version=row.version,
        asked_at=row.asked_at,
        outcome=row.outcome,
        contact=contact,
        expected_at=first_on_duty(shifts, max(call_from(row.asked_at, contact.when), now)) if contact else None,
        events=events,
    )
