"""How long messages stay, and what is left of them when a person goes."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from heartport import clock
from heartport.members.policies import Purpose
from heartport.messages import outbox
from heartport.messages.models import Message
from heartport.messages.rules import KEPT
from heartport.messages.subscriptions import forget_subscriptions
from heartport.stores import Store, count_rows, write_transaction


def delete_old_messages() -> int:
    """Delete the messages that were due three months ago and return how many."""
    statement = delete(Message).where(Message.due_at <= clock.now() - KEPT)
    return write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def forget_messages(session: Session, account_id: str) -> None:
    """Delete all messages of a person and what they accepted, within the erasure."""
    session.execute(delete(Message).where(Message.account_id == account_id))
    forget_subscriptions(session, account_id)


def withdraw_with_consent(session: Session, account_id: str, purpose: Purpose) -> None:
    """End what the consent to be reminded permitted: nothing goes out any more, and nothing is counted."""
    outbox.withdraw_with_consent(session, account_id, purpose)
    if purpose is Purpose.NOTIFICATIONS:
        forget_subscriptions(session, account_id)
