"""Time that bookings take: claim it, confirm it, move it, give it back; the only way to anybody's time.

Every function works within the transaction of its caller and locks the resources first, by ascending id, before the
caller touches an event, a quota, a member or the booking itself. Nothing here depends on a sweeper: a hold whose time
is over is cleared by whoever claims, and is refused to whoever confirms. A lost race is `SlotTaken` (409); `choices`
beside it come from `offering`.

    def work(session):
        claim(session, Booking("counselling", appointment_id), [Wanted(counsellor_id, span, after=1)], held_until)
        …insert the appointment, `begin` its audit

    with offering(lambda: next_free(…)):
        create_once(work)
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.models import Occupancy, OccupancyTick, Resource
from heartport.booking.rules.grid import Span
from heartport.columns import new_public_id
from heartport.errors import Conflict
from heartport.prepared import Prepared
from heartport.stores import count_rows, insert_if_absent, rows_within


class SlotTaken(Conflict):
    """Somebody else has this time, or the resource is not there any more; `choices` are what is free instead."""

    code = "slot_taken"
    detail = "这个时间刚被约走了，请换一个时间。"


class HoldExpired(Conflict):
    """The time was held and not confirmed soon enough."""

    code = "hold_expired"
    detail = "为您保留的时间已经过期，请重新选择。"


@dataclass(frozen=True, slots=True)
class Booking:
    """For what time is taken: the kind of its machine, and its id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource and when it is wanted; buffers in ticks."""

    resource_id: str
    span: Span
    before: int = 0
    after: int = 0

    @property
    def blocked(self) -> Span:
        """What is blocked, buffers included."""
        return Span(self.span.start - self.before, self.span.end + self.after)


@dataclass(frozen=True, slots=True)
class Taken:
    """Time that a booking takes; held until `expires_at`, or confirmed where that is None."""

    id: str
    resource_id: str
    kind: str
    booking_id: str
    span: Span
    blocked: Span
    expires_at: datetime | None


LOCKED = Prepared(select(Resource.active).where(Resource.id == bindparam("id")).with_for_update(key_share=True))
IN_THE_WAY = Prepared(
    select(Occupancy.id, Occupancy.booking_id, Occupancy.expires_at).where(
        Occupancy.resource_id == bindparam("resource_id"),
        Occupancy.blocked_from < bindparam("until"),
        Occupancy.blocked_until > bindparam("since"),
    )
)


def lock_resources(session: Session, resource_ids: Collection[str]) -> dict[str, bool]:
    """Lock resources by ascending id until the transaction ends; return which there are, and whether each is active.

    The lock lets others insert rows that refer to them, and nobody else claim their time.
    """
    found = {each: rows_within(session, LOCKED, {"id": each}) for each in sorted(resource_ids)}
    return {each: rows[0][0] for each, rows in found.items() if rows}


def claim(
    session: Session, booking: Booking, wanted: Sequence[Wanted], held_until: datetime | None = None
) -> list[str]:
    """Take time for a booking, all of it or nothing, and return the ids of the occupancies.

    With `held_until` it is held until then, otherwise confirmed at once. Raises `SlotTaken` where any of it is taken,
    by another booking or by this one, or where a resource is not active; the transaction must then be given up.
    """
    for each in wanted:
        _in_the_way(session, each)  # Whoever is late need not wait for the lock to hear so.
    _lock_active(session, wanted)
    return [_take(session, booking, each, held_until) for each in wanted]


def confirm(session: Session, booking_id: str) -> None:
    """Confirm what a booking holds, and give back what it had confirmed before: a new time replaces the old one here.

    Raises `HoldExpired` where nothing is held, or its time is over, whether or not somebody else has it by now.
    """
    _lock_of(session, booking_id)
    rows = session.execute(_of(booking_id)).scalars().all()
    held = [row for row in rows if row.expires_at is not None]
    if not held or any(row.expires_at and row.expires_at <= clock.now() for row in held):
        raise HoldExpired
    _drop(session, Occupancy.id.in_([row.id for row in rows if row.expires_at is None]))
    kept = update(Occupancy).where(Occupancy.id.in_([row.id for row in held])).values(expires_at=None)
    if count_rows(session, kept) != len(held):
        raise HoldExpired  # A sweeper, which locks nothing, was quicker by its own clock.


def hold_at_least(session: Session, booking_id: str, until: datetime) -> None:
    """Keep what a booking holds at least until then; raises `HoldExpired` where its time is over already."""
    _lock_of(session, booking_id)
    held = (Occupancy.booking_id == booking_id) & (Occupancy.expires_at > clock.now())
    kept = case((Occupancy.expires_at > until, Occupancy.expires_at), else_=until)
    if not count_rows(session, update(Occupancy).where(held).values(expires_at=kept)):
        raise HoldExpired


def release(session: Session, booking_id: str, *, only_held: bool = False) -> int:
    """Give back all time of a booking, or what it only holds; return how many occupancies that were.

    The caller changes the state of the booking first (`change_state`) and calls this only if it did, or calls this
    first and then raises: both stand in one transaction.
    """
    _lock_of(session, booking_id)
    which = Occupancy.booking_id == booking_id
    return _drop(session, which & Occupancy.expires_at.is_not(None) if only_held else which)


def release_all(session: Session, booking_ids: Collection[str]) -> int:
    """Give back all time of bookings that are deleted, whose resources are locked; return how many occupancies."""
    return _drop(session, Occupancy.booking_id.in_(booking_ids))


def move(session: Session, booking: Booking, wanted: Sequence[Wanted]) -> None:
    """Bring a booking to another time or other resources, confirmed; raises `SlotTaken`.

    The new time is taken before the old one is given back. A booking may move onto part of its own time.
    """
    rows = session.execute(_of(booking.id)).scalars().all()
    _lock_active(session, wanted, besides=[row.resource_id for row in rows])
    rows = session.execute(_of(booking.id)).scalars().all()
    old = {row.resource_id: row for row in rows}
    for each in wanted:
        own = old.pop(each.resource_id, None)
        if own is None:
            _take(session, booking, each, None)
        else:
            _shift(session, own, each)
    _drop(session, Occupancy.id.in_([row.id for row in old.values()]))


def transfer(session: Session, booking: Booking, from_id: str, to_id: str) -> None:
    """Give a booking's time on one resource to another one, held or confirmed as it is; raises `SlotTaken`."""
    lock_resources(session, [from_id, to_id])
    for each in list_taken(session, booking.id):
        if each.resource_id == from_id:
            before, after = each.span.start - each.blocked.start, each.blocked.end - each.span.end
            claim(session, booking, [Wanted(to_id, each.span, before, after)], each.expires_at)
            _drop(session, Occupancy.id == each.id)


