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
from heartport.messages.outbox import Recipient, post, recall, to_employee, to_staff
from heartport.messages.rules import About, Kind, evening_before


def tell(session: Session, row: Appointment, kind: Kind, *, until: datetime | None = None) -> None:
    """Tell the person one thing in place of what was said before and is to be said later; nobody is woken by it."""
    _tell(session, _person(row), _note(row, kind, until=until))


def tell_of_time(session: Session, row: Appointment, kind: Kind) -> None:
    """Tell the person of a time that is theirs, remind on the evening before, and tell the counsellor."""
    tell(session, row, kind)
    person, evening = _person(row), evening_before(moment_of(row.starts))
    if person is not None and evening > clock.now():
        post(session, person, _note(row, Kind.REMINDER, due_at=evening))
    tell_counsellor(session, row, Kind.MOVED if kind is Kind.MOVED else Kind.ASSIGNED)


def tell_of_place(session: Session, row: Appointment, version: int) -> None:
    """Tell the person that where they meet is new, once for each version of their counsellor's place."""
    person, change = _person(row), f"{row.counsellor_id} {version}"
    if person is not None:
        post(session, person, _note(row, Kind.UPDATED, occasion=change))


def tell_counsellor(session: Session, row: Appointment, kind: Kind) -> None:
    """Tell the counsellor, neutrally, too."""
    _tell(session, _counsellor(session, row), _note(row, kind))


def tell_of_closed_line(session: Session, account_id: str, counsellor_id: str) -> None:
    """Tell somebody that the line in which they stood is no more; once a day for each line."""
    note = Note(
        kind=Kind.LINE_CLOSED,
        about=About.LINE,
        about_id=counsellor_id,
        occasion=clock.today().isoformat(),
        due_at=next_waking(clock.now()),
    )
    post(session, to_employee(account_id), note)


def untell(session: Session, row: Appointment) -> None:
    """Take back what was said to either of how the appointment stands, since that is not true any more."""
    for each in (_person(row), _counsellor(session, row)):
        if each is not None:
            recall(session, each, row.id)


def _tell(session: Session, to: Recipient | None, note: Note) -> None:
    if to is not None:
        recall(session, to, note.about_id)
        post(session, to, note)


def _person(row: Appointment) -> Recipient | None:
    return to_employee(row.account_id) if row.account_id is not None else None


def _counsellor(session: Session, row: Appointment) -> Recipient | None:
    staff_id = session.execute(select(Resource.staff_id).where(Resource.id == row.counsellor_id)).scalar()
    return to_staff(staff_id) if staff_id is not None else None


def _note(
    row: Appointment,
    kind: Kind,
    *,
    until: datetime | None = None,
    due_at: datetime | None = None,
    occasion: str | None = None,
) -> Note:
    """Return what is said; without an occasion of its own it is said once a version of the appointment."""
    return Note(
        kind=kind,
        about=About.OFFER if kind is Kind.OFFER else About.APPOINTMENT,
        about_id=row.id,
        occasion=occasion or str(row.version),
        at=moment_of(row.starts),
        until=until,
        due_at=due_at or next_waking(clock.now()),
    )
