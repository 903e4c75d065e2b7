"""When a lecture is for which somebody registered, for a file to take along."""

from sqlalchemy import select

from heartport.booking.lectures.models import Lecture, Registration
from heartport.booking.lectures.rules.states import POSTPONED, REGISTERED
from heartport.booking.rules.grid import Span
from heartport.callers import Caller
from heartport.stores import Store, reading


def time_of_registration(caller: Caller, registration_id: str) -> Span | None:
    """Return when the lecture of a person's own registration is."""
    joined = select(Lecture.starts, Lecture.ends).join(Registration, Registration.lecture_id == Lecture.id)
    own = joined.where(Registration.id == registration_id, Registration.account_id == caller.account_id)
    own = own.where(Registration.state == REGISTERED, Lecture.state != POSTPONED)
    with reading(Store.MAIN) as session:
        row = session.execute(own).one_or_none()
    return Span(row[0], row[1]) if row else None
