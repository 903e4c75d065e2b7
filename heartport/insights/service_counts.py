"""Counts what the service figures of one month rest on: who signed in, and what took place; nothing of it is stored."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from heartport.booking.counselling.models import Appointment
from heartport.booking.lectures.models import Lecture
from heartport.booking.models import Occupancy, Resource
from heartport.booking.rules.grid import first_tick
from heartport.booking.workshops.models import Workshop
from heartport.insights.openings import current_tree, floor
from heartport.insights.rules.blocks import Tree
from heartport.insights.rules.months import first_day, months_on
from heartport.insights.rules.service import (
    ELSEWHERE,
    Held,
    Hour,
    Kind,
    Shown,
    booking_figures,
    district_of,
    people_by_district,
)
from heartport.members.sessions import people_signed_in
from heartport.stores import Store, reading

BOOKED = ("booked", "checked_in", "attended", "no_show")
CAME = ("checked_in", "attended")


def count_visitors(month: str) -> dict[str, int]:
    """Return how many different people of each district signed in during a month, as far as their tokens are there."""
    people = people_signed_in(first_day(month), first_day(months_on(month, 1)))
    return people_by_district(current_tree(), people)


def count_bookings(month: str) -> Shown:
    """Return what can be shown of the lectures, workshops and appointments of a month."""
    tree, ticks = current_tree(), (first_tick(first_day(month)), first_tick(first_day(months_on(month, 1))))
    with reading(Store.MAIN) as session:
        held = [*_lectures(session, *ticks), *_workshops(session, tree, *ticks)]
        return booking_figures(held, list(_hours(session, *ticks)), floor())


def _lectures(session: Session, first: int, end: int) -> Iterator[Held]:
    room, lecturer = aliased(Resource), aliased(Resource)
    statement = (
        select(func.coalesce(room.district, lecturer.district), Lecture.taken, Lecture.attended)
        .join(lecturer, lecturer.id == Lecture.lecturer_id)
        .outerjoin(room, room.id == Lecture.room_id)
        .where(Lecture.attended.is_not(None), Lecture.starts >= first, Lecture.starts < end)
    )
    for district, taken, came in session.execute(statement):
        yield Held(Kind.LECTURE, district or ELSEWHERE, taken, came or 0)


def _workshops(session: Session, tree: Tree, first: int, end: int) -> Iterator[Held]:
    """Give the workshops that were delivered; of those held as one the host alone, which counts everybody."""
    begins = func.min(Occupancy.starts)
    statement = (
        select(Workshop.unit_id, Workshop.headcount, Workshop.attended)
        .join(Occupancy, Occupancy.booking_id == Workshop.id)
        .where(Workshop.attended.is_not(None), Workshop.merged_into.is_(None))
        .group_by(Workshop.id, Workshop.unit_id, Workshop.headcount, Workshop.attended)
        .having(begins >= first, begins < end)
    )
    for unit_id, headcount, came in session.execute(statement):
        yield Held(Kind.WORKSHOP, district_of(tree, unit_id), headcount, came or 0)


def _hours(session: Session, first: int, end: int) -> Iterator[Hour]:
    statement = (
        select(Resource.district, Appointment.account_id, Appointment.state)
        .join(Resource, Resource.id == Appointment.counsellor_id)
        .where(Appointment.state.in_(BOOKED), Appointment.starts >= first, Appointment.starts < end)
    )
    for district, account_id, state in session.execute(statement):
        yield Hour(district or ELSEWHERE, account_id, state in CAME)
