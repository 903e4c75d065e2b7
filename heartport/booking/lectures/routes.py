"""HTTP of open lectures: everybody sees them, employees register and check in, coordinators plan them."""

from collections.abc import Callable
from typing import Any

from heartport.booking.audit import BookingChanged, staff_actor
from heartport.booking.feedback.schemas import FeedbackSummaryOut, summary_out
from heartport.booking.lectures import check_ins, feedback, listing, planning, registrations
from heartport.booking.lectures.check_ins import CodeWrong, NotRegistered
from heartport.booking.lectures.feedback import FeedbackGiven
from heartport.booking.lectures.registrations import AlreadyRegistered, CheckedInAlready
from heartport.booking.lectures.rules.details import CapacityTaken, Details, QuotaTaken
from heartport.booking.lectures.rules.times import DoorsClosed, NotOverYet, RegistrationClosed
from heartport.booking.lectures.schemas import (
    ChangedIn,
    CheckInIn,
    CheckInOut,
    ChoicesBesideOut,
    CodeOut,
    DetailsIn,
    FeedbackTokenOut,
    LectureOut,
    RegistrationIn,
    RegistrationOut,
    StateBesideOut,
    TakenBesideOut,
    VersionIn,
    check_in_out,
    choices_out,
    lecture_out,
    registration_out,
)
from heartport.booking.lectures.seats import LectureFull, LectureUnknown
from heartport.booking.occupancy import SlotTaken
from heartport.booking.rules.grid import TimeOffGrid
from heartport.booking.rules.limits import TimeClosed, TimePast, TimeTooFar, TimeTooSoon
from heartport.booking.rules.machines import BookingStateWrong
from heartport.callers import EMPLOYEE
from heartport.errors import Conflict, Invalid
from heartport.local_time import instant_out
from heartport.members.standing import read_standing
from heartport.web.access import current_caller
from heartport.web.contract import Blueprint
from heartport.web.idempotency import IDEMPOTENCY_KEY, IdempotencyKeyNeeded, IdempotencyKeyReused, create_once
from heartport.web.paging import PAGING, page_out, wanted_page, wrong_cursor
from heartport.web.shapes import PUBLIC_ID, PageOut, Parameter

LECTURE = Parameter("lecture_id", "path", "A lecture.", {"type": "string", **PUBLIC_ID})
PLANNING = {
    "title": "睡个好觉：从今晚开始的小改变",
    "summary": "讲一讲睡眠怎么被打乱，又怎么慢慢找回来。",
    "venue": "工人文化宫三楼报告厅",
    "starts_at": "2026-12-05T14:00:00+08:00",
    "duration_minutes": 90,
    "capacity": 120,
    "unit_quota": 20,
    "lecturer_id": "a" * 22,
}
TIMES = (TimeOffGrid, TimePast, TimeTooSoon, TimeTooFar, TimeClosed)

lectures = Blueprint("lectures", __name__, url_prefix="/api/v1/lectures", description="公开讲座")
registered = Blueprint("lecture_registrations", __name__, url_prefix="/api/v1/lectures", description="讲座报名")
plans = Blueprint("lecture_plans", __name__, url_prefix="/api/v1/lectures", description="讲座安排")


@lectures.get("")
@lectures.takes(*PAGING)
@lectures.answers(200, PageOut[LectureOut])
@lectures.refuses(Invalid)
def list_lectures() -> PageOut[LectureOut]:
    """Show lectures to come and one's own, by start; to coordinators all there are, the latest first."""
    page, caller = wanted_page(), current_caller()
    if page.after is not None and not (page.after.isascii() and page.after.isdigit()):
        raise wrong_cursor()
    found = listing.list_for(caller.account_id) if EMPLOYEE in caller.roles else listing.list_planned()
    rest = found[int(page.after or 0) : int(page.after or 0) + page.limit + 1]
    return page_out(rest, page, lambda each: str(each.place), lecture_out)


@lectures.get("/<lecture_id>")
@lectures.takes(LECTURE)
@lectures.answers(200, LectureOut)
@lectures.refuses(LectureUnknown)
def show_lecture(lecture_id: str) -> LectureOut:
    """Show one lecture."""
    caller = current_caller()
    own = EMPLOYEE in caller.roles
    return lecture_out(listing.find_for(caller.account_id, lecture_id) if own else listing.find_planned(lecture_id))


