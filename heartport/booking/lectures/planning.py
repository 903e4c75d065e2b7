"""Use cases of the coordinators: draft a lecture, change it, and bring it from one state to the next.

Lecturer and room claim their time like any other booking; the new time is taken before the old one is given back.
"""

from collections.abc import Callable

from sqlalchemy import insert
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import Step, Tracked, begin, change_state
from heartport.booking.calendar_days import current_days
from heartport.booking.lectures.line import REGISTRATIONS, call_off, in_states, pass_seats_on
from heartport.booking.lectures.models import Lecture
from heartport.booking.lectures.notices import add, remind, tell
from heartport.booking.lectures.rules.details import Details, check_quota, check_room, check_seats
from heartport.booking.lectures.rules.states import (
    CANCELLABLE,
    CHANGEABLE,
    CHECKED_IN,
    DRAFT,
    LECTURE,
    OFFERED,
    REGISTERED,
    Act,
    change_of,
)
from heartport.booking.lectures.rules.times import HORIZON, LEAD, NotOverYet, has_begun, is_over
from heartport.booking.lectures.seats import hold_lecture, most_of_a_unit, set_quota
from heartport.booking.occupancy import Booking, Wanted, claim, list_taken, lock_resources, move, release
from heartport.booking.resources import find_resources
from heartport.booking.rules.days import DayKind
from heartport.booking.rules.grid import Span, day_of, ticks_of
from heartport.booking.rules.limits import TimeClosed, TimePast, check_time
from heartport.booking.rules.machines import BookingStateWrong
from heartport.columns import new_public_id
from heartport.errors import Invalid
from heartport.messages.rules import Kind
from heartport.stores import Store, write_transaction

LECTURES = Tracked(LECTURE, Lecture)


def draft_lecture(session: Session, actor: bytes, details: Details) -> str:
    """Draft a lecture within the transaction that makes it happen once, and return its id.

    Raises `Invalid` for what cannot be, what `check_time` raises, `TimeClosed` on a holiday, or `SlotTaken`.
    """
    span = _span(details)
    _check_resources(details)
    lecture_id = new_public_id()
    claim(session, Booking(LECTURE.kind, lecture_id), _wanted(details, span))
    row = {"id": lecture_id, "state": DRAFT, "version": 1, "taken": 0, **_columns(details, span)}
    session.execute(insert(Lecture).values(row))
    begin(session, LECTURES, lecture_id, Step("draft", actor), state=DRAFT)
    return lecture_id


def change_lecture(actor: bytes, lecture_id: str, version: int, details: Details) -> None:
    """Change what is said of a lecture; who has registered is told of another time, and more seats go to the line.

    Raises `LectureUnknown`, `BookingStateWrong`, `BookingChanged`, `CapacityTaken`, `QuotaTaken`, and what
    `draft_lecture` raises; a time that stays as it is may be near.
    """
    _check_resources(details)

    def work(session: Session) -> None:
        lock_time(session, lecture_id, details)
        lecture = hold_lecture(session, lecture_id)
        if lecture.state not in CHANGEABLE:
            raise BookingStateWrong(members={"state": lecture.state})
        before = Span(lecture.starts, lecture.ends)
        span = _span(details, before)
        check_seats(details.capacity, lecture.taken)
        check_quota(details.unit_quota, most_of_a_unit(session, lecture_id))
        step = Step(change_of(lecture.state), actor, version)
        change_state(session, LECTURES, lecture_id, step, **_columns(details, span))
        set_quota(session, lecture_id, details.unit_quota)
        move(session, Booking(LECTURE.kind, lecture_id), _wanted(details, span))
        lecture = hold_lecture(session, lecture_id)
        if span != before:
            _tell_all(session, lecture)
        pass_seats_on(session, lecture)

    write_transaction(Store.MAIN, work)


def open_lecture(actor: bytes, lecture_id: str, version: int | None) -> None:
    """Open a draft, or one that was closed, for registration; raises `TimePast` where it has begun."""

    def work(session: Session, lecture: Lecture) -> None:
        act = Act.OPEN if lecture.state == DRAFT else Act.REOPEN
        LECTURE.after(lecture.state, act)
        if has_begun(lecture.starts, clock.now()):
            raise TimePast(errors={"starts_at": [TimePast.detail]})
        change_state(session, LECTURES, lecture_id, Step(act, actor, version))
        pass_seats_on(session, hold_lecture(session, lecture_id))

    _with(lecture_id, work)


def close_lecture(actor: bytes, lecture_id: str, version: int | None) -> None:
    """Take no further registrations; the line stands still."""
    step = Step(Act.CLOSE, actor, version)
    _with(lecture_id, lambda session, _: change_state(session, LECTURES, lecture_id, step))


def postpone_lecture(actor: bytes, lecture_id: str, version: int | None) -> None:
    """Give the time back and keep registrations until there is a new one; everybody is told and may give up."""

    def work(session: Session, lecture: Lecture) -> None:
        change_state(session, LECTURES, lecture_id, Step(Act.POSTPONE, actor, version))
        release(session, lecture_id)
        _tell_all(session, hold_lecture(session, lecture_id))

    _with(lecture_id, work)


