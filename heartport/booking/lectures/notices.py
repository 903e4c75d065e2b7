"""What people are told about a lecture: neutral messages, written with what causes them."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.lectures.models import Lecture
from heartport.booking.lectures.rules.states import POSTPONED
from heartport.booking.rules.grid import moment_of
from heartport.booking.rules.quiet_hours import next_waking
from heartport.messages.notes import Note
from heartport.messages.outbox import post, recall, to_employee
from heartport.messages.rules import About, Kind, evening_before


def tell(
    session: Session, lecture: Lecture, account_id: str, kind: Kind, occasion: str, *, until: datetime | None = None
) -> None:
    """Tell one person one thing, in place of what was said before and is to be said later."""
    untell(session, lecture, account_id)
    add(session, lecture, account_id, kind, occasion, until=until)


def add(
    session: Session, lecture: Lecture, account_id: str, kind: Kind, occasion: str, *, until: datetime | None = None
) -> None:
    """Tell one person one thing more; nobody is woken by it."""
    note = Note(
        kind=kind,
        about=About.LECTURE,
        about_id=lecture.id,
        occasion=occasion,
        at=None if lecture.state == POSTPONED else moment_of(lecture.starts),
        until=until,
        due_at=next_waking(clock.now()),
    )
    post(session, to_employee(account_id), note)


def tell_of_seat(session: Session, lecture: Lecture, account_id: str, registration_id: str) -> None:
    """Tell that a seat is theirs, and remind on the evening before, where that is still to come."""
    tell(session, lecture, account_id, Kind.BOOKED, registration_id)
    remind(session, lecture, account_id, registration_id)


def remind(session: Session, lecture: Lecture, account_id: str, registration_id: str) -> None:
    """Remind on the evening before of the time that the lecture has now, if it has one."""
    starts_at = moment_of(lecture.starts)
    evening = evening_before(starts_at)
    if evening > clock.now() and lecture.state != POSTPONED:
        note = Note(
            kind=Kind.REMINDER,
            about=About.LECTURE,
            about_id=lecture.id,
            occasion=f"{registration_id} {lecture.version}",
            at=starts_at,
            due_at=evening,
        )
        post(session, to_employee(account_id), note)


def ask_for_feedback(session: Session, lecture: Lecture, account_id: str) -> None:
    """Ask on the evening after, at the hour at which reminders come."""
    evening_after = evening_before(moment_of(lecture.ends)) + timedelta(days=2)
    note = Note(kind=Kind.FEEDBACK, about=About.LECTURE, about_id=lecture.id, due_at=evening_after)
    post(session, to_employee(account_id), note)


def untell(session: Session, lecture: Lecture, account_id: str) -> None:
    """Take back what was said of how somebody's registration stands, since that is not true any more."""
    recall(session, to_employee(account_id), lecture.id)
