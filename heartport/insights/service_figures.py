"""Use case: how the service is used, by month and district, from what it keeps anyway; nothing of it is about health.

Whoever looks sees the districts of their remit. Of the library there is what its editors' report has published: no
visit is noted anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from heartport import clock
from heartport.booking.counselling.models import Appointment
from heartport.booking.lectures.models import Lecture
from heartport.booking.models import Occupancy, Resource
from heartport.booking.rules.grid import day_of, first_tick
from heartport.booking.workshops.models import Workshop
from heartport.callers import DUTY_ROLES, Caller
from heartport.insights.openings import current_tree, floor
from heartport.insights.rules.blocks import Tree
from heartport.insights.rules.service import (
    Held,
    Hour,
    Kind,
    MonthFigure,
    district_of,
    districts_within,
    monthly_figures,
    openings_by_month,
)
from heartport.recommendations.report import published_months, read_report
from heartport.stores import Store, reading

MONTHS = 12
"""So many months that are over are told of."""
BOOKED = ("booked", "checked_in", "attended", "no_show")
CAME = ("checked_in", "attended")


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """What took place, by month and district, and how much was opened in the library, by month, of the whole city."""

    months: list[MonthFigure]
    opened: dict[str, int]


def read_service_figures(caller: Caller) -> ServiceFigures:
    """Return the figures of the last twelve months that are over, the latest first, of the districts of a remit."""
    today, tree = clock.today(), current_tree()
    first, end = _first_day(today), today.replace(day=1)
    ticks = first_tick(first), first_tick(end)
    with reading(Store.MAIN) as session:
        held = [*_lectures(session, *ticks), *_workshops(session, tree, *ticks)]
        hours = list(_hours(session, *ticks))
    found = monthly_figures(held, hours, floor(), f"{today:%Y-%m}")
    scope = frozenset().union(*(caller.scopes.get(role, frozenset()) for role in DUTY_ROLES))
    districts = districts_within(tree, scope)
    months = [each for each in found if districts is None or each.district in districts]
    published = (month for month in published_months() if f"{first:%Y-%m}" <= month)
    rows = {month: [each.opened for each in read_report(month) if each.kind != "why"] for month in published}
    return ServiceFigures(months, openings_by_month(rows))


def _first_day(today: date) -> date:
    years, month = divmod(today.year * 12 + today.month - 1 - MONTHS, 12)
    return date(years, month + 1, 1)


def _lectures(session: Session, first: int, end: int) -> Iterator[Held]:
    room, lecturer = aliased(Resource), aliased(Resource)
    statement = (
        select(Lecture.starts, func.coalesce(room.district, lecturer.district), Lecture.taken, Lecture.attended)
        .join(lecturer, lecturer.id == Lecture.lecturer_id)
        .outerjoin(room, room.id == Lecture.room_id)
        .where(Lecture.attended.is_not(None), Lecture.starts >= first, Lecture.starts < end)
    )
    for starts, district, taken, came in session.execute(statement):
        yield Held(Kind.LECTURE, _month(starts), district, taken, came or 0)


def _workshops(session: Session, tree: Tree, first: int, end: int) -> Iterator[Held]:
    """Give the workshops that were delivered; of those held as one the host alone, which counts everybody."""
    begins = func.min(Occupancy.starts)
    statement = (
        select(begins, Workshop.unit_id, Workshop.headcount, Workshop.attended)
        .join(Occupancy, Occupancy.booking_id == Workshop.id)
        .where(Workshop.attended.is_not(None), Workshop.merged_into.is_(None))
        .group_by(Workshop.id, Workshop.unit_id, Workshop.headcount, Workshop.attended)
        .having(begins >= first, begins < end)
    )
    for starts, unit_id, headcount, came in session.execute(statement):
        yield Held(Kind.WORKSHOP, _month(starts), district_of(tree, unit_id), headcount, came or 0)


def _hours(session: Session, first: int, end: int) -> Iterator[Hour]:
    statement = (
        select(Appointment.starts, Resource.district, Appointment.account_id, Appointment.state)
        .join(Resource, Resource.id == Appointment.counsellor_id)
        .where(Appointment.state.in_(BOOKED), Appointment.starts >= first, Appointment.starts < end)
    )
    for starts, district, account_id, state in session.execute(statement):
        yield Hour(_month(starts), district, account_id, state in CAME)


def _month(tick: int) -> str:
    return f"{day_of(tick):%Y-%m}"
