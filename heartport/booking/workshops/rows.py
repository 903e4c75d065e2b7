"""Workshops as they are stored: who may see which, and looking at one while nobody else changes it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from heartport.booking.audit import BookingChanged, Step, Tracked, change_state, staff_actor
from heartport.booking.models import Occupancy
from heartport.booking.occupancy import lock_resources
from heartport.booking.resources import resource_of_staff
from heartport.booking.rules.grid import Span
from heartport.booking.workshops.models import Wish, Workshop
from heartport.booking.workshops.rules.steps import ENDED, MACHINE, Act, State
from heartport.callers import COORDINATOR, UNIT_HEAD, Caller
from heartport.errors import NotFound
from heartport.units.tree import units_below

TRACKED = Tracked(MACHINE, Workshop)


class WorkshopUnknown(NotFound):
    """There is no such workshop, or it is not one that the caller may see."""

    code = "workshop_unknown"
    detail = "没有找到这场活动。"


def visible_to(session: Session, caller: Caller) -> ColumnElement[bool]:
    """Return which workshops a caller may see: a unit's head those of the unit, whoever leads one that one."""
    seen = [_of_units(session, caller, role) for role in (UNIT_HEAD, COORDINATOR) if role in caller.roles]
    own = resource_of_staff(caller.account_id) if UNIT_HEAD not in caller.roles else None
    if own is not None:
        led = select(Occupancy.booking_id).where(Occupancy.resource_id == own, Occupancy.kind == MACHINE.kind)
        seen.append(Workshop.id.in_(led.where(Occupancy.expires_at.is_(None))))
    return or_(false(), *seen)


def find_row(session: Session, caller: Caller, workshop_id: str) -> Workshop:
    """Return a workshop that a caller may see; raises `WorkshopUnknown`."""
    statement = select(Workshop).where(Workshop.id == workshop_id, visible_to(session, caller))
    row = session.execute(statement).scalar()
    if row is None:
        raise WorkshopUnknown
    return row


def hold_row(session: Session, caller: Caller, workshop_id: str) -> Workshop:
    """Return the same with the time that it takes locked, so that who comes second sees what the first did."""
    lock_time(session, workshop_id)
    return find_row(session, caller, workshop_id)


def lock_time(session: Session, *workshop_ids: str) -> None:
    """Lock everybody and everything that these workshops take, by ascending id."""
    taken = select(Occupancy.resource_id).where(Occupancy.booking_id.in_(workshop_ids))
    lock_resources(session, set(session.execute(taken).scalars()))


def check_step(row: Workshop, act: Act, version: int) -> None:
    """Raise `BookingStateWrong` or `BookingChanged` as the change itself would, before anything else is looked at."""
    MACHINE.after(row.state, act)
    if row.version != version:
        raise BookingChanged


def take_step(session: Session, row: Workshop, step: Step, **values: object) -> State:
    """Bring a workshop to its next state; what has ended forgets whom to call."""
    after = State(MACHINE.after(row.state, step.act))
    if after in ENDED:
        values["details_sealed"] = None
    return State(change_state(session, TRACKED, row.id, step, **values))


def step_of(caller: Caller, act: Act, version: int) -> Step:
    """Return what a member of staff does."""
    return Step(act, staff_actor(caller.account_id), version)


def wishes_of(session: Session, workshop_ids: Sequence[str]) -> dict[str, list[int]]:
    """Return the wished starts of some workshops, in ticks, the most wished first."""
    found: dict[str, list[int]] = {each: [] for each in workshop_ids}
    statement = select(Wish).where(Wish.workshop_id.in_(workshop_ids)).order_by(Wish.number)
    for wish in session.execute(statement).scalars():
        found[wish.workshop_id].append(wish.starts)
    return found


def booked_span(session: Session, row: Workshop) -> Span | None:
    """Return when a workshop takes place, or that into which it was merged; None where nothing is confirmed."""
    confirmed = select(Occupancy.starts, Occupancy.ends).where(
        Occupancy.booking_id == (row.merged_into or row.id), Occupancy.expires_at.is_(None)
    )
    found = session.execute(confirmed.limit(1)).one_or_none()
    return Span(*found) if found else None


def _of_units(session: Session, caller: Caller, role: str) -> ColumnElement[bool]:
    scope = caller.scopes.get(role, frozenset())
    if None in scope:
        return true()
    return Workshop.unit_id.in_(units_below(session, [each for each in scope if each]))
