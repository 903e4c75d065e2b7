"""When resources can be booked: their openings, what is taken, and what is therefore free."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from heartport.booking.calendar_days import current_days
from heartport.booking.models import ChangeRow, OpeningRow, Resource
from heartport.booking.occupancy import blocked_between, lock_resources
from heartport.booking.resources import ResourceUnknown
from heartport.booking.rules.days import days_between
from heartport.booking.rules.grid import TICK_MINUTES, Span, day_of, first_tick
from heartport.booking.rules.openings import (
    MINUTES_A_DAY,
    Busy,
    Change,
    OpenDay,
    Opening,
    Openings,
    Shape,
    Start,
    Window,
    counted_day,
    free_starts,
    is_stretch,
    overlapping,
    windows_of,
    with_closed,
)
from heartport.columns import new_public_id
from heartport.errors import Invalid, Stale
from heartport.stores import Store, reading, write_transaction

WRONG_STRETCH = "须为同一天内、整刻钟的时间，先后不颠倒。"
OVERLAP = "与前面的一段时间重叠。"


class OpeningsChanged(Stale):
    """The openings were changed since they were read."""

    code = "openings_changed"
    detail = "可预约时间刚被改过，请刷新后再改。"


def read_openings(resource_id: str) -> Openings:
    """Return all openings and changes of a resource, with their version; raises `ResourceUnknown`."""
    with reading(Store.MAIN) as session:
        version = session.execute(select(Resource.version).where(Resource.id == resource_id)).scalar()
        if version is None:
            raise ResourceUnknown
        found = _openings(session, [resource_id])[resource_id]
    return Openings(found.weekly, found.changes, version)


def replace_openings(
    resource_id: str, weekly: Sequence[Opening], changes: Sequence[Change], version: int | None
) -> None:
    """Put these in the place of all openings and changes of a resource; what is booked already stays booked.

    None as the version means whatever it is. Raises `Invalid` with each wrong place (`weekly.3`, `changes.0`),
    `ResourceUnknown`, `OpeningsChanged`.
    """
    if errors := _wrong_places(weekly, changes):
        raise Invalid(errors=errors)

    def work(session: Session) -> None:
        lock_resources(session, [resource_id])
        stored = session.execute(select(Resource.version).where(Resource.id == resource_id)).scalar()
        if stored is None:
            raise ResourceUnknown
        if version not in (None, stored):
            raise OpeningsChanged
        session.execute(update(Resource).where(Resource.id == resource_id).values(version=stored + 1))
        _replace_rows(session, resource_id, weekly, changes)

    write_transaction(Store.MAIN, work)


def close(session: Session, resource_id: str, blocked: Span) -> None:
    """Close a stretch of one day of a locked resource, so that nobody is offered what was just called off."""
    found, day = _openings(session, [resource_id])[resource_id], day_of(blocked.start)
    starts = (blocked.start - first_tick(day)) * TICK_MINUTES
    ends = min(starts + (blocked.end - blocked.start) * TICK_MINUTES, MINUTES_A_DAY)
    changes = with_closed(found.changes, Change(day, starts, ends, opens=False))
    session.execute(update(Resource).where(Resource.id == resource_id).values(version=Resource.version + 1))
    _replace_rows(session, resource_id, found.weekly, changes)


def read_windows(session: Session, resource_ids: Collection[str], first: date, last: date) -> dict[str, list[Window]]:
    """Return when some resources are open, from the first to the last local day, both included."""
    calendar, openings = current_days(), _openings(session, resource_ids)
    days = [counted_day(day, calendar.kind_of(day)) for day in days_between(first, last)]
    return {resource_id: windows_of(openings[resource_id], days) for resource_id in resource_ids}


def read_busy(session: Session, resource_ids: Collection[str], span: Span) -> dict[str, Busy]:
    """Return what is taken of some resources within a stretch, expired holds excluded."""
    busy = {resource_id: Busy(span) for resource_id in resource_ids}
    for resource_id, start, end in blocked_between(session, resource_ids, span):
        busy[resource_id].take(start, end)
    return busy


def free_times(
    session: Session, resource_ids: Collection[str], shape: Shape, earliest: int, latest: int
) -> dict[str, list[Start]]:
    """Return the free starts of some resources for bookings of one shape, from tick `earliest` to tick `latest`.

    For resources that keep openings. A room, or anybody for whom none are kept, has no windows: see `are_free`.
    """
    if latest < earliest:
        return {resource_id: [] for resource_id in resource_ids}
    first, last = day_of(earliest), day_of(latest)
    # Buffers and long bookings reach into the days around.
    span = Span(first_tick(first - timedelta(days=1)), first_tick(last + timedelta(days=2)))
    windows, busy = read_windows(session, resource_ids, first, last), read_busy(session, resource_ids, span)
    return {each: list(free_starts(windows[each], busy[each], shape, earliest, latest)) for each in resource_ids}


def are_free(session: Session, resource_ids: Collection[str], blocked: Span) -> dict[str, bool]:
    """Tell of each resource whether nothing is taken of it in a stretch, whatever its openings are."""
    return {each: busy.is_free(*blocked) for each, busy in read_busy(session, resource_ids, blocked).items()}


def is_open(windows: Sequence[Window], span: Span) -> bool:
    """Tell whether a stretch lies within one window that is not kept for whoever wants to talk within the week."""
    return any(window.start <= span.start and span.end <= window.end for window in windows if not window.reserved)


def _openings(session: Session, resource_ids: Collection[str]) -> Mapping[str, Openings]:
    weekly: dict[str, list[Opening]] = defaultdict(list)
    changes: dict[str, list[Change]] = defaultdict(list)
    row = OpeningRow
    statement = select(row.resource_id, row.day, row.starts, row.ends, row.modes, row.reserved)
    for resource_id, day, starts, ends, modes, reserved in session.execute(
        statement.where(row.resource_id.in_(resource_ids)).order_by(row.day, row.starts)
    ):
        opening = Opening(OpenDay(day), starts, ends, tuple(filter(None, modes.split(","))), reserved)
        weekly[resource_id].append(opening)
    change = ChangeRow
    single = select(change.resource_id, change.day, change.starts, change.ends, change.opens)
    for single_day in session.execute(single.where(change.resource_id.in_(resource_ids))):
        changes[single_day[0]].append(Change(*single_day[1:]))
    return {each: Openings(tuple(weekly[each]), tuple(sorted(changes[each]))) for each in resource_ids}


def _replace_rows(session: Session, resource_id: str, weekly: Sequence[Opening], changes: Sequence[Change]) -> None:
    for model in (OpeningRow, ChangeRow):
        session.execute(delete(model).where(model.resource_id == resource_id))
    owner = {"resource_id": resource_id}
    rows = [
        {
            **owner,
            "id": new_public_id(),
            "day": each.day.value,
            "starts": each.starts,
            "ends": each.ends,
            "modes": ",".join(each.modes),
            "reserved": each.reserved,
        }
        for each in weekly
    ]
    single = [
        {**owner, "id": new_public_id(), "day": each.day, "starts": each.starts, "ends": each.ends, "opens": each.opens}
        for each in changes
    ]
    for model, values in ((OpeningRow, rows), (ChangeRow, single)):
        if values:
            session.execute(insert(model), values)


def _wrong_places(weekly: Sequence[Opening], changes: Sequence[Change]) -> dict[str, list[str]]:
    return {**_wrong("weekly", weekly), **_wrong("changes", changes)}


def _wrong(name: str, stretches: Sequence[Opening | Change]) -> dict[str, list[str]]:
    meeting = overlapping(stretches)
    errors = {f"{name}.{place}": [OVERLAP] for place in meeting}
    wrong = [place for place, each in enumerate(stretches) if not is_stretch(each.starts, each.ends)]
    return {**errors, **{f"{name}.{place}": [WRONG_STRETCH] for place in wrong}}