def list_taken(session: Session, booking_id: str) -> list[Taken]:
    """Return what a booking takes, expired holds excluded, by start."""
    rows = session.execute(_of(booking_id).where(_counts())).scalars()
    return [_taken(row) for row in rows]


def taken_between(session: Session, resource_ids: Collection[str], span: Span) -> list[Taken]:
    """Return all that is taken of some resources within a stretch, expired holds excluded, by start."""
    statement = (
        select(Occupancy)
        .where(Occupancy.resource_id.in_(resource_ids), _counts())
        .where(Occupancy.blocked_from < span.end, Occupancy.blocked_until > span.start)
        .order_by(Occupancy.starts, Occupancy.id)
    )
    return [_taken(row) for row in session.execute(statement).scalars()]


def blocked_between(session: Session, resource_ids: Collection[str], span: Span) -> Sequence[Row[str, int, int]]:
    """Return resource, first and end tick of all that is blocked within a stretch; the quick way for lists of slots."""
    statement = (
        select(Occupancy.resource_id, Occupancy.blocked_from, Occupancy.blocked_until)
        .where(Occupancy.resource_id.in_(resource_ids), _counts())
        .where(Occupancy.blocked_from < span.end, Occupancy.blocked_until > span.start)
    )
    return session.connection().execute(statement).all()  # Thousands of rows cost half as much as by the session.


@contextmanager
def offering(find: Callable[[], Sequence[Any]]) -> Iterator[None]:
    """Put `choices`, free instead, beside a `SlotTaken` or `HoldExpired` that is raised within; `find` reads anew."""
    try:
        yield
    except (SlotTaken, HoldExpired) as refusal:
        refusal.members["choices"] = list(find())
        raise


def clear_expired(session: Session) -> int:
    """Delete every hold whose time is over and return how many; for the sweeper alone, nothing waits for it."""
    return _drop(session, Occupancy.expires_at <= clock.now())


