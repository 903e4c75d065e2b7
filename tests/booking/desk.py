"""Resources, times and rows of the calendar, for tests; it is Sunday, 22 November 2026, noon."""

from datetime import datetime

from sqlalchemy import select

from heartport.booking.models import Occupancy, OccupancyTick
from heartport.booking.occupancy import Booking, Wanted, claim
from heartport.booking.resources import add_room
from heartport.booking.rules.grid import Span, tick_of
from heartport.columns import new_public_id
from heartport.local_time import SHANGHAI
from heartport.stores import Store, reading, write_transaction

KIND = "test"


def moment(text: str) -> datetime:
    """Return a local moment, such as "2026-11-23 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def tick(text: str) -> int:
    return tick_of(moment(text))


def span(day: str, starts: str, ends: str) -> Span:
    return Span(tick(f"{day} {starts}"), tick(f"{day} {ends}"))


NINE = span("2026-11-23", "09:00", "10:00")
TEN = span("2026-11-23", "10:00", "11:00")


def room(name: str = "一号咨询室", **more) -> str:
    return add_room(name, **more)


def booking(kind: str = KIND) -> Booking:
    return Booking(kind, new_public_id())


def wanted(resource_id: str, when: Span = NINE, before: int = 0, after: int = 0) -> Wanted:
    return Wanted(resource_id, when, before, after)


def claimed(*parts: Wanted, held_until: datetime | None = None, of: Booking | None = None) -> str:
    """Claim in a transaction of its own and return the id of the booking."""
    of = of or booking()
    write_transaction(Store.MAIN, lambda session: claim(session, of, parts, held_until))
    return of.id


def done(work) -> object:
    """Do something in a transaction of its own."""
    return write_transaction(Store.MAIN, work)


def rows() -> list[Occupancy]:
    with reading(Store.MAIN) as session:
        return list(session.execute(select(Occupancy).order_by(Occupancy.starts)).scalars())


def ticks_of_resource(resource_id: str) -> list[int]:
    statement = select(OccupancyTick.tick).where(OccupancyTick.resource_id == resource_id)
    with reading(Store.MAIN) as session:
        return sorted(session.execute(statement).scalars())
