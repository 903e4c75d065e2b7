"""What people are told about an appointment: neutral messages, written with what causes them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.counselling.models import Appointment
from heartport.booking.models import Resource
from heartport.booking.rules.grid import moment_of
from heartport.booking.rules.quiet_hours import next_waking
from heartport.messages.notes import Note
from heartport.messages.outbox import post, recall, to_employee, to_staff
from heartport.messages.rules import About, Kind, evening_before


def tell(session: Session, row: Appointment, kind: Kind, *, until: datetime | None = None) -> None:
    """Tell the person one thing; nobody is woken by it."""
    _post(session, row, kind, until=until, due_at=next_waking(clock.now()))


def tell_of_time(session: Session, row: Appointment, kind: Kind) -> None:
    """Tell the person of a time that is theirs, remind on the evening before, and tell the counsellor."""
    tell(session, row, kind)
    evening = evening_before(moment_of(row.starts))
    if evening > clock.now():
        _post(session, row, Kind.REMINDER, due_at=evening, occasion="")
    tell_counsellor(session, row, Kind.ASSIGNED if kind is Kind.BOOKED else kind)


def tell_of_place(session: Session, row: Appointment, version: int) -> None:
    """Tell the person that where they meet is new, once for each version of their counsellor's place."""
    change = f"{row.counsellor_id} {version}"
    _post(session, row, Kind.UPDATED, due_at=next_waking(clock.now()), occasion=change)


def tell_counsellor(session: Session, row: Appointment, kind: Kind) -> None:
    """Tell the counsellor, neutrally, too."""
    staff_id = session.execute(select(Resource.staff_id).where(Resource.id == row.counsellor_id)).scalar()
    if staff_id is not None:
        note = Note(
            kind=kind,
            about=About.APPOINTMENT,
            about_id=row.id,
            occasion=str(row.version),
            at=moment_of(row.starts),
            due_at=next_waking(clock.now()),
        )
        post(session, to_staff(staff_id), note)


def untell(session: Session, row: Appointment) -> None:
    """Take back what is to be said later and is not true any more."""
    if row.account_id is not None:
        recall(session, to_employee(row.account_id), [Kind.REMINDER], row.id)
        recall(session, to_employee(row.account_id), [Kind.OFFER], row.id, "1")


def _post(
    session: Session,
    row: Appointment,
    kind: Kind,
    *,
    until: datetime | None = None,
    due_at: datetime | None = None,
    occasion: str | None = None,
) -> None:
    """Post a message to the person; without an occasion of its own it is said once a version of the appointment."""
    if row.account_id is None:
        return
    note = Note(
        kind=kind,
        about=About.OFFER if kind is Kind.OFFER else About.APPOINTMENT,
        about_id=row.id,
        occasion=str(row.version) if occasion is None else occasion,
        at=moment_of(row.starts),
        until=until,
        due_at=due_at,
    )
    post(session, to_employee(row.account_id), note)