def _lock_active(session: Session, wanted: Sequence[Wanted], besides: Collection[str] = ()) -> None:
    active = lock_resources(session, {*besides, *(each.resource_id for each in wanted)})
    if not all(active.get(each.resource_id) for each in wanted):
        raise SlotTaken


def _lock_of(session: Session, booking_id: str) -> None:
    """Lock the resources of a booking; what it takes changes only under these locks."""
    held = session.execute(select(Occupancy.resource_id).where(Occupancy.booking_id == booking_id)).scalars()
    lock_resources(session, set(held))


def _take(session: Session, booking: Booking, wanted: Wanted, held_until: datetime | None) -> str:
    """Take one stretch of a locked resource; the exclusion constraint and the keys of the ticks both say no."""
    _make_way(session, wanted)
    row = {
        "id": new_public_id(),
        "resource_id": wanted.resource_id,
        "kind": booking.kind,
        "booking_id": booking.id,
        "expires_at": held_until,
        **_columns(wanted),
    }
    if not insert_if_absent(session, Occupancy, row):
        raise SlotTaken
    _take_ticks(session, row["id"], wanted.resource_id, range(*wanted.blocked))
    return str(row["id"])


def _shift(session: Session, own: Occupancy, wanted: Wanted) -> None:
    """Move an occupancy of a locked resource: the new ticks first, then those that it needs no more."""
    _make_way(session, wanted, own.id)
    old, new = set(range(own.blocked_from, own.blocked_until)), set(range(*wanted.blocked))
    _take_ticks(session, own.id, own.resource_id, sorted(new - old))
    count_rows(session, update(Occupancy).where(Occupancy.id == own.id).values(expires_at=None, **_columns(wanted)))
    outside = OccupancyTick.tick.not_in(sorted(new))
    count_rows(session, delete(OccupancyTick).where(OccupancyTick.occupancy_id == own.id, outside))


def _take_ticks(session: Session, occupancy_id: object, resource_id: str, ticks: Collection[int]) -> None:
    if not ticks:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [{"resource_id": resource_id, "tick": tick, "occupancy_id": occupancy_id} for tick in ticks]
    if count_rows(session, dialect.insert(OccupancyTick).values(rows).on_conflict_do_nothing()) != len(rows):
        raise SlotTaken


def _make_way(session: Session, wanted: Wanted, own_id: str | None = None) -> None:
    """Clear the expired holds in the way, each with all that its booking holds, so that none is left half."""
    expired = _in_the_way(session, wanted, own_id)
    if expired:
        _drop(session, Occupancy.booking_id.in_(expired) & Occupancy.expires_at.is_not(None))


def _in_the_way(session: Session, wanted: Wanted, own_id: str | None = None) -> set[str]:
    """Return the bookings whose expired holds are in the way; raises `SlotTaken` where anything else is."""
    blocked, now = wanted.blocked, clock.now()
    values = {"resource_id": wanted.resource_id, "since": blocked.start, "until": blocked.end}
    found = [row for row in rows_within(session, IN_THE_WAY, values) if row[0] != own_id]
    if any(expires_at is None or expires_at > now for _, _, expires_at in found):
        raise SlotTaken
    return {booking_id for _, booking_id, _ in found}


def _drop(session: Session, which: ColumnElement[bool]) -> int:
    """Delete occupancies; their ticks go with them."""
    return count_rows(session, delete(Occupancy).where(which))


def _counts() -> ColumnElement[bool]:
    return or_(Occupancy.expires_at.is_(None), Occupancy.expires_at > clock.now())


def _of(booking_id: str) -> Select[Occupancy]:
    """Select what a booking takes, as it stands now: what the session read before the lock may be old."""
    statement = select(Occupancy).where(Occupancy.booking_id == booking_id).order_by(Occupancy.starts, Occupancy.id)
    return statement.execution_options(populate_existing=True)


def _columns(wanted: Wanted) -> dict[str, object]:
    span, blocked = wanted.span, wanted.blocked
    return {"starts": span.start, "ends": span.end, "blocked_from": blocked.start, "blocked_until": blocked.end}


def _taken(row: Occupancy) -> Taken:
    return Taken(
        row.id,
        row.resource_id,
        row.kind,
        row.booking_id,
        Span(row.starts, row.ends),
        Span(row.blocked_from, row.blocked_until),
        row.expires_at,
    )
