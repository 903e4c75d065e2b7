"""What is said about a workshop: to the unit's contact, to whoever leads it, to coordinators; never the topic."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport.booking.models import Occupancy, Resource
from heartport.booking.workshops.models import Workshop
from heartport.callers import COORDINATOR
from heartport.messages.notes import Note
from heartport.messages.outbox import post, recall, to_staff
from heartport.messages.rules import About, Kind
from heartport.staff.grants import holders_of


def tell_unit(
    session: Session, row: Workshop, kind: Kind, at: datetime | None = None, until: datetime | None = None
) -> None:
    """Tell whoever asked for a workshop how it stands, in place of what was said before; once for each version."""
    untell_unit(session, row)
    post(session, to_staff(row.requested_by), _note(row, kind, at, until))


def untell_unit(session: Session, row: Workshop) -> None:
    """Take back what was said to whoever asked for it, since they changed how it stands themselves."""
    recall(session, to_staff(row.requested_by), row.id)


def leaders_of(session: Session, row: Workshop) -> set[str]:
    """Return whoever leads it at the time that is confirmed, by their staff accounts."""
    leads = select(Resource.staff_id).join(Occupancy, Occupancy.resource_id == Resource.id)
    statement = leads.where(Occupancy.booking_id == row.id, Occupancy.expires_at.is_(None))
    return {str(staff_id) for staff_id in session.execute(statement).scalars() if staff_id is not None}


def tell_leaders(
    session: Session, staff_ids: Collection[str], row: Workshop, kind: Kind, at: datetime | None = None
) -> None:
    """Tell whoever leads it, or led it, in place of what was said before."""
    for staff_id in sorted(staff_ids):
        recall(session, to_staff(staff_id), row.id)
        post(session, to_staff(staff_id), _note(row, kind, at))


def coordinators() -> list[str]:
    """Return the ids of whoever runs bookings; ask before the transaction begins."""
    return [member.id for member in holders_of({COORDINATOR})]


def tell_coordinators(session: Session, staff_ids: Collection[str], row: Workshop, occasion: str = "") -> None:
    """Tell coordinators that it is their turn."""
    note = Note(kind=Kind.TO_DECIDE, about=About.WORKSHOP, about_id=row.id, occasion=occasion or str(row.version))
    for staff_id in staff_ids:
        post(session, to_staff(staff_id), note)


def untell_coordinators(session: Session, staff_ids: Collection[str], row: Workshop) -> None:
    """Take back that it is their turn."""
    for staff_id in staff_ids:
        recall(session, to_staff(staff_id), row.id)


def _note(row: Workshop, kind: Kind, at: datetime | None, until: datetime | None = None) -> Note:
    return Note(kind=kind, about=About.WORKSHOP, about_id=row.id, occasion=str(row.version), at=at, until=until)
