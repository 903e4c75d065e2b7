"""Who leads workshops: bookable people of the staff, what each may lead, and how much they lead already."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from heartport.booking.models import Occupancy
from heartport.booking.resources import Bookable, list_resources
from heartport.booking.rules.grid import TICKS_A_DAY
from heartport.booking.workshops.models import FacilitatorQualification
from heartport.booking.workshops.rules.matching import LOAD_DAYS, Facilitator
from heartport.booking.workshops.rules.steps import MACHINE
from heartport.catalogue.directory import current_catalogue
from heartport.errors import Invalid
from heartport.stores import Store, reading, write_transaction


class QualificationUnknown(Invalid):
    """The catalogue knows no such qualification."""

    code = "qualification_unknown"
    detail = "课题目录里没有这项资质。"


def qualify(resource_id: str, qualifications: Collection[str]) -> None:
    """Say what a bookable person may lead, in the place of what was said before; raises `QualificationUnknown`."""
    unknown = sorted(set(qualifications) - set(current_catalogue().qualifications))
    if unknown:
        raise QualificationUnknown(errors={"qualifications": unknown})
    rows = [{"resource_id": resource_id, "qualification": each} for each in sorted(set(qualifications))]

    def work(session: Session) -> None:
        session.execute(delete(FacilitatorQualification).where(FacilitatorQualification.resource_id == resource_id))
        if rows:
            session.execute(insert(FacilitatorQualification), rows)

    write_transaction(Store.MAIN, work)


def list_facilitators(around: int) -> list[Facilitator]:
    """Return whoever leads anything and is in service, with what they lead around a tick."""
    there = list_resources("person")
    with reading(Store.MAIN) as session:
        return facilitators_among(session, there, around)


def facilitators_among(session: Session, there: Iterable[Bookable], around: int) -> list[Facilitator]:
    """Return which of these resources lead anything, with what they lead around a tick."""
    held, load = _qualifications(session), _loads(session, around)
    return [
        Facilitator(each.id, each.name, each.district, frozenset(held[each.id]), load.get(each.id, 0))
        for each in there
        if held[each.id]
    ]


def qualifications_of(session: Session, resource_id: str) -> set[str]:
    """Return what somebody may lead."""
    return _qualifications(session)[resource_id]


def _qualifications(session: Session) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    columns = select(FacilitatorQualification.resource_id, FacilitatorQualification.qualification)
    for resource_id, qualification in session.execute(columns):
        found[resource_id].add(qualification)
    return found


def _loads(session: Session, around: int) -> dict[str, int]:
    reach = LOAD_DAYS * TICKS_A_DAY
    statement = (
        select(Occupancy.resource_id, func.count())
        .where(Occupancy.kind == MACHINE.kind, Occupancy.starts.between(around - reach, around + reach))
        .group_by(Occupancy.resource_id)
    )
    return dict(session.execute(statement).all())
