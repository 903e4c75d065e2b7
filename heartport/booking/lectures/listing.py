"""What there is to see: lectures as an employee sees them, with what is their own, and as a coordinator does."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from heartport import clock
from heartport.booking.lectures.models import Lecture, Registration, UnitSeats
from heartport.booking.lectures.registrations import find_live
from heartport.booking.lectures.rules.states import ARCHIVED, OPEN, SHOWN, WAITING
from heartport.booking.lectures.seats import LectureUnknown
from heartport.booking.resources import find_resources
from heartport.booking.rules.grid import tick_at_or_after
from heartport.stores import Store, reading

MOST_CHOICES = 5


@dataclass(frozen=True, slots=True)
class Own:
    """A person's live registration; `ahead` is how many wait before them, while they wait."""

    registration: Registration
    ahead: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One lecture; `waiting` is for coordinators alone."""

    lecture: Lecture
    lecturer: str
    own: Own | None = None
    waiting: int | None = None
    place: int = 0


def list_for(account_id: str) -> list[Listed]:
    """Return what an employee may come to, and what they registered for, by start."""
    own = find_live(account_id)
    return _listed(_read(or_(_coming(), Lecture.id.in_(own) & (Lecture.state != ARCHIVED))), own)


def find_for(account_id: str, lecture_id: str) -> Listed:
    """Return one of them, or one that a message to this person leads to; raises `LectureUnknown`."""
    ever = select(Registration.lecture_id).where(Registration.account_id == account_id)
    found = _read((Lecture.id == lecture_id) & or_(_coming(), Lecture.id.in_(ever)))
    return _one(_listed(found, find_live(account_id, [lecture_id])), lecture_id)


def list_planned() -> list[Listed]:
    """Return every lecture, the latest first, with how many wait."""
    rows = _read(Lecture.id.is_not(None))
    statement = select(Registration.lecture_id, func.count()).where(Registration.state == WAITING)
    with reading(Store.MAIN) as session:
        waiting = {row[0]: row[1] for row in session.execute(statement.group_by(Registration.lecture_id))}
    listed = _listed(rows[::-1], {})
    return [Listed(each.lecture, each.lecturer, None, waiting.get(each.lecture.id, 0), each.place) for each in listed]


def find_planned(lecture_id: str) -> Listed:
    """Return one of them; raises `LectureUnknown`."""
    return _one(list_planned(), lecture_id)


def list_choices(account_id: str, unit_id: str | None, besides: str) -> list[Listed]:
    """Return the next lectures in which this person would get a seat."""
    own = find_live(account_id)
    full = select(UnitSeats.lecture_id).where(UnitSeats.unit_id == unit_id, UnitSeats.taken >= UnitSeats.quota)
    rows = _read(
        (Lecture.state == OPEN)
        & (Lecture.starts > tick_at_or_after(clock.now()))
        & (Lecture.taken < Lecture.capacity)
        & Lecture.id.not_in([besides, *own])
        & Lecture.id.not_in(full)
    )
    return _listed(rows[:MOST_CHOICES], {})


def _coming() -> ColumnElement[bool]:
    return Lecture.state.in_(SHOWN) & (Lecture.ends > tick_at_or_after(clock.now()))


def _one(listed: Sequence[Listed], lecture_id: str) -> Listed:
    found = next((each for each in listed if each.lecture.id == lecture_id), None)
    if found is None:
        raise LectureUnknown
    return found


def _read(which: ColumnElement[bool]) -> Sequence[Lecture]:
    with reading(Store.MAIN) as session:
        return session.execute(select(Lecture).where(which).order_by(Lecture.starts, Lecture.id)).scalars().all()


def _listed(lectures: Sequence[Lecture], own: dict[str, Registration]) -> list[Listed]:
    names = {key: each.name for key, each in find_resources({each.lecturer_id for each in lectures}).items()}
    return [
        Listed(each, names[each.lecturer_id], _own(own.get(each.id)), place=place)
        for place, each in enumerate(lectures, start=1)
    ]


def _own(row: Registration | None) -> Own | None:
    if row is None or row.state != WAITING:
        return Own(row, None) if row else None
    before = Registration.turn < row.turn
    same_line = Registration.lecture_id == row.lecture_id, Registration.state == WAITING
    with reading(Store.MAIN) as session:
        return Own(row, session.execute(select(func.count()).where(*same_line, before)).scalar_one())
