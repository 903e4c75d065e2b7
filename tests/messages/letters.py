"""Messages for tests."""

import secrets
from datetime import datetime

from sqlalchemy import select

from heartport.columns import new_public_id
from heartport.messages.models import Message, Subscription
from heartport.messages.notes import Note
from heartport.messages.outbox import Recipient, post, to_employee, to_staff
from heartport.messages.rules import About, Kind
from heartport.stores import Store, reading, write_transaction
from tests.conftest import Person, agree


def note(about_id: str = "a" * 22, **other: object) -> Note:
    """Return what is said of a booking."""
    return Note(**{"kind": Kind.BOOKED, "about": About.LECTURE, "about_id": about_id, **other})


def posted(to: Recipient, **other: object) -> bool:
    """Post a message in a transaction of its own."""
    return write_transaction(Store.MAIN, lambda session: post(session, to, note(**other)))


def told(account_id: str, at: datetime | None = None) -> str:
    """Tell a person of a booking of their own, and return its id."""
    about_id = new_public_id()
    assert posted(to_employee(account_id), about_id=about_id, at=at)
    return about_id


def told_staff(staff_id: str) -> None:
    assert posted(to_staff(staff_id), about_id=new_public_id(), kind=Kind.ASSIGNED)


def subscribe(person: Person, template: str = "reminder", accepted: bool = True):
    """Accept one more message of a template, over HTTP."""
    agree(person, "notifications")
    return answer(person, template, accepted)


def answer(person: Person, template: str = "reminder", accepted: bool = True, key: str | None = None):
    headers = {"Idempotency-Key": key or secrets.token_urlsafe(12)}
    return person.post("me/subscriptions", {"template": template, "accepted": accepted}, headers=headers)


def rows() -> list[Message]:
    """Return all messages as they are stored."""
    with reading(Store.MAIN) as session:
        return list(session.execute(select(Message)).scalars())


def subscriptions() -> list[tuple[str, int]]:
    with reading(Store.MAIN) as session:
        return [(row.template, row.accepted) for row in session.execute(select(Subscription)).scalars()]