def resume_lecture(actor: bytes, lecture_id: str, version: int, details: Details) -> None:
    """Give a postponed lecture its new time and open it again; raises what `change_lecture` raises."""
    _check_resources(details)

    def work(session: Session) -> None:
        lock_time(session, lecture_id, details)
        lecture = hold_lecture(session, lecture_id)
        span = _span(details)
        check_seats(details.capacity, lecture.taken)
        check_quota(details.unit_quota, most_of_a_unit(session, lecture_id))
        change_state(session, LECTURES, lecture_id, Step(Act.RESUME, actor, version), **_columns(details, span))
        set_quota(session, lecture_id, details.unit_quota)
        claim(session, Booking(LECTURE.kind, lecture_id), _wanted(details, span))
        lecture = hold_lecture(session, lecture_id)
        _tell_all(session, lecture)
        pass_seats_on(session, lecture)

    write_transaction(Store.MAIN, work)


def cancel_lecture(actor: bytes, lecture_id: str, version: int | None) -> None:
    """Call a lecture off: its time is free, and everybody who had registered or waited is told."""

    def work(session: Session, lecture: Lecture) -> None:
        change_state(session, LECTURES, lecture_id, Step(Act.CANCEL, actor, version))
        release(session, lecture_id)
        call_off(session, lecture, Kind.CANCELLED)

    _with(lecture_id, work)


def note_held(actor: bytes, lecture_id: str, version: int | None) -> None:
    """Note that a lecture took place and how many came; raises `NotOverYet` while somebody may still check in."""

    def work(session: Session, lecture: Lecture) -> None:
        if not is_over(lecture.ends, clock.now()):
            raise NotOverYet
        came = len(session.execute(in_states(lecture_id, (CHECKED_IN,))).scalars().all())
        change_state(session, LECTURES, lecture_id, Step(Act.HOLD, actor, version), attended=came)
        for row in session.execute(in_states(lecture_id, (REGISTERED,))).scalars().all():
            change_state(session, REGISTRATIONS, row.id, Step("miss", actor))
        call_off(session, lecture, None)

    _with(lecture_id, work)


def _with(lecture_id: str, work: Callable[[Session, Lecture], object]) -> None:
    """Run a step of a lecture that is held, its resources first."""

    def held(session: Session) -> None:
        lock_time(session, lecture_id)
        work(session, hold_lecture(session, lecture_id))

    write_transaction(Store.MAIN, held)


def lock_time(session: Session, lecture_id: str, details: Details | None = None) -> None:
    """Lock what the lecture takes and what it is to take, before the lecture itself."""
    taken = {each.resource_id for each in list_taken(session, lecture_id)}
    wanted = {details.lecturer_id, details.room_id or details.lecturer_id} if details else set()
    lock_resources(session, taken | wanted)


def _tell_all(session: Session, lecture: Lecture) -> None:
    """Tell everybody who has registered or waits of the time that the lecture has now, if it has one."""
    for row in session.execute(in_states(lecture.id, CANCELLABLE)).scalars().all():
        tell(session, lecture, row.account_id, Kind.MOVED, f"{lecture.version}")
        if row.state == REGISTERED:
            remind(session, lecture, row.account_id, row.id)
        elif row.state == OFFERED:
            occasion = f"{row.id} {lecture.version}"
            add(session, lecture, row.account_id, Kind.OFFER, occasion, until=row.offered_until)


def _check_resources(details: Details) -> None:
    """Raise `Invalid` where the lecturer is no person, the room no room, or too small."""
    found = find_resources([each for each in (details.lecturer_id, details.room_id) if each is not None])
    lecturer, room = found.get(details.lecturer_id), found.get(details.room_id or "")
    errors = {}
    if lecturer is None or lecturer.kind != "person" or not lecturer.active:
        errors["lecturer_id"] = ["没有这位可预约的讲师。"]
    if details.room_id is not None and (room is None or room.kind != "room" or not room.active):
        errors["room_id"] = ["没有这个可预约的场地。"]
    if errors:
        raise Invalid(errors=errors)
    check_room(details.capacity, room.capacity if room else None)


def _span(details: Details, before: Span | None = None) -> Span:
    """Return the time of a lecture in ticks; one that it had already may lie near or on a day off."""
    length = ticks_of(details.duration_minutes)
    if before is not None and details.starts_at == before.starts_at:
        return Span(before.start, before.start + length)
    start = check_time(details.starts_at, clock.now(), LEAD, HORIZON)
    if current_days().kind_of(day_of(start)) is DayKind.HOLIDAY:
        raise TimeClosed(errors={"starts_at": ["这一天是法定节假日，请换一天。"]})
    return Span(start, start + length)


def _wanted(details: Details, span: Span) -> list[Wanted]:
    rooms = [] if details.room_id is None else [Wanted(details.room_id, span)]
    return [Wanted(details.lecturer_id, span), *rooms]


def _columns(details: Details, span: Span) -> dict[str, object]:
    return {
        "title": details.title,
        "summary": details.summary,
        "venue": details.venue,
        "starts": span.start,
        "ends": span.end,
        "capacity": details.capacity,
        "unit_quota": details.unit_quota,
        "lecturer_id": details.lecturer_id,
        "room_id": details.room_id,
    }
