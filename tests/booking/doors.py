"""A kind of booking of its own for tests of what all kinds share: a door that is open, closed or locked.

Its table stands in a metadata of its own, so that no test of the real tables sees it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from heartport.booking.audit import Step, Tracked, begin, change_state
from heartport.booking.rules.machines import Machine, Move
from heartport.columns import new_public_id
from heartport.stores import Store, engine_of, reading
from tests.booking.desk import done


class Base(DeclarativeBase):
    """The parent of the tables of this file."""


class Door(Base):
    """A booking that is no booking."""

    __tablename__ = "test_doors"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    note: Mapped[str | None] = mapped_column(String(10))


MACHINE = Machine(
    "door",
    ["open"],
    {"shut": Move(["open"], "closed"), "lock": Move(["closed"], "locked"), "open": Move(["closed"], "open")},
    live=["closed"],
)
DOORS = Tracked(MACHINE, Door)
ACTOR = b"a" * 32


@contextmanager
def doors() -> Iterator[None]:
    """Have the table for a while."""
    engine = engine_of(Store.MAIN)
    Base.metadata.create_all(engine)
    try:
        yield
    finally:
        Base.metadata.drop_all(engine)


def new_door() -> str:
    door_id = new_public_id()

    def work(session) -> None:
        session.add(Door(id=door_id, state="open", version=1))
        session.flush()
        begin(session, DOORS, door_id, Step("create", ACTOR), state="open")

    done(work)
    return door_id


def act(door_id: str, name: str, version: int | None = None, **values: object) -> str:
    return done(lambda session: change_state(session, DOORS, door_id, Step(name, ACTOR, version), **values))


def stored(door_id: str) -> tuple[str, int, str | None]:
    with reading(Store.MAIN) as session:
        row = session.execute(select(Door).where(Door.id == door_id)).scalar_one()
        return row.state, row.version, row.note
