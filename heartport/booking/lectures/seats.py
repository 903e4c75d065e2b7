"""Seats: taken and given back by conditional updates, first the lecture's, then those of the unit's quota.

The lecture's row is locked first by whoever changes anything about it (`hold_lecture`), so that a line moves in order;
the conditions and the constraints behind them hold without that lock, too.
"""

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session

from heartport.booking.lectures.models import Lecture, UnitSeats
from heartport.booking.lectures.rules.details import MOST_SEATS
from heartport.errors import Conflict, NotFound
from heartport.stores import count_rows, insert_if_absent


class LectureUnknown(NotFound):
    """There is no such lecture, or it is not to be seen yet."""

    code = "lecture_unknown"
    detail = "没有找到这场讲座。"


class LectureFull(Conflict):
    """No seat is left for this person; `choices` are other lectures that have some."""

    code = "lecture_full"
    detail = "这场讲座暂时没有名额了。可以排队等候，也可以看看其他场次。"


def hold_lecture(session: Session, lecture_id: str) -> Lecture:
    """Return a lecture and keep it from everybody else until the transaction ends; raises `LectureUnknown`."""
    statement = select(Lecture).where(Lecture.id == lecture_id).with_for_update(key_share=True)
    row = session.execute(statement.execution_options(populate_existing=True)).scalar()
    if row is None:
        raise LectureUnknown
    return row


def has_room(session: Session, lecture_id: str, unit_id: str | None) -> bool:
    """Tell whether there is a seat for somebody of this unit."""
    seats = select(Lecture.taken < Lecture.capacity).where(Lecture.id == lecture_id)
    if not session.execute(seats).scalar():
        return False
    return unit_id is None or not session.execute(_full_for(lecture_id, unit_id)).scalar()


def take_seat(session: Session, lecture_id: str, unit_id: str | None) -> None:
    """Take a seat, and one of the unit's quota; raises `LectureFull`, and the transaction must then be given up."""
    seat = update(Lecture).where(Lecture.id == lecture_id, Lecture.taken < Lecture.capacity)
    if count_rows(session, seat.values(taken=Lecture.taken + 1)) != 1:
        raise LectureFull
    if unit_id is not None:
        _begin_unit(session, lecture_id, unit_id)
        of_unit = update(UnitSeats).where(*_unit(lecture_id, unit_id), UnitSeats.taken < UnitSeats.quota)
        if count_rows(session, of_unit.values(taken=UnitSeats.taken + 1)) != 1:
            raise LectureFull


def give_back(session: Session, lecture_id: str, unit_id: str | None) -> None:
    """Give a seat back; called only by who has just changed the state of the registration that had it."""
    session.execute(update(Lecture).where(Lecture.id == lecture_id).values(taken=Lecture.taken - 1))
    if unit_id is not None:
        of_unit = update(UnitSeats).where(*_unit(lecture_id, unit_id))
        session.execute(of_unit.values(taken=UnitSeats.taken - 1))


def most_of_a_unit(session: Session, lecture_id: str) -> int:
    """Return how many seats people of the unit have that has the most."""
    taken = select(UnitSeats.taken).where(UnitSeats.lecture_id == lecture_id).order_by(UnitSeats.taken.desc()).limit(1)
    return session.execute(taken).scalar() or 0


def set_quota(session: Session, lecture_id: str, quota: int | None) -> None:
    """Give all units of a lecture that is held another quota."""
    rows = update(UnitSeats).where(UnitSeats.lecture_id == lecture_id)
    session.execute(rows.values(quota=quota or MOST_SEATS))


def full_units(session: Session, lecture_id: str) -> set[str]:
    """Return the units whose quota is used up."""
    full = select(UnitSeats.unit_id).where(UnitSeats.lecture_id == lecture_id, UnitSeats.taken >= UnitSeats.quota)
    return set(session.execute(full).scalars())


def _begin_unit(session: Session, lecture_id: str, unit_id: str) -> None:
    quota = session.execute(select(Lecture.unit_quota).where(Lecture.id == lecture_id)).scalar()
    row = {"lecture_id": lecture_id, "unit_id": unit_id, "quota": quota or MOST_SEATS, "taken": 0}
    insert_if_absent(session, UnitSeats, row)


def _full_for(lecture_id: str, unit_id: str) -> Select[bool]:
    return select(UnitSeats.taken >= UnitSeats.quota).where(*_unit(lecture_id, unit_id))


def _unit(lecture_id: str, unit_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return UnitSeats.lecture_id == lecture_id, UnitSeats.unit_id == unit_id
