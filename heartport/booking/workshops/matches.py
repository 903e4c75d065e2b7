"""Who could lead a workshop, when, where, and why: what the calendar knows, put before the rules of matching."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport.booking.availability import are_free, is_open, read_busy, read_windows
from heartport.booking.resources import Bookable, list_resources
from heartport.booking.rules.grid import TICKS_A_DAY, Span, day_of, ticks_of
from heartport.booking.rules.openings import Busy, Window
from heartport.booking.workshops.details import details_of
from heartport.booking.workshops.entitlements import served
from heartport.booking.workshops.facilitators import facilitators_among
from heartport.booking.workshops.groups import group_of
from heartport.booking.workshops.models import Workshop
from heartport.booking.workshops.rows import find_row, wishes_of
from heartport.booking.workshops.rules.matching import (
    ACROSS_DISTRICTS,
    Facilitator,
    IsFree,
    Match,
    Request,
    find_matches,
    why_nobody,
)
from heartport.booking.workshops.rules.steps import HELD, WAITING
from heartport.callers import Caller
from heartport.catalogue.directory import current_catalogue
from heartport.stores import Store, reading

TIDYING = 1
"""Ticks that rooms and equipment are kept before and after, to set them up and clear them away."""
MOST_ROOMS = 5
MOST_EQUIPMENT = 20


@dataclass(frozen=True, slots=True)
class Proposable:
    """A match with what of ours is free then: rooms, unless the unit has a venue, and equipment."""

    match: Match
    rooms: Sequence[Bookable]
    equipment: Sequence[Bookable]


@dataclass(frozen=True, slots=True)
class Matches:
    """All that could be proposed, or why there is nothing."""

    items: Sequence[Proposable]
    needs_room: bool
    nobody: str | None


def read_matches(caller: Caller, workshop_id: str) -> Matches:
    """Return what could be proposed for a workshop, the best first; raises `WorkshopUnknown`."""
    there = list_resources()
    with reading(Store.MAIN) as session:
        row = find_row(session, caller, workshop_id)
        details = details_of(row)
        needs_room = details is not None and details.venue is None
        (request,) = _requests(session, [row])
        if not request.wishes:
            return Matches([], needs_room, why_nobody(request, []))
        facilitators = facilitators_among(session, there, request.wishes[0])
        found = find_matches(request, facilitators, _free(session, facilitators, request), _others(session, row))
        fitting = _fitting(there, group_of(session, row).total) if needs_room else []
        equipment = [each for each in there if each.kind == "equipment"]
        items = [_proposable(session, each, fitting, equipment) for each in found]
        items = [each for each in items if each.rooms or not needs_room]
        return Matches(items, needs_room, None if items else _why(request, facilitators, found))


def needed_for(row: Workshop) -> dict[str, str]:
    """Return the qualifications that a topic asks for today, with their titles; none where it left the file."""
    catalogue = current_catalogue()
    topic = catalogue.get(row.topic_code)
    return {each: catalogue.qualifications[each] for each in topic.qualifications} if topic else {}


def _why(request: Request, facilitators: Sequence[Facilitator], found: Sequence[Match]) -> str:
    return "有人能带，但那些时间没有坐得下的空房间。" if found else why_nobody(request, facilitators)


def _requests(session: Session, rows: Sequence[Workshop]) -> list[Request]:
    wishes = wishes_of(session, [row.id for row in rows])
    year = day_of(wishes[rows[0].id][0]).year if rows and wishes[rows[0].id] else 0
    had = served(session, {row.charged_unit_id for row in rows}, year)
    return [
        Request(wishes[row.id], ticks_of(row.duration_min), row.district, needed_for(row), had[row.charged_unit_id])
        for row in rows
    ]


def _others(session: Session, row: Workshop) -> list[Request]:
    """Return what other units wait for."""
    waiting = select(Workshop).where(
        Workshop.state.in_([*WAITING, *HELD]), Workshop.charged_unit_id != row.charged_unit_id
    )
    rows = list(session.execute(waiting).scalars())
    return _requests(session, rows) if rows else []


def _free(session: Session, facilitators: Sequence[Facilitator], request: Request) -> IsFree:
    """Return what tells of a facilitator whether a stretch with its travel is open and free."""
    ids = [each.id for each in facilitators]
    windows, busy = _windows(session, ids, request), _busy(session, ids, request)

    def is_free(facilitator_id: str, span: Span, travel: int) -> bool:
        around = Span(span.start - travel, span.end + travel)
        return is_open(windows[facilitator_id], span) and busy[facilitator_id].is_free(*around)

    return is_free


def _windows(session: Session, ids: Collection[str], request: Request) -> Mapping[str, list[Window]]:
    """Return when people are open on the wished days; the days between them are not asked for."""
    found: dict[str, list[Window]] = {each: [] for each in ids}
    for day in sorted({day_of(start) for start in request.wishes}):
        for each, windows in read_windows(session, ids, day, day).items():
            found[each] += windows
    return found


def _busy(session: Session, ids: Collection[str], request: Request) -> Mapping[str, Busy]:
    first, last = min(request.wishes), max(request.wishes)
    return read_busy(session, ids, Span(first - ACROSS_DISTRICTS, last + TICKS_A_DAY))


def _fitting(there: Sequence[Bookable], people: int) -> list[Bookable]:
    """Return the rooms in which everybody has a seat, the smallest first."""
    fitting = [each for each in there if each.kind == "room" and (each.capacity or 0) >= people]
    return sorted(fitting, key=lambda each: (each.capacity, each.name))


def _proposable(session: Session, match: Match, rooms: Sequence[Bookable], equipment: Sequence[Bookable]) -> Proposable:
    """Return a match with the first of these things that are free at its time, and the time to set them up."""
    around = Span(match.span.start - TIDYING, match.span.end + TIDYING)
    free = are_free(session, [each.id for each in (*rooms, *equipment)], around)
    return Proposable(
        match,
        [each for each in rooms if free[each.id]][:MOST_ROOMS],
        [each for each in equipment if free[each.id]][:MOST_EQUIPMENT],
    )
