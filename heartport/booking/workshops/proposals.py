"""Proposing a time, and what becomes of it: all that it takes is held together until the unit has answered.

A proposal whose 48 hours are over counts for nothing, whether or not anybody has noted it: `settle` notes it wherever
somebody acts on the workshop next, and the sweeper does where nobody acts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking import occupancy
from heartport.booking.audit import Step, service_actor
from heartport.booking.availability import is_open, read_windows
from heartport.booking.occupancy import Booking, Wanted, claim, list_taken, offering, release
from heartport.booking.resources import Bookable, find_resources
from heartport.booking.rules.grid import Span, day_of, ticks_of
from heartport.booking.rules.limits import TimeClosed, check_time
from heartport.booking.workshops import notices
from heartport.booking.workshops.cancelling import guests_of
from heartport.booking.workshops.details import details_of
from heartport.booking.workshops.entitlements import charge_for_year
from heartport.booking.workshops.facilitators import qualifications_of
from heartport.booking.workshops.groups import group_of
from heartport.booking.workshops.matches import TIDYING, needed_for, read_matches
from heartport.booking.workshops.models import Workshop
from heartport.booking.workshops.rows import (
    booked_span,
    check_step,
    find_row,
    hold_row,
    lock_time,
    step_of,
    take_step,
    wishes_of,
)
from heartport.booking.workshops.rules.entitlement import year_of
from heartport.booking.workshops.rules.matching import travel_between
from heartport.booking.workshops.rules.minimum import check_large_enough
from heartport.booking.workshops.rules.steps import (
    HELD,
    HELD_FOR,
    MACHINE,
    Act,
    State,
    act_in,
    check_round,
    is_expired,
)
from heartport.booking.workshops.rules.wishes import HORIZON
from heartport.booking.workshops.schemas import WorkshopChoiceOut, choice_out
from heartport.callers import Caller
from heartport.catalogue.rules import may_lead
from heartport.errors import Invalid
from heartport.messages.rules import Kind
from heartport.stores import Store, reading, write_transaction

NO_LEAD = timedelta(0)
"""Whoever proposes has asked the facilitator."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the coordinator picked; `spoken`: it was agreed on the phone, so that it need not be a wished time."""

    starts_at: datetime
    facilitator_id: str
    room_id: str | None = None
    equipment_ids: Sequence[str] = ()
    spoken: bool = False


def propose(caller: Caller, workshop_id: str, version: int, chosen: Chosen) -> None:
    """Hold facilitator, room and equipment for 48 hours and ask the unit.

    Raises `Invalid` with what cannot be chosen, what `check_time` raises, `TimeClosed`, `RoundsUsed`, `UnderMinimum`,
    or `SlotTaken` with what else could be proposed.
    """
    version, told = settle(workshop_id, version), notices.coordinators()
    there = find_resources(filter(None, (chosen.facilitator_id, chosen.room_id, *chosen.equipment_ids)))

    def work(session: Session) -> None:
        row = find_row(session, caller, workshop_id)
        act = act_in(State(row.state), Act.PROPOSE)
        check_step(row, act, version)
        check_round(row.rounds, chosen.spoken)
        wanted = _wanted(session, row, chosen, there)
        until = min(clock.now() + HELD_FOR, chosen.starts_at)
        check_large_enough(group_of(session, row), chosen.starts_at, clock.today())
        claim(session, Booking(MACHINE.kind, row.id), wanted, until)
        take_step(session, row, step_of(caller, act, version), held_until=until)
        notices.untell_coordinators(session, told, row)
        notices.tell_unit(session, row, Kind.PROPOSED, chosen.starts_at, until)

    with offering(lambda: _choices(caller, workshop_id)):
        write_transaction(Store.MAIN, work)


def confirm(caller: Caller, workshop_id: str, version: int) -> None:
    """Take what is held: it replaces what was confirmed before, and the year is charged.

    Raises `HoldExpired`, `EntitlementUsed`, `UnderMinimum`.
    """

    def work(session: Session) -> None:
        row = hold_row(session, caller, workshop_id)
        act = act_in(State(row.state), Act.CONFIRM)
        check_step(row, act, version)
        before, earlier = booked_span(session, row), notices.leaders_of(session, row)
        occupancy.confirm(session, row.id)
        span = list_taken(session, row.id)[0].span
        check_large_enough(group_of(session, row), span.starts_at, clock.today())
        charge_for_year(session, row.id, row.charged_unit_id, year_of(span.starts_at))
        take_step(session, row, step_of(caller, act, version), held_until=None, rounds=0, first_in_line=False)
        notices.untell_unit(session, row)
        leaders = notices.leaders_of(session, row)
        notices.tell_leaders(session, leaders, row, Kind.ASSIGNED, span.starts_at)
        if before is not None:
            notices.tell_leaders(session, earlier - leaders, row, Kind.HANDED_OVER, before.starts_at)
        for guest in guests_of(session, row.id):
            notices.tell_unit(session, guest, Kind.MOVED, span.starts_at)

    with offering(list):
        write_transaction(Store.MAIN, work)


