"""Counts the sign-ins of a name that were not let in; five in 15 minutes lock it for the rest of that window.

Counted in the database, because a restart or the loss of Redis must not open the door again, and because every
process has to see the same count; it is one small row a name, deleted when its window is over. An attempt is
counted before it is looked at: of many at once, five are looked at and no more. Who is let in gets their own
attempt back, and only that: the failures of somebody who guesses meanwhile stand.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, literal, or_, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.columns import Utc
from heartport.staff.models import SignInAttempts
from heartport.staff.rules import WINDOW
from heartport.stores import Store, count_rows, insert_if_absent, write_transaction
from heartport.vault.door import current_vault


def count_attempt(username: str) -> int:
    """Count one more attempt, known or unknown name alike, and return which of the window it is."""
    name_hash, now = hash_name(username), clock.now()
    return write_transaction(Store.MAIN, lambda session: _count(session, name_hash, now))


def give_back(session: Session, username: str) -> None:
    """Uncount one attempt, within the transaction that lets somebody in."""
    statement = (
        update(SignInAttempts)
        .where(SignInAttempts.name_hash == hash_name(username), SignInAttempts.failures > 0)
        .values(failures=SignInAttempts.failures - 1)
    )
    session.execute(statement)


def forget_attempts(session: Session, username: str) -> None:
    """Forget what was counted for a name, when an operator unlocks it."""
    session.execute(delete(SignInAttempts).where(SignInAttempts.name_hash == hash_name(username)))


def delete_old_attempts() -> int:
    """Delete the counts whose window is over and return how many."""
    statement = delete(SignInAttempts).where(_is_over(clock.now()))
    return write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def hash_name(username: str) -> bytes:
    """Return what of a tried name is stored."""
    return current_vault().fingerprint("staff name", username.encode())


def _is_over(now: datetime) -> ColumnElement[bool]:
    """Say whether a window is over; one that would last twice its time was opened by a clock that stood far ahead.

    Twice, since of callers at the same moment one may have looked at the clock a little earlier than another.
    """
    return or_(SignInAttempts.ends_at <= now, SignInAttempts.ends_at > now + 2 * WINDOW)


def _count(session: Session, name_hash: bytes, now: datetime) -> int:
    insert_if_absent(session, SignInAttempts, {"name_hash": name_hash, "failures": 0, "ends_at": now + WINDOW})
    is_over = _is_over(now)
    statement = (
        update(SignInAttempts)
        .where(SignInAttempts.name_hash == name_hash)
        .values(
            failures=case((is_over, 1), else_=SignInAttempts.failures + 1),
            ends_at=case((is_over, literal(now + WINDOW, Utc())), else_=SignInAttempts.ends_at),
        )
        .returning(SignInAttempts.failures)
    )
    return session.execute(statement).scalar_one()
