"""How many workshops each unit has had in each year: charged and given back beside a ledger that is never changed."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, insert, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.workshops.models import Entitlement, EntitlementEntry
from heartport.booking.workshops.rules.entitlement import CHARGE, MOST_YEARLY, RETURN, YEARLY, EntitlementUsed
from heartport.errors import Conflict
from heartport.stores import Store, count_rows, insert_if_absent, reading, write_transaction


class EntitlementBelowUse(Conflict):
    """A unit cannot be entitled to fewer workshops than it has had."""

    code = "entitlement_below_use"
    detail = "这个单位这一年已经用掉的名额比这多。"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a unit stands in one year."""

    unit_id: str
    year: int
    allowed: int
    used: int


def read_standing(session: Session, unit_id: str, year: int) -> Standing:
    """Return how a unit stands; one that never had a workshop stands as all begin."""
    row = session.execute(_row(unit_id, year)).scalar()
    return Standing(unit_id, year, row.allowed, row.used) if row else Standing(unit_id, year, YEARLY, 0)


def served(session: Session, unit_ids: Collection[str], year: int) -> dict[str, int]:
    """Return how many workshops some units have had in a year."""
    statement = select(Entitlement.unit_id, Entitlement.used).where(
        Entitlement.unit_id.in_(unit_ids), Entitlement.year == year
    )
    return {**dict.fromkeys(unit_ids, 0), **dict(session.execute(statement).all())}


def charge(session: Session, workshop_id: str, unit_id: str, year: int) -> None:
    """Charge one workshop to a unit's year, within the transaction that confirms it; raises `EntitlementUsed`."""
    _ensure(session, unit_id, year)
    one_more = update(Entitlement).where(*_of(unit_id, year), Entitlement.used < Entitlement.allowed)
    if count_rows(session, one_more.values(used=Entitlement.used + 1)) != 1:
        raise EntitlementUsed
    _enter(session, workshop_id, unit_id, year, CHARGE)


def give_back(session: Session, workshop_id: str) -> bool:
    """Give back what is charged for a workshop, to the year from which it was taken; return whether anything was."""
    last = session.execute(_last(workshop_id)).scalar()
    if last is None or last.change != CHARGE:
        return False
    one_less = update(Entitlement).where(*_of(last.unit_id, last.year)).values(used=Entitlement.used - 1)
    count_rows(session, one_less)
    _enter(session, workshop_id, last.unit_id, last.year, RETURN)
    return True


def charge_for_year(session: Session, workshop_id: str, unit_id: str, year: int) -> None:
    """Charge a workshop, or bring its charge to another year where it has moved there; raises `EntitlementUsed`."""
    last = session.execute(_last(workshop_id)).scalar()
    if last is not None and last.change == CHARGE and last.year == year:
        return
    give_back(session, workshop_id)
    charge(session, workshop_id, unit_id, year)


def allow(unit_id: str, year: int, allowed: int) -> Standing:
    """Let a unit have so many workshops in a year; raises `EntitlementBelowUse`, or `ValueError` outside 0 to 50."""
    if not 0 <= allowed <= MOST_YEARLY:
        raise ValueError("outside 0 to 50")

    def work(session: Session) -> Standing:
        _ensure(session, unit_id, year)
        change = update(Entitlement).where(*_of(unit_id, year), Entitlement.used <= allowed).values(allowed=allowed)
        if count_rows(session, change) != 1:
            raise EntitlementBelowUse
        return read_standing(session, unit_id, year)

    return write_transaction(Store.MAIN, work)


def list_standings(unit_id: str) -> list[Standing]:
    """Return how a unit stood in each year in which it had anything, and stands in this one."""
    with reading(Store.MAIN) as session:
        rows = session.execute(select(Entitlement).where(Entitlement.unit_id == unit_id).order_by(Entitlement.year))
        found = [Standing(unit_id, row.year, row.allowed, row.used) for row in rows.scalars()]
        this_year = clock.today().year
        return (
            found
            if any(each.year == this_year for each in found)
            else [*found, read_standing(session, unit_id, this_year)]
        )


def _ensure(session: Session, unit_id: str, year: int) -> None:
    insert_if_absent(session, Entitlement, {"unit_id": unit_id, "year": year, "allowed": YEARLY, "used": 0})


def _enter(session: Session, workshop_id: str, unit_id: str, year: int, change: int) -> None:
    last = session.execute(_last(workshop_id)).scalar()
    row = {
        "workshop_id": workshop_id,
        "number": last.number + 1 if last else 1,
        "unit_id": unit_id,
        "year": year,
        "change": change,
        "entered_on": clock.today(),
    }
    session.execute(insert(EntitlementEntry).values(row))


def _of(unit_id: str, year: int) -> tuple[ColumnElement[bool], ...]:
    return Entitlement.unit_id == unit_id, Entitlement.year == year


def _row(unit_id: str, year: int) -> Select[Entitlement]:
    return select(Entitlement).where(*_of(unit_id, year))


def _last(workshop_id: str) -> Select[EntitlementEntry]:
    statement = select(EntitlementEntry).where(EntitlementEntry.workshop_id == workshop_id)
    return statement.order_by(EntitlementEntry.number.desc()).limit(1)