def decline(caller: Caller, workshop_id: str, version: int) -> None:
    """Say no to what is held; the request waits for another proposal."""

    def work(session: Session) -> None:
        row = hold_row(session, caller, workshop_id)
        act = act_in(State(row.state), Act.DECLINE)
        check_step(row, act, version)
        release(session, row.id, only_held=True)
        take_step(session, row, step_of(caller, act, version), held_until=None, rounds=row.rounds + 1)
        notices.untell_unit(session, row)
        notices.tell_coordinators(session, told, row)

    told = notices.coordinators()
    write_transaction(Store.MAIN, work)


def settle(workshop_id: str, version: int | None = None) -> int:
    """Note that a proposal's time is over, where it is; return the version for which the one that was read stands."""

    def work(session: Session) -> int:
        lock_time(session, workshop_id)
        row = session.execute(select(Workshop).where(Workshop.id == workshop_id)).scalar()
        if row is None or not is_expired(State(row.state), row.held_until, clock.now()):
            return version or 0
        release(session, row.id, only_held=True)
        step = Step(act_in(State(row.state), Act.EXPIRE), service_actor())
        take_step(session, row, step, held_until=None, rounds=row.rounds + 1)
        notices.tell_unit(session, row, Kind.RETURNED)
        return row.version + 1 if version in (None, row.version) else version

    return write_transaction(Store.MAIN, work)


def expire_proposals() -> int:
    """Note every proposal whose time is over and return how many; nothing waits for it."""
    late = select(Workshop.id).where(Workshop.state.in_(HELD), Workshop.held_until <= clock.now())
    with reading(Store.MAIN) as session:
        ids = session.execute(late).scalars().all()
    for each in ids:
        settle(each)
    return len(ids)


def _wanted(session: Session, row: Workshop, chosen: Chosen, there: Mapping[str, Bookable]) -> list[Wanted]:
    """Return the time to claim; raises what is wrong with the choice."""
    start = check_time(chosen.starts_at, clock.now(), NO_LEAD, HORIZON)
    span = Span(start, start + ticks_of(row.duration_min))
    if start not in wishes_of(session, [row.id])[row.id] and not chosen.spoken:
        raise Invalid(errors={"starts_at": ["不是单位希望的时间；电话商量好的，请带上 spoken。"]})
    facilitator = _facilitator(session, row, there.get(chosen.facilitator_id), span)
    travel = travel_between(facilitator.district, row.district)
    room = _room(row, chosen.room_id, there, group_of(session, row).total)
    things = [*([room] if room else []), *_equipment(chosen.equipment_ids, there)]
    return [Wanted(facilitator.id, span, travel, travel), *(Wanted(each.id, span, TIDYING, TIDYING) for each in things)]


def _facilitator(session: Session, row: Workshop, found: Bookable | None, span: Span) -> Bookable:
    if found is None or found.kind != "person" or not found.active:
        raise Invalid(errors={"facilitator_id": ["没有这位带领人，或已停止安排。"]})
    if not may_lead(qualifications_of(session, found.id), needed_for(row)):
        raise Invalid(errors={"facilitator_id": ["这位带领人不具备这个课题要求的资质。"]})
    day = day_of(span.start)
    if not is_open(read_windows(session, [found.id], day, day)[found.id], span):
        raise TimeClosed(errors={"starts_at": [TimeClosed.detail]})
    return found


def _room(row: Workshop, room_id: str | None, there: Mapping[str, Bookable], people: int) -> Bookable | None:
    details = details_of(row)
    if room_id is None:
        if details is not None and details.venue is None:
            raise Invalid(errors={"room_id": ["单位没有场地，请选一间房间。"]})
        return None
    room = there.get(room_id)
    if room is None or room.kind != "room" or not room.active:
        raise Invalid(errors={"room_id": ["没有这间房间，或已停止使用。"]})
    if (room.capacity or 0) < people:
        raise Invalid(errors={"room_id": ["这间房间坐不下这么多人。"]})
    return room


def _equipment(equipment_ids: Sequence[str], there: Mapping[str, Bookable]) -> Iterator[Bookable]:
    for place, each in enumerate(equipment_ids):
        found = there.get(each)
        if found is None or found.kind != "equipment" or not found.active:
            raise Invalid(errors={f"equipment_ids.{place}": ["没有这件设备，或已停止使用。"]})
        yield found


def _choices(caller: Caller, workshop_id: str) -> list[WorkshopChoiceOut]:
    """Return what else could be proposed, after a lost race."""
    return [choice_out(each) for each in read_matches(caller, workshop_id).items[:5]]
