"""Workshops as somebody may see them: one in full, or a list, each with its unit, its times and its history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import Event, events_of
from heartport.booking.models import Occupancy
from heartport.booking.resources import Bookable, find_resources
from heartport.booking.rules.grid import Span
from heartport.booking.workshops.details import Details, comment_of, details_of
from heartport.booking.workshops.entitlements import served
from heartport.booking.workshops.models import Workshop
from heartport.booking.workshops.rows import find_row, visible_to, wishes_of
from heartport.booking.workshops.rules.steps import MACHINE, Act, State, act_in, is_expired
from heartport.callers import Caller
from heartport.stores import Store, reading
from heartport.units.tree import place_within

MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Slot:
    """A time with who leads it, where, and with what; `held_until` None is confirmed."""

    span: Span
    facilitator: Bookable | None
    room: Bookable | None
    equipment: Sequence[Bookable]
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One workshop as it is shown; `state` is that after an expired proposal, whether or not it was noted."""

    row: Workshop = field(repr=False)
    state: State
    unit: Sequence[str]
    wishes: Sequence[int]
    booked: Slot | None
    held: Slot | None
    served: int
    """How many workshops its unit has had this year."""
    details: Details | None = field(repr=False, default=None)
    comment: str | None = field(repr=False, default=None)
    events: Sequence[Event] = ()


def find_workshop(caller: Caller, workshop_id: str) -> Seen:
    """Return one workshop in full; raises `WorkshopUnknown`."""
    with reading(Store.MAIN) as session:
        row = find_row(session, caller, workshop_id)
        (seen,) = _seen(session, [row])
        events = events_of(session, [row.id])[row.id]
    return Seen(
        seen.row,
        seen.state,
        seen.unit,
        seen.wishes,
        seen.booked,
        seen.held,
        seen.served,
        details_of(row),
        comment_of(row),
        events,
    )


def list_workshops(caller: Caller, states: Sequence[State] = ()) -> list[Seen]:
    """Return the workshops that a caller may see.

    First those first in line, then by how few their unit has had this year, then by the day on which they were
    handed in: the order in which a coordinator goes through them.
    """
    with reading(Store.MAIN) as session:
        statement = select(Workshop).where(visible_to(session, caller)).order_by(Workshop.submitted_on, Workshop.id)
        found = _seen(session, list(session.execute(statement.limit(MOST_LISTED)).scalars()))
    return sorted((each for each in found if not states or each.state in states), key=_turn)


def shown_state(row: Workshop, now: datetime) -> State:
    """Return how a workshop stands now, also where a proposal ended and nobody has noted it."""
    state = State(row.state)
    return State(MACHINE.after(state, act_in(state, Act.EXPIRE))) if is_expired(state, row.held_until, now) else state


def _turn(seen: Seen) -> tuple[bool, int, bool, object, str]:
    row = seen.row
    return not row.first_in_line, seen.served, row.submitted_on is None, row.submitted_on, row.id


def list_between(span: Span) -> list[Seen]:
    """Return the workshops whose confirmed time begins within a stretch, for the service's own planning."""
    begins = Occupancy.starts.between(span.start, span.end - 1)
    booked = select(Occupancy.booking_id).where(Occupancy.kind == MACHINE.kind, Occupancy.expires_at.is_(None), begins)
    with reading(Store.MAIN) as session:
        return _seen(session, session.execute(select(Workshop).where(Workshop.id.in_(booked))).scalars().all())


def _seen(session: Session, rows: Sequence[Workshop]) -> list[Seen]:
    now, year = clock.now(), clock.today().year
    wishes = wishes_of(session, [row.id for row in rows])
    slots = _slots(session, {row.merged_into or row.id for row in rows})
    units = {row.unit_id: place_within(session, row.unit_id) for row in rows}
    had = served(session, {row.charged_unit_id for row in rows}, year)
    found = []
    for row in rows:
        booked, held = slots[row.merged_into or row.id]
        place = units[row.unit_id]
        names = place.names if place else ()
        state = shown_state(row, now)
        is_held = state is State(row.state) and row.merged_into is None
        shown = Seen(row, state, names, wishes[row.id], booked, held if is_held else None, had[row.charged_unit_id])
        found.append(shown)
    return found


def _slots(session: Session, workshop_ids: set[str]) -> defaultdict[str, tuple[Slot | None, Slot | None]]:
    """Return for each workshop its confirmed and its held time."""
    taken: dict[tuple[str, datetime | None], list[Occupancy]] = defaultdict(list)
    for row in session.execute(select(Occupancy).where(Occupancy.booking_id.in_(workshop_ids))).scalars():
        taken[row.booking_id, row.expires_at].append(row)
    there = find_resources({row.resource_id for rows in taken.values() for row in rows})
    found: defaultdict[str, tuple[Slot | None, Slot | None]] = defaultdict(lambda: (None, None))
    for (workshop_id, expires_at), rows in taken.items():
        booked, held = found[workshop_id]
        slot = _slot(rows, there, expires_at)
        found[workshop_id] = (slot, held) if expires_at is None else (booked, slot)
    return found


def _slot(rows: Sequence[Occupancy], there: dict[str, Bookable], held_until: datetime | None) -> Slot:
    found = sorted((there[row.resource_id] for row in rows), key=lambda each: each.name)
    by_kind = {each.kind: each for each in found}
    equipment = [each for each in found if each.kind == "equipment"]
    span = Span(rows[0].starts, rows[0].ends)
    return Slot(span, by_kind.get("person"), by_kind.get("room"), equipment, held_until)
