"""States of bookings and their audit: each change compares and sets (state, version) and notes one event beside it.

All three kinds of booking change state through `change_state` and nothing else, so that the events of a booking are
numbered like its versions, from 1 without a gap.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.models import BookingEvent
from heartport.booking.rules.machines import Machine
from heartport.errors import NotFound, Stale
from heartport.local_time import local, start_of_day
from heartport.stores import count_rows
from heartport.vault.door import current_vault

REGISTER = "booking events"
SERVICE = "service"
"""What a sweeper does, nobody of the staff did."""


class BookingChanged(Stale):
    """Something happened to the booking since it was read."""

    code = "booking_changed"
    detail = "这个预约的情况有变化，请刷新后再操作。"


@dataclass(frozen=True, slots=True)
class Tracked:
    """A kind of booking: its machine, and its model, which has the columns `id`, `state` and `version`."""

    machine: Machine
    model: Any


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does with a booking, by their pseudonym, and the version that they read.

    None as the version is for what the service does by itself.
    """

    act: str
    actor: bytes
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a booking as it is shown; who took it is not."""

    booking_id: str
    number: int
    act: str
    state: str
    on: date


def person_actor(account_id: str) -> bytes:
    """Return a person's name in the audit; it hangs on their own key, so that erasure cuts it off for good.

    Reads the store `keys`: ask before the transaction begins.
    """
    return current_vault().open(account_id).pseudonym(REGISTER)


def staff_actor(staff_id: str) -> bytes:
    """Return a member of staff's name in the audit."""
    return current_vault().fingerprint(REGISTER, staff_id.encode())


def service_actor() -> bytes:
    """Return the name of what happens by itself."""
    return staff_actor(SERVICE)


def begin(session: Session, kind: Tracked, booking_id: str, step: Step, *, state: str) -> None:
    """Note that a booking was made, with version 1, within the transaction that inserts it."""
    if state not in kind.machine.first:
        raise ValueError("no booking of this kind begins so")
    _add(session, kind, booking_id, step, number=1, state=state)


def change_state(session: Session, kind: Tracked, booking_id: str, step: Step, **values: object) -> str:
    """Carry out an act on one booking, note its event, and return the new state; `values` are further columns to set.

    Raises `NotFound`, `BookingStateWrong` where the machine does not allow the act, `BookingChanged` where the version
    is another, also where somebody else was quicker just now. An object of the session that was read before is not
    refreshed.
    """
    model = kind.model
    row = session.execute(select(model.state, model.version).where(model.id == booking_id)).one_or_none()
    if row is None:
        raise NotFound
    state, version = row
    after = kind.machine.after(state, step.act)
    if step.version not in (None, version):
        raise BookingChanged
    same = (model.id == booking_id) & (model.state == state) & (model.version == version)
    if count_rows(session, update(model).where(same).values(state=after, version=version + 1, **values)) != 1:
        raise BookingChanged
    _add(session, kind, booking_id, step, number=version + 1, state=after)
    return after


def events_of(session: Session, booking_ids: Collection[str]) -> dict[str, list[Event]]:
    """Return the events of some bookings, in their order."""
    found: dict[str, list[Event]] = defaultdict(list)
    statement = select(BookingEvent).where(BookingEvent.booking_id.in_(booking_ids))
    for row in session.execute(statement.order_by(BookingEvent.number)).scalars():
        found[row.booking_id].append(Event(row.booking_id, row.number, row.act, row.state, local(row.at).date()))
    return found


def forget_events(session: Session, booking_ids: Collection[str]) -> None:
    """Delete the events of bookings that are deleted with them."""
    session.execute(delete(BookingEvent).where(BookingEvent.booking_id.in_(booking_ids)))


def _add(session: Session, kind: Tracked, booking_id: str, step: Step, *, number: int, state: str) -> None:
    row = {
        "booking_id": booking_id,
        "number": number,
        "kind": kind.machine.kind,
        "act": str(step.act),
        "state": str(state),
        "actor": step.actor,
        "at": start_of_day(clock.now()),
    }
    session.execute(insert(BookingEvent).values(row))
