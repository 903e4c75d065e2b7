"""Controls: bookings that look first and write afterwards, as most systems do; each race must catch them.

Their tables stand in a metadata of their own and know no constraint that would save them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import String, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from heartport import clock
from heartport.booking.models import Occupancy
from heartport.booking.rules.grid import Span
from heartport.columns import new_public_id
from heartport.stores import Store, engine_of, reading
from tests.booking.desk import done

GAP_SECONDS = 0.002
"""Between looking and writing lies at least one way to the database and back."""


class Base(DeclarativeBase):
    """The parent of the tables of this file."""


class Slot(Base):
    """Somebody's time, by the belief of whoever wrote it down."""

    __tablename__ = "test_hopeful_slots"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    resource_id: Mapped[str] = mapped_column(String(22))
    starts: Mapped[int]
    ends: Mapped[int]


class Key(Base):
    """An idempotency key that is looked for before it is written."""

    __tablename__ = "test_hopeful_keys"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    key: Mapped[str] = mapped_column(String(22))
    made: Mapped[str] = mapped_column(String(22))


@contextmanager
def hope() -> Iterator[None]:
    """Have the tables for a while."""
    engine = engine_of(Store.MAIN)
    Base.metadata.create_all(engine)
    try:
        yield
    finally:
        Base.metadata.drop_all(engine)


def claim_hopefully(kind: str, resource_id: str, span: Span, *, any_kind: bool = True) -> bool:
    """Look whether the time is free, among bookings of one's own kind or of any, and then take it."""
    statement = select(Slot.id).where(Slot.resource_id == resource_id, Slot.starts < span.end, Slot.ends > span.start)
    if not any_kind:
        statement = statement.where(Slot.kind == kind)
    with reading(Store.MAIN) as session:
        taken = session.execute(statement).first() is not None
    if taken:
        return False
    time.sleep(GAP_SECONDS)
    row = {"id": new_public_id(), "kind": kind, "resource_id": resource_id, "starts": span.start, "ends": span.end}
    done(lambda session: session.add(Slot(**row)))
    return True


def confirm_hopefully(booking_id: str) -> bool:
    """Look whether the hold is still there, and then confirm it, without asking whether that changed anything."""
    held = select(Occupancy.id).where(Occupancy.booking_id == booking_id, Occupancy.expires_at > clock.now())
    with reading(Store.MAIN) as session:
        found = session.execute(held).scalar()
    if found is None:
        return False
    time.sleep(GAP_SECONDS)
    confirmed = update(Occupancy).where(Occupancy.id == found).values(expires_at=None)
    done(lambda session: session.connection().execute(confirmed) and None)
    return True


def create_hopefully(key: str) -> str:
    """Look whether the key was seen, and then create; return the id of what was made."""
    with reading(Store.MAIN) as session:
        made = session.execute(select(Key.made).where(Key.key == key)).scalars().first()
    if made is not None:
        return made
    time.sleep(GAP_SECONDS)
    made = new_public_id()
    done(lambda session: session.add(Key(id=new_public_id(), key=key, made=made)))
    return made