@registered.post("/<lecture_id>/registration")
@registered.takes(LECTURE, IDEMPOTENCY_KEY)
@registered.answers(201, RegistrationOut)
@registered.refuses(LectureUnknown, IdempotencyKeyNeeded, IdempotencyKeyReused, BookingChanged)
@registered.refuses(RegistrationClosed, AlreadyRegistered, LectureFull, beside=ChoicesBesideOut)
@registered.arguments(RegistrationIn, example={"wait": True})
def register(body: dict[str, Any], lecture_id: str) -> tuple[RegistrationOut, int]:
    """Take a seat, or with `wait` a place in the line; a refusal says what is free instead."""
    standing = read_standing(current_caller().account_id)
    who, wait = registrations.registrant(standing.account_id, standing.unit_id), body["wait"]
    try:
        create_once(lambda session: registrations.register(session, who, lecture_id, wait=wait))
    except Conflict as refusal:
        refusal.members["choices"] = choices_out(listing.list_choices(who.account_id, who.unit_id, lecture_id))
        raise
    own = listing.find_for(who.account_id, lecture_id).own
    if own is None:
        raise LectureUnknown  # Given up again before this repetition.
    return registration_out(own), 201


@registered.delete("/<lecture_id>/registration")
@registered.takes(LECTURE)
@registered.answers(204)
@registered.refuses(LectureUnknown, CheckedInAlready, RegistrationClosed, BookingChanged)
def give_up(lecture_id: str) -> tuple[str, int]:
    """Cancel, leave the line, or decline what is kept; once more changes nothing."""
    registrations.give_up(current_caller().account_id, lecture_id)
    return "", 204


@registered.post("/<lecture_id>/check-in")
@registered.takes(LECTURE)
@registered.answers(200, CheckInOut)
@registered.refuses(LectureUnknown, DoorsClosed, CodeWrong, NotRegistered, BookingChanged)
@registered.arguments(CheckInIn, example={"code": "a" * 22})
def check_in(body: dict[str, Any], lecture_id: str) -> CheckInOut:
    """Check in with the code that the door shows; once more says `already`."""
    return check_in_out(check_ins.check_in(current_caller().account_id, lecture_id, body["code"]))


@registered.get("/<lecture_id>/feedback-token")
@registered.takes(LECTURE)
@registered.answers(200, FeedbackTokenOut)
@registered.refuses(LectureUnknown, NotRegistered, FeedbackGiven)
def show_feedback_token(lecture_id: str) -> FeedbackTokenOut:
    """Show the token again that came with the check-in, while it is good."""
    return {"feedback_token": feedback.own_token(current_caller().account_id, lecture_id)}


@plans.post("")
@plans.takes(IDEMPOTENCY_KEY)
@plans.answers(201, LectureOut)
@plans.refuses(*TIMES, IdempotencyKeyNeeded, IdempotencyKeyReused, SlotTaken)
@plans.arguments(DetailsIn, example=PLANNING)
def draft(body: dict[str, Any]) -> tuple[LectureOut, int]:
    """Draft a lecture; lecturer and room are taken for its time from now on."""
    actor, details = _actor(), Details(**body)
    lecture_id, _ = create_once(lambda session: planning.draft_lecture(session, actor, details))
    return lecture_out(listing.find_planned(lecture_id)), 201


@plans.put("/<lecture_id>")
@plans.takes(LECTURE)
@plans.answers(200, LectureOut)
@plans.refuses(LectureUnknown, *TIMES, SlotTaken, QuotaTaken, BookingChanged)
@plans.refuses(BookingStateWrong, beside=StateBesideOut)
@plans.refuses(CapacityTaken, beside=TakenBesideOut)
@plans.arguments(ChangedIn, example={**PLANNING, "version": 1})
def change(body: dict[str, Any], lecture_id: str) -> LectureOut:
    """Change a lecture; of another time everybody is told who has registered."""
    version = body.pop("version")
    planning.change_lecture(_actor(), lecture_id, version, Details(**body))
    return _planned(lecture_id)


