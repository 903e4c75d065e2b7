"""What can be booked: people of the staff, rooms and equipment; who is there, and who no longer is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.meeting_places import clear_place
from heartport.booking.models import Resource
from heartport.booking.occupancy import Taken, lock_resources, taken_between
from heartport.booking.rules.grid import Span, tick_at_or_after
from heartport.columns import new_public_id
from heartport.errors import Conflict, NotFound
from heartport.local_time import instant_out
from heartport.staff.accounts import list_members
from heartport.stores import Store, count_rows, insert_if_absent, reading, write_transaction

END_OF_TIME = 2**31 - 1
MOST_SHOWN = 20

Leaving = Callable[[Session, str], object]
"""What goes with a resource that leaves service, within that transaction and under its lock."""


class ResourceUnknown(NotFound):
    """There is no such person, room or equipment to book."""

    code = "resource_unknown"
    detail = "没有找到可预约的人员或场地。"


class ResourceBooked(Conflict):
    """What is booked cannot be taken out of service; `bookings` says what would have to move first."""

    code = "resource_booked"
    detail = "还有没有结束的预约，请先改期、取消或转给别人。"


@dataclass(frozen=True, slots=True)
class Bookable:
    """A resource as other rooms see it; a person's name is that of their staff account."""

    id: str
    kind: str
    name: str = field(repr=False)
    staff_id: str | None
    district: str | None
    capacity: int | None
    active: bool


def init_app(app: Flask, leaving: Sequence[Leaving]) -> None:
    """Name all that goes with a resource, such as the line of those who wait for a counsellor."""
    app.extensions["heartport.leaving"] = tuple(leaving)


def add_person(staff_id: str, district: str | None) -> str:
    """Let a member of staff be booked, again if they once were; return the id of the resource."""
    row = {"id": new_public_id(), "kind": "person", "staff_id": staff_id, "district": district}

    def work(session: Session) -> str:
        if not insert_if_absent(session, Resource, {**row, "active": True, "version": 1}):
            again = update(Resource).where(Resource.staff_id == staff_id).values(active=True, district=district)
            count_rows(session, again)
        return session.execute(select(Resource.id).where(Resource.staff_id == staff_id)).scalar_one()

    return write_transaction(Store.MAIN, work)


def add_room(name: str, district: str | None = None, capacity: int | None = None, kind: str = "room") -> str:
    """Add a room, or `kind` equipment, and return its id."""
    row = {"id": new_public_id(), "kind": kind, "name": name, "district": district, "capacity": capacity}
    row |= {"active": True, "version": 1}
    write_transaction(Store.MAIN, lambda session: insert_if_absent(session, Resource, row))
    return str(row["id"])


def list_resources(kind: str | None = None, *, active_only: bool = True) -> list[Bookable]:
    """Return all resources of a kind, or of all kinds, by name."""
    statement = select(Resource).where(Resource.active) if active_only else select(Resource)
    return _bookables(statement if kind is None else statement.where(Resource.kind == kind))


def find_resources(resource_ids: Iterable[str]) -> dict[str, Bookable]:
    """Return those of these resources that there are, inactive ones too."""
    return {each.id: each for each in _bookables(select(Resource).where(Resource.id.in_(list(resource_ids))))}


def find_resource(resource_id: str) -> Bookable:
    """Return one resource; raises `ResourceUnknown`."""
    found = find_resources([resource_id]).get(resource_id)
    if found is None:
        raise ResourceUnknown
    return found


def resource_of_staff(staff_id: str) -> str | None:
    """Return the id under which a member of staff can be booked, or None."""
    with reading(Store.MAIN) as session:
        return session.execute(select(Resource.id).where(Resource.staff_id == staff_id)).scalar()


def is_active(session: Session, resource_id: str) -> bool:
    """Tell whether a resource is in service."""
    return bool(session.execute(select(Resource.active).where(Resource.id == resource_id)).scalar())


def deactivate(resource_id: str) -> None:
    """Take a resource out of service; raises `ResourceUnknown`, or `ResourceBooked` with what is still to come.

    The list holds `{kind, booking_id, starts_at}`. A booking that is being made at this moment is either on it or
    refused. Where somebody was met is deleted with it, what they only offer is taken back, and who waits for them is
    told; where it is refused, everything stays as it was.
    """
    leaving: tuple[Leaving, ...] = current_app.extensions["heartport.leaving"]

    def work(session: Session) -> None:
        if not lock_resources(session, [resource_id]):
            raise ResourceUnknown
        for leave in leaving:
            leave(session, resource_id)
        if coming := coming_bookings(session, resource_id):
            raise ResourceBooked(members={"bookings": [_booked(each) for each in coming[:MOST_SHOWN]]})
        count_rows(session, update(Resource).where(Resource.id == resource_id).values(active=False))
        clear_place(session, resource_id)

    write_transaction(Store.MAIN, work)


def coming_bookings(session: Session, resource_id: str) -> list[Taken]:
    """Return what a resource is still booked for, held or confirmed, by start."""
    return taken_between(session, [resource_id], Span(tick_at_or_after(clock.now()), END_OF_TIME))


def _bookables(statement: Select[Resource]) -> list[Bookable]:
    with reading(Store.MAIN) as session:
        rows: Sequence[Resource] = session.execute(statement).scalars().all()
    names = {each.id: each.name for each in list_members()} if any(row.staff_id for row in rows) else {}
    found = [
        Bookable(
            row.id,
            row.kind,
            row.name or names[str(row.staff_id)],
            row.staff_id,
            row.district,
            row.capacity,
            row.active,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.name, each.id))


def _booked(taken: Taken) -> dict[str, Any]:
    return {"kind": taken.kind, "booking_id": taken.booking_id, "starts_at": instant_out(taken.span.starts_at)}
