"""What becomes of call-backs by themselves: those that nobody could answer lapse, and what has ended is deleted."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.duty.roster import shifts_within
from heartport.duty.rules import first_on_duty
from heartport.followups.contacts import contact_of
from heartport.followups.events import SERVICE, Step, delete_old_events, staff_pseudonym
from heartport.followups.models import FollowUp
from heartport.followups.rules.asking import call_from, is_forgotten
from heartport.followups.rules.steps import Act
from heartport.followups.steps import LIVE, take_step
from heartport.stores import Store, count_rows, write_transaction

KEPT_AFTER_END = timedelta(days=30)
"""So long the person can see what became of it; number, name and note are gone already."""


def let_forgotten_lapse() -> int:
    """End the call-backs that nobody has closed for two weeks, and return how many; their numbers are deleted."""
    now = clock.now()

    def work(session: Session) -> int:
        rows = session.execute(select(FollowUp).where(LIVE).with_for_update()).scalars().all()
        forgotten = [row for row in rows if _is_forgotten(session, row, now)]
        for row in forgotten:
            take_step(session, row, Step(Act.LAPSE, staff_pseudonym(SERVICE)))
        return len(forgotten)

    return write_transaction(Store.MAIN, work)


def delete_ended() -> int:
    """Delete the call-backs that ended a month ago and the events of over a year ago; return how many rows in all."""
    statement = delete(FollowUp).where(FollowUp.ended_at <= clock.now() - KEPT_AFTER_END)
    return write_transaction(Store.MAIN, lambda session: count_rows(session, statement)) + delete_old_events()


def _is_forgotten(session: Session, row: FollowUp, now: datetime) -> bool:
    contact = contact_of(row)
    if contact is None:
        return False
    since = call_from(row.asked_at, contact.when)
    return is_forgotten(row.asked_at, first_on_duty(shifts_within(session, since), since), now)
