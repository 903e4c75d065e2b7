"""What must always be true of seats: as many are taken as live registrations have one, of units, too."""

from collections.abc import Iterator

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.invariants import Kept
from heartport.booking.lectures.models import Lecture, Registration, UnitSeats
from heartport.booking.lectures.rules.states import ARCHIVED, LECTURE, OPEN, REGISTRATION, SEATED, WAITING
from heartport.booking.rules.grid import tick_at_or_after


def seats_are_registrations(session: Session) -> Iterator[str]:
    """Give each lecture whose seats taken are not those of its registrations, and each unit of one."""
    seated = select(Registration.lecture_id, func.count()).where(Registration.state.in_(SEATED))
    by_lecture = {row[0]: row[1] for row in session.execute(seated.group_by(Registration.lecture_id))}
    lectures = select(Lecture.id, Lecture.taken).where(Lecture.state != ARCHIVED)
    for lecture_id, taken in session.execute(lectures):
        if by_lecture.get(lecture_id, 0) != taken:
            yield f"lecture {lecture_id}: {taken} seats taken, {by_lecture.get(lecture_id, 0)} registrations have one"
    yield from _of_units(session)


def nobody_waits_before_an_empty_seat(session: Session) -> Iterator[str]:
    """Give each open lecture in which somebody waits for whom there is a seat."""
    free = select(Registration.lecture_id).distinct().join(Lecture, Lecture.id == Registration.lecture_id)
    free = free.outerjoin(
        UnitSeats, (UnitSeats.lecture_id == Lecture.id) & (UnitSeats.unit_id == Registration.unit_id)
    ).where(
        Registration.state == WAITING,
        Lecture.state == OPEN,
        Lecture.taken < Lecture.capacity,
        Lecture.starts > tick_at_or_after(clock.now()),
        func.coalesce(UnitSeats.taken < UnitSeats.quota, True),
    )
    for lecture_id in session.execute(free).scalars():
        yield f"lecture {lecture_id}: somebody waits while a seat is free"


def kept_lectures() -> Select[str, str, int]:
    """Select what the calendar's own check compares with the audit."""
    return select(Lecture.id, Lecture.state, Lecture.version)


def kept_registrations() -> Select[str, str, int]:
    """Select the same of registrations, which take no time of their own."""
    return select(Registration.id, Registration.state, Registration.version)


KEPT = (Kept(LECTURE, kept_lectures), Kept(REGISTRATION, kept_registrations))
CHECKS = (seats_are_registrations, nobody_waits_before_an_empty_seat)


def _of_units(session: Session) -> Iterator[str]:
    place = Registration.lecture_id, Registration.unit_id
    seated = select(*place, func.count()).where(Registration.state.in_(SEATED)).group_by(*place)
    counted = {(lecture_id, unit_id): count for lecture_id, unit_id, count in session.execute(seated) if unit_id}
    rows = session.execute(select(UnitSeats.lecture_id, UnitSeats.unit_id, UnitSeats.taken)).all()
    told = {(lecture_id, unit_id): taken for lecture_id, unit_id, taken in rows}
    for lecture_id, unit_id in sorted(counted.keys() | told.keys()):
        if counted.get((lecture_id, unit_id), 0) != told.get((lecture_id, unit_id), 0):
            yield f"lecture {lecture_id}: the seats of a unit are not those of its registrations"
