"""Posting: what causes a message writes it in its own transaction, so that neither is there without the other.

Nothing is sent here. A message stands in the inbox from the moment it is due, and where the person agreed to be
reminded it waits as `unsent` for the way through WeChat.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.columns import new_public_id
from heartport.errors import NotSignedIn
from heartport.members.policies import Purpose
from heartport.members.standing import hold_person
from heartport.messages.models import Message
from heartport.messages.notes import Content, Note, open_content, seal_content
from heartport.messages.rules import STANDING, Kind, due_at, to_the_minute
from heartport.stores import count_rows, insert_if_absent
from heartport.vault.door import current_vault


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is for: an employee by their account, or a member of staff; make it with one of the two below."""

    account_id: str | None = None
    staff_id: str | None = None

    @property
    def own(self) -> ColumnElement[bool]:
        """The condition for this recipient's messages."""
        return Message.staff_id == self.staff_id if self.account_id is None else Message.account_id == self.account_id


def to_employee(account_id: str) -> Recipient:
    """Return an employee as a recipient."""
    return Recipient(account_id=account_id)


def to_staff(staff_id: str) -> Recipient:
    """Return a member of staff as a recipient, a unit head too."""
    return Recipient(staff_id=staff_id)


def post(session: Session, to: Recipient, note: Note) -> bool:
    """Write a message within the transaction that causes it; return whether it was written.

    The same kind about the same thing and occasion is written once for each recipient. Whoever is being erased gets
    none. An employee's account and consents are held from here on: who locks bookings too does so afterwards, or
    has held the person already.
    """
    unsent = _may_be_sent(session, to)
    if unsent is None:
        return False
    now, message_id = clock.now(), new_public_id()
    due = due_at(note.due_at, now)
    said_at = to_the_minute(max(now, due))
    row = {
        "id": message_id,
        "dedupe": _dedupe(to, note.kind, note.about_id, note.occasion),
        "account_id": to.account_id,
        "staff_id": to.staff_id,
        "due_at": due,
        "content_sealed": seal_content(
            message_id, Content(note.kind, note.about, note.about_id, note.at, note.until, said_at)
        ),
        "unsent": unsent,
        "read": False,
    }
    return insert_if_absent(session, Message, row)


def recall(session: Session, to: Recipient, about_id: str) -> int:
    """Take back what says how a booking stands, before it stands otherwise; return how many messages that were.

    What was read is known and stays in the inbox, but goes out through WeChat no more.
    """
    columns = select(Message.id, Message.content_sealed, Message.read)
    waiting = session.execute(columns.where(to.own, or_(Message.unsent, ~Message.read)))
    told = [(row.id, row.read, open_content(row.id, row.content_sealed)) for row in waiting]
    untrue = [(each, read) for each, read, content in told if content.about_id == about_id and content.kind in STANDING]
    known = [each for each, read in untrue if read]
    session.execute(update(Message).where(Message.id.in_(known)).values(unsent=False))
    return count_rows(session, delete(Message).where(Message.id.in_([each for each, read in untrue if not read])))


def withdraw_with_consent(session: Session, account_id: str, purpose: Purpose) -> None:
    """Keep what waits from going out, within the transaction that withdraws the consent; the inbox stays."""
    if purpose is Purpose.NOTIFICATIONS:
        session.execute(update(Message).where(Message.account_id == account_id, Message.unsent).values(unsent=False))


def _may_be_sent(session: Session, to: Recipient) -> bool | None:
    """Tell whether somebody agreed to be reminded through WeChat; None where nobody is there any more."""
    if to.account_id is None:
        return False
    try:
        return Purpose.NOTIFICATIONS in hold_person(session, to.account_id)
    except NotSignedIn:
        return None


def _dedupe(to: Recipient, kind: Kind, about_id: str, occasion: str) -> bytes:
    text = "\n".join((to.account_id or "", to.staff_id or "", kind.value, about_id, occasion))
    return current_vault().fingerprint("message", text.encode())
