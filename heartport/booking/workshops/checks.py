"""What must always be true of workshops, for `flask booking check`: ledgers, proposals and guests agree with states."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from heartport import clock
from heartport.booking.invariants import Kept
from heartport.booking.models import Occupancy
from heartport.booking.workshops.models import Entitlement, EntitlementEntry, Workshop
from heartport.booking.workshops.rules.steps import COMING, HELD, MACHINE, State

CHARGED = (*COMING, State.DELIVERED, State.CLOSED)
PERHAPS_CHARGED = State.CANCELLED_BY_UNIT


def kept_rows() -> Select[*tuple[Any, ...]]:
    """Select the workshops that take time of their own; a merged one takes that of another."""
    return select(Workshop.id, Workshop.state, Workshop.version).where(Workshop.merged_into.is_(None))


KEPT = Kept(machine=MACHINE, rows=kept_rows, holding=HELD)


def entitlements_are_their_ledgers(session: Session) -> Iterator[str]:
    """Give each year of a unit whose use is not the sum of its entries."""
    same = and_(EntitlementEntry.unit_id == Entitlement.unit_id, EntitlementEntry.year == Entitlement.year)
    total = func.coalesce(func.sum(EntitlementEntry.change), 0)
    wrong = select(Entitlement.unit_id, Entitlement.year).outerjoin(EntitlementEntry, same)
    wrong = wrong.group_by(Entitlement.unit_id, Entitlement.year, Entitlement.used).having(Entitlement.used != -total)
    for unit_id, year in session.execute(wrong):
        yield f"entitlement of unit {unit_id} in {year}: is not the sum of its ledger"


def workshops_are_charged_as_they_stand(session: Session) -> Iterator[str]:
    """Give each workshop that is charged and should not be, is not and should be, or is charged twice."""
    total = func.coalesce(func.sum(EntitlementEntry.change), 0)
    statement = select(Workshop.id, Workshop.state, total).outerjoin(
        EntitlementEntry, EntitlementEntry.workshop_id == Workshop.id
    )
    for workshop_id, state, change in session.execute(statement.group_by(Workshop.id, Workshop.state)):
        allowed = (0, -1) if state == PERHAPS_CHARGED else (-1,) if state in CHARGED else (0,)
        if change not in allowed:
            yield f"workshop {workshop_id}: is {state} and charged {-change} times"


def proposals_hold_their_time(session: Session) -> Iterator[str]:
    """Give each proposal that has not expired and holds nothing, or until another moment than it says."""
    holds = and_(Occupancy.booking_id == Workshop.id, Occupancy.expires_at.is_not(None))
    live = and_(Workshop.state.in_(HELD), Workshop.held_until > clock.now())
    wrong = select(Workshop.id).outerjoin(Occupancy, holds).where(live)
    wrong = wrong.where(or_(Occupancy.id.is_(None), Occupancy.expires_at != Workshop.held_until)).distinct()
    yield from (f"workshop {each}: holds nothing of what it proposes" for each in session.execute(wrong).scalars())
    held = select(Workshop.id).where((Workshop.held_until.is_not(None)) != Workshop.state.in_(HELD))
    yield from (f"workshop {each}: is held without a proposal" for each in session.execute(held).scalars())


def guests_have_a_host(session: Session) -> Iterator[str]:
    """Give each merged workshop whose host does not take place."""
    host = aliased(Workshop)
    statement = select(Workshop.id).join(host, host.id == Workshop.merged_into)
    gone = statement.where(Workshop.state == State.MERGED, host.state.not_in(CHARGED))
    yield from (
        f"workshop {each}: is merged into one that does not take place" for each in session.execute(gone).scalars()
    )


CHECKS = (
    entitlements_are_their_ledgers,
    workshops_are_charged_as_they_stand,
    proposals_hold_their_time,
    guests_have_a_host,
)
