"""A person's registrations in the document of everything that is held about them."""

from typing import TypedDict

from sqlalchemy import select

from heartport.booking.lectures.models import Lecture, Registration
from heartport.booking.rules.grid import moment_of
from heartport.local_time import instant_out
from heartport.members.standing import Standing
from heartport.stores import Store, reading
from heartport.web.shapes import Id, Instant


class RegistrationHeldOut(TypedDict):
    """One registration, ended ones too."""

    id: Id
    lecture: str
    starts_at: Instant
    state: str
    unit_id: str | None
    place_in_line: int | None
    offered_until: Instant | None


class LecturesPartOut(TypedDict):
    """What is held of a person's registrations for lectures."""

    lecture_registrations: list[RegistrationHeldOut]


def export_registrations(standing: Standing) -> LecturesPartOut:
    """Return all registrations that are kept: a month after a lecture they are deleted."""
    own = select(Registration, Lecture).join(Lecture, Lecture.id == Registration.lecture_id)
    own = own.where(Registration.account_id == standing.account_id).order_by(Lecture.starts, Registration.id)
    with reading(Store.MAIN) as session:
        return {"lecture_registrations": [_held(row, lecture) for row, lecture in session.execute(own)]}


def _held(row: Registration, lecture: Lecture) -> RegistrationHeldOut:
    return {
        "id": row.id,
        "lecture": lecture.title,
        "starts_at": instant_out(moment_of(lecture.starts)),
        "state": row.state,
        "unit_id": row.unit_id,
        "place_in_line": row.turn,
        "offered_until": instant_out(row.offered_until) if row.offered_until else None,
    }
