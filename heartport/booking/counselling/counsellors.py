"""Who can be booked for counselling, and when: active people of the calendar who hold the role of a counsellor."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.availability import free_times
from heartport.booking.counselling.rules.limits import HORIZON, LEAD, SESSION, is_offered_to, modes_of, span_of
from heartport.booking.resources import Bookable, list_resources
from heartport.booking.rules.grid import Span, first_tick, tick_at_or_after, tick_of
from heartport.callers import COUNSELLOR
from heartport.errors import NotFound
from heartport.local_time import start_of_day
from heartport.staff.grants import holders_of
from heartport.stores import Store, reading

CHOICES = 3
"""So many other times stand beside a refusal, and beside an appointment that the counsellor cancelled."""


class CounsellorUnknown(NotFound):
    """There is no such counsellor, or they cannot be booked at the moment."""

    code = "counsellor_unknown"
    detail = "没有找到这位咨询师，可能已经停止预约。"


@dataclass(frozen=True, slots=True)
class Slot:
    """A free hour of a counsellor."""

    counsellor_id: str
    span: Span
    modes: tuple[str, ...]


def list_counsellors() -> list[Bookable]:
    """Return the counsellors who can be booked, by name."""
    able = {member.id for member in holders_of({COUNSELLOR})}
    return [each for each in list_resources("person") if each.staff_id in able]


def find_counsellor(counsellor_id: str) -> Bookable:
    """Return one of them; raises `CounsellorUnknown`."""
    found = next((each for each in list_counsellors() if each.id == counsellor_id), None)
    if found is None:
        raise CounsellorUnknown
    return found


def free_slots(
    session: Session, counsellor_ids: Collection[str], first: int, last: int, *, within_week: bool
) -> dict[str, list[Slot]]:
    """Return the free hours of some counsellors that begin from tick `first` to tick `last`, as far as one may book.

    Reserved ones are among them for whoever ticked `within_week`, and shortly before they begin.
    """
    now = clock.now()
    earliest, latest = max(first, tick_at_or_after(now + LEAD)), min(last, _latest(now))
    found = free_times(session, counsellor_ids, SESSION, earliest, latest)
    return {
        counsellor_id: [
            Slot(counsellor_id, span_of(start.tick), modes_of(start.window))
            for start in starts
            if is_offered_to(start.window, start.tick, now, within_week=within_week)
        ]
        for counsellor_id, starts in found.items()
    }


def list_slots(counsellor_id: str, first: int, last: int, *, within_week: bool) -> list[Slot]:
    """Return the free hours of one counsellor; raises `CounsellorUnknown`."""
    find_counsellor(counsellor_id)
    with reading(Store.MAIN) as session:
        return free_slots(session, [counsellor_id], first, last, within_week=within_week)[counsellor_id]


def next_slots(counsellor_id: str, wished: datetime, *, within_week: bool = False) -> list[Slot]:
    """Return the free hours of a counsellor that begin next after the day of a wished time began."""
    with reading(Store.MAIN) as session:
        first = tick_of(start_of_day(max(wished, clock.now())))
        found = free_slots(session, [counsellor_id], first, _latest(clock.now()), within_week=within_week)
    return found[counsellor_id][:CHOICES]


def first_slots(counsellors: Sequence[Bookable]) -> dict[str, Slot | None]:
    """Return the first free hour of each of these counsellors, as everybody sees it."""
    ids, now = [each.id for each in counsellors], clock.now()
    with reading(Store.MAIN) as session:
        found = free_slots(session, ids, first_tick(clock.today()), _latest(now), within_week=False)
    return {each: next(iter(found[each]), None) for each in ids}


def _latest(now: datetime) -> int:
    return tick_at_or_after(now + HORIZON) - 1
