"""Use cases of whoever is on duty: accept a call-back, note an attempt, give it back, close it.

Each holds the row first, so that of two who accept at once one is told that the other was quicker.
"""

from collections.abc import Callable

from sqlalchemy.orm import Session

from heartport import clock
from heartport.callers import Caller
from heartport.duty.roster import shifts_within
from heartport.duty.rules import duty_time, shift_at
from heartport.followups.contacts import contact_of
from heartport.followups.events import Step, staff_pseudonym
from heartport.followups.models import FollowUp
from heartport.followups.rules.asking import call_from
from heartport.followups.rules.steps import (
    Act,
    AttemptOutcome,
    CloseOutcome,
    check_holder,
    check_may_close,
    check_may_release,
    has_spoken,
)
from heartport.followups.steps import check_step, hold, take_step
from heartport.stores import Store, write_transaction


def accept(caller: Caller, follow_up_id: str, version: int) -> None:
    """Take a call-back on oneself; raises what `check_step` raises."""

    def work(session: Session, row: FollowUp) -> None:
        row.accepted_by, row.accepted_at = caller.account_id, clock.now()
        take_step(session, row, Step(Act.ACCEPT, staff_pseudonym(caller.account_id)))

    _with_step(follow_up_id, Act.ACCEPT, version, work)


def note_attempt(caller: Caller, follow_up_id: str, version: int, outcome: AttemptOutcome) -> None:
    """Note that one called, and what came of it; raises what `check_step` raises, or `FollowUpNotYours`."""

    def work(session: Session, row: FollowUp) -> None:
        check_holder(row.accepted_by, caller.account_id)
        waited_minutes = _note_contact(session, row)
        take_step(session, row, Step(Act.ATTEMPT, staff_pseudonym(caller.account_id), outcome.value, waited_minutes))

    _with_step(follow_up_id, Act.ATTEMPT, version, work)


def release(caller: Caller, follow_up_id: str, version: int) -> None:
    """Put a call-back back into the queue; raises what `check_step` raises, or `FollowUpNotYours`."""

    def work(session: Session, row: FollowUp) -> None:
        shift = shift_at(shifts_within(session, clock.now()), clock.now())
        on_duty = shift.people.values() if shift else ()
        check_may_release(row.accepted_by, caller.account_id, caller.roles, on_duty)
        take_step(session, row, Step(Act.RELEASE, staff_pseudonym(caller.account_id)))

    _with_step(follow_up_id, Act.RELEASE, version, work)


def close(caller: Caller, follow_up_id: str, version: int, outcome: CloseOutcome) -> None:
    """End a call-back; number, name and note are deleted with it.

    Raises what `check_step` raises, `FollowUpNotYours`, or `FollowUpNotTried`.
    """

    def work(session: Session, row: FollowUp) -> None:
        check_holder(row.accepted_by, caller.account_id)
        check_may_close(outcome, tried=row.tried_at is not None)
        waited_minutes = _note_contact(session, row) if has_spoken(outcome) else None
        take_step(session, row, Step(Act.CLOSE, staff_pseudonym(caller.account_id), outcome.value, waited_minutes))

    _with_step(follow_up_id, Act.CLOSE, version, work)


def _with_step(follow_up_id: str, act: Act, version: int, work: Callable[[Session, FollowUp], None]) -> None:
    def held(session: Session) -> None:
        row = hold(session, follow_up_id)
        check_step(row, act, version)
        work(session, row)

    write_transaction(Store.MAIN, held)


def _note_contact(session: Session, row: FollowUp) -> int | None:
    """Note that the person was called now; return how many minutes of duty they had waited if it is the first time."""
    is_first, now, contact = row.tried_at is None, clock.now(), contact_of(row)
    shifts = shifts_within(session, row.asked_at)
    row.tried_at = now
    if not is_first or contact is None:
        return None
    waited = duty_time(shifts, call_from(row.asked_at, contact.when), now)
    return int(waited.total_seconds()) // 60
