"""Lectures as rows of the export of a period."""

from datetime import date, timedelta

from sqlalchemy import select

from heartport.booking.lectures.models import Lecture
from heartport.booking.lectures.rules.states import DRAFT, shown_state
from heartport.booking.periods.rules import Booked
from heartport.booking.resources import find_resources
from heartport.booking.rules.grid import first_tick, moment_of
from heartport.stores import Store, reading

KIND = "公开讲座"
LABELS = {
    "open": "报名中",
    "full": "已报满",
    "closed": "报名截止",
    "held": "已举办",
    "archived": "已归档",
    "cancelled": "已取消",
    "postponed": "已延期",
}


def list_booked(first: date, last: date) -> list[Booked]:
    """Return the lectures that begin within a stretch of local days, drafts excluded."""
    begins = Lecture.starts.between(first_tick(first), first_tick(last + timedelta(days=1)) - 1)
    with reading(Store.MAIN) as session:
        rows = session.execute(select(Lecture).where(begins, Lecture.state != DRAFT)).scalars().all()
    names = find_resources({row.lecturer_id for row in rows})
    return [
        Booked(
            kind=KIND,
            starts_at=moment_of(row.starts),
            ends_at=moment_of(row.ends),
            title=row.title,
            state=LABELS[shown_state(row.state, row.taken, row.capacity)],
            venue=row.venue,
            lecturer=names[row.lecturer_id].name,
            seats=row.capacity,
            taken=row.taken,
            attended=row.attended,
        )
        for row in rows
    ]