@plans.post("/<lecture_id>/resume")
@plans.takes(LECTURE)
@plans.answers(200, LectureOut)
@plans.refuses(LectureUnknown, *TIMES, SlotTaken, QuotaTaken, BookingChanged)
@plans.refuses(BookingStateWrong, beside=StateBesideOut)
@plans.refuses(CapacityTaken, beside=TakenBesideOut)
@plans.arguments(ChangedIn, example={**PLANNING, "version": 1})
def resume(body: dict[str, Any], lecture_id: str) -> LectureOut:
    """Give a postponed lecture its new time; registrations were kept, and everybody is told."""
    version = body.pop("version")
    planning.resume_lecture(_actor(), lecture_id, version, Details(**body))
    return _planned(lecture_id)


@plans.post("/<lecture_id>/open")
@plans.takes(LECTURE)
@plans.answers(200, LectureOut)
@plans.refuses(LectureUnknown, TimePast, BookingChanged)
@plans.refuses(BookingStateWrong, beside=StateBesideOut)
@plans.arguments(VersionIn, example={"version": 1})
def open_lecture(body: dict[str, Any], lecture_id: str) -> LectureOut:
    """Open a draft, or a lecture that was closed, for registration."""
    return _step(planning.open_lecture, lecture_id, body)


@plans.post("/<lecture_id>/close")
@plans.takes(LECTURE)
@plans.answers(200, LectureOut)
@plans.refuses(LectureUnknown, BookingChanged)
@plans.refuses(BookingStateWrong, beside=StateBesideOut)
@plans.arguments(VersionIn, example={"version": 1})
def close(body: dict[str, Any], lecture_id: str) -> LectureOut:
    """Take no further registrations."""
    return _step(planning.close_lecture, lecture_id, body)


@plans.post("/<lecture_id>/postpone")
@plans.takes(LECTURE)
@plans.answers(200, LectureOut)
@plans.refuses(LectureUnknown, BookingChanged)
@plans.refuses(BookingStateWrong, beside=StateBesideOut)
@plans.arguments(VersionIn, example={"version": 1})
def postpone(body: dict[str, Any], lecture_id: str) -> LectureOut:
    """Give the time back and keep the registrations until there is a new one."""
    return _step(planning.postpone_lecture, lecture_id, body)


@plans.post("/<lecture_id>/cancel")
@plans.takes(LECTURE)
@plans.answers(200, LectureOut)
@plans.refuses(LectureUnknown, BookingChanged)
@plans.refuses(BookingStateWrong, beside=StateBesideOut)
@plans.arguments(VersionIn, example={"version": 1})
def cancel(body: dict[str, Any], lecture_id: str) -> LectureOut:
    """Call the lecture off; everybody is told who registered or waited."""
    return _step(planning.cancel_lecture, lecture_id, body)


@plans.post("/<lecture_id>/hold")
@plans.takes(LECTURE)
@plans.answers(200, LectureOut)
@plans.refuses(LectureUnknown, NotOverYet, BookingChanged)
@plans.refuses(BookingStateWrong, beside=StateBesideOut)
@plans.arguments(VersionIn, example={"version": 1})
def hold(body: dict[str, Any], lecture_id: str) -> LectureOut:
    """Note that the lecture took place; it happens by itself, too."""
    return _step(planning.note_held, lecture_id, body)


@plans.get("/<lecture_id>/check-in-code")
@plans.takes(LECTURE)
@plans.answers(200, CodeOut)
@plans.refuses(LectureUnknown, DoorsClosed)
def show_code(lecture_id: str) -> CodeOut:
    """Show what the door shows now: it changes every half-minute."""
    shown = check_ins.current_code(lecture_id)
    return {"code": shown.code, "until": instant_out(shown.until), "svg": check_ins.picture_of(shown)}


@plans.get("/<lecture_id>/feedback")
@plans.takes(LECTURE)
@plans.answers(200, FeedbackSummaryOut)
@plans.refuses(LectureUnknown)
def show_feedback(lecture_id: str) -> FeedbackSummaryOut:
    """Show what at least ten people said together, once no more is taken."""
    summary, still_open = feedback.summary_of(lecture_id)
    return summary_out(summary, still_open)


def _actor() -> bytes:
    return staff_actor(current_caller().account_id)


def _step(take: Callable[[bytes, str, int], None], lecture_id: str, body: dict[str, Any]) -> LectureOut:
    take(_actor(), lecture_id, body["version"])
    return _planned(lecture_id)


def _planned(lecture_id: str) -> LectureOut:
    return lecture_out(listing.find_planned(lecture_id))
