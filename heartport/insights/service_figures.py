"""Use case: how the service is used, by month and district, from what booking keeps anyway; it is not about health.

Reading is counted nowhere: there is no visit and no opened article that could be told of.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from heartport import clock
from heartport.booking.lectures.models import Lecture
from heartport.booking.models import Resource
from heartport.booking.rules.grid import moment_of
from heartport.insights.openings import floor
from heartport.insights.rules.service import Held, MonthFigure, monthly_figures
from heartport.stores import Store, reading


def read_service_figures() -> list[MonthFigure]:
    """Return what took place in the months that are over, the latest first."""
    room, lecturer = aliased(Resource), aliased(Resource)
    statement = (
        select(Lecture.starts, func.coalesce(room.district, lecturer.district), Lecture.attended)
        .join(lecturer, lecturer.id == Lecture.lecturer_id)
        .outerjoin(room, room.id == Lecture.room_id)
        .where(Lecture.attended.is_not(None))
    )
    with reading(Store.MAIN) as session:
        rows = session.execute(statement).all()
    held = [Held(moment_of(starts).strftime("%Y-%m"), district, came or 0) for starts, district, came in rows]
    return monthly_figures(held, floor(), clock.today().strftime("%Y-%m"))
