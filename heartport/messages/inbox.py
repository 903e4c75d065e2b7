"""Use cases of whoever reads: see one's messages, the latest first, and mark one as read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update

from heartport import clock
from heartport.errors import NotFound
from heartport.messages.models import Message
from heartport.messages.notes import Content, open_content
from heartport.messages.outbox import Recipient
from heartport.stores import Store, count_rows, reading, write_transaction


class MessageUnknown(NotFound):
    """This person has no such message."""

    code = "message_unknown"
    detail = "没有找到这条消息。"


@dataclass(frozen=True, slots=True)
class Received:
    """One message as its reader sees it; `place` is its place in the list."""

    id: str
    content: Content
    read: bool
    place: int = 0


def list_messages(reader: Recipient) -> list[Received]:
    """Return all messages that are due, the latest first; retention keeps them few."""
    return _listed(reader.own, Message.due_at <= clock.now())


def list_held(reader: Recipient) -> list[Received]:
    """Return those to come as well."""
    return _listed(reader.own)


def find_message(reader: Recipient, message_id: str) -> Received:
    """Return one of them; raises `MessageUnknown`."""
    statement = select(Message).where(Message.id == message_id, reader.own, Message.due_at <= clock.now())
    with reading(Store.MAIN) as session:
        row = session.execute(statement).scalar()
    if row is None:
        raise MessageUnknown
    return _received(row)


def mark_read(reader: Recipient, message_id: str) -> Received:
    """Mark one as read; once more changes nothing. Raises `MessageUnknown`."""
    found = find_message(reader, message_id)
    statement = update(Message).where(Message.id == message_id, reader.own).values(read=True)
    if not found.read and not write_transaction(Store.MAIN, lambda session: count_rows(session, statement)):
        raise MessageUnknown  # It was taken back meanwhile.
    return Received(found.id, found.content, read=True)


def count_unread(messages: Sequence[Received]) -> int:
    """Return how many are still to be read."""
    return sum(not each.read for each in messages)


def _listed(*wanted: ColumnElement[bool]) -> list[Received]:
    with reading(Store.MAIN) as session:
        rows = session.execute(select(Message).where(*wanted).order_by(Message.id)).scalars().all()
    found = sorted(map(_received, rows), key=lambda each: each.content.said_at, reverse=True)
    return [Received(each.id, each.content, each.read, place) for place, each in enumerate(found, start=1)]


def _received(row: Message) -> Received:
    return Received(row.id, open_content(row.id, row.content_sealed), row.read)
