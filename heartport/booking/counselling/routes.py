"""HTTP of counselling: an employee books an hour, a counsellor keeps their calendar; no unit has a way to any of it."""

from datetime import date
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import BookingChanged, person_actor
from heartport.booking.availability import OpeningsChanged, read_openings, replace_openings
from heartport.booking.counselling import appointments, desk, feeds, line
from heartport.booking.counselling.appointments import Asked
from heartport.booking.counselling.consents import agreed_version
from heartport.booking.counselling.counsellors import (
    CounsellorUnknown,
    find_counsellor,
    first_slots,
    list_counsellors,
    list_slots,
    next_slots,
)
from heartport.booking.counselling.feeds import FeedUnknown
from heartport.booking.counselling.line import TimesFree
from heartport.booking.counselling.places import save_place
from heartport.booking.counselling.references import AppointmentUnknown
from heartport.booking.counselling.rules.limits import (
    HORIZON,
    AppointmentBegun,
    CounsellingConsentNeeded,
    CutOffPassed,
    NoLongerCorrectable,
    NotYet,
    PhoneNeeded,
    ReschedulesUsed,
    TooManyAppointments,
    YearlySessionsUsed,
    check_may_book,
)
from heartport.booking.counselling.rules.places import missing_modes
from heartport.booking.counselling.schemas import (
    AppointmentOut,
    AppointmentStateOut,
    AppointmentVersionIn,
    AskIn,
    AttendIn,
    ConfirmAppointmentIn,
    ConsentBesideOut,
    CounsellorOut,
    DeskOut,
    FeedOut,
    MoveAppointmentIn,
    OpeningsIn,
    OpeningsOut,
    PlaceIn,
    PlaceInLineOut,
    PlaceOut,
    SlotOut,
    SlotsBesideOut,
    WaitIn,
    appointment_out,
    counsellor_out,
    desk_out,
    openings_of,
    openings_out,
    place_of,
    place_out,
    slot_out,
)
from heartport.booking.counselling.texts import CounsellingTextOut, current_text, text_out
from heartport.booking.fields import FIRST_YEAR, LAST_YEAR
from heartport.booking.files import BookingUnknown, booking_file, calendar_file
from heartport.booking.meeting_places import PlaceChanged, read_place
from heartport.booking.occupancy import HoldExpired, SlotTaken
from heartport.booking.resources import ResourceUnknown, find_resources, resource_of_staff
from heartport.booking.rules.grid import TICKS_A_DAY, TimeOffGrid, first_tick
from heartport.booking.rules.limits import TimeClosed, TimePast, TimeTooFar, TimeTooSoon
from heartport.booking.rules.machines import BookingStateWrong
from heartport.callers import EMPLOYEE
from heartport.errors import Invalid
from heartport.members.rules import AgeGroupNeeded, UnderAge
from heartport.members.standing import standing_of
from heartport.web.access import current_caller
from heartport.web.contract import Blueprint
from heartport.web.idempotency import IDEMPOTENCY_KEY, IdempotencyKeyNeeded, IdempotencyKeyReused, create_once
from heartport.web.shapes import PUBLIC_ID, ItemsOut, PageOut, Parameter

COUNSELLOR = Parameter("counsellor_id", "path", "A counsellor.", {"type": "string", **PUBLIC_ID})
APPOINTMENT = Parameter("appointment_id", "path", "An appointment.", {"type": "string", **PUBLIC_ID})
BOOKING = Parameter("booking_id", "path", "One of the caller's own bookings.", {"type": "string", **PUBLIC_ID})
FEED_PATTERN = "^[A-Za-z0-9_-]{43}$"
SECRET = Parameter("secret", "path", "The secret part of the address.", {"type": "string", "pattern": FEED_PATTERN})
FROM = Parameter(
    "from", "query", "The first local day; today where it is not said.", {"type": "string", "format": "date"}
)
TO = Parameter("to", "query", "The last local day, included.", {"type": "string", "format": "date"})
WITHIN_WEEK = Parameter(
    "within_week",
    "query",
    "`true` shows the hours too that are kept for whoever wants to talk within the week.",
    {"type": "string", "enum": ["true", "false"]},
)
ASKING = {"counsellor_id": "a" * 22, "starts_at": "2026-12-02T14:00:00+08:00", "mode": "in_person"}
PLACE = {
    "version": 0,
    "address": "灯塔区工人文化宫 3 楼 305 室",
    "directions": "走东侧小门，不用登记。",
    "video_url": "https://meet.example/room-305",
}
ICAL = "text/calendar; charset=utf-8"
TEXT = {"type": "string"}
TIMES = (TimeOffGrid, TimePast, TimeTooSoon, TimeTooFar, TimeClosed)

counsellors = Blueprint("counsellors", __name__, url_prefix="/api/v1/counsellors", description="咨询师")
own_appointments = Blueprint("own_appointments", __name__, url_prefix="/api/v1/appointments", description="咨询预约")
appointments_of_both = Blueprint("appointments", __name__, url_prefix="/api/v1/appointments", description="咨询预约")
counselling_desk = Blueprint(
    "counselling_desk", __name__, url_prefix="/api/v1/appointments", description="咨询师的预约"
)
counsellors_calendar = Blueprint("calendar", __name__, url_prefix="/api/v1/calendar", description="咨询师的日程")
calendar_feed = Blueprint("calendar_feed", __name__, url_prefix="/api/v1/calendar", description="日历订阅")
booking_files = Blueprint("booking_files", __name__, url_prefix="/api/v1/bookings", description="日历文件")


@counsellors.get("")
@counsellors.answers(200, ItemsOut[CounsellorOut])
def show_counsellors() -> ItemsOut[CounsellorOut]:
    """Show who can be booked, each with their next free hour, and where one waits."""
    found = list_counsellors()
    first, places = first_slots(found), {each.counsellor_id: each for each in line.places_of(_account())}
    return {"items": [counsellor_out(each, first[each.id], places.get(each.id)) for each in found]}


@counsellors.get("/consent-text")
@counsellors.answers(200, CounsellingTextOut)
def show_consent_text() -> CounsellingTextOut:
    """Show what a person agrees to before the first appointment, and to which version they agreed."""
    return text_out(current_text(), agreed_version(_account()))


@counsellors.get("/<counsellor_id>/slots")
@counsellors.takes(COUNSELLOR, FROM, TO, WITHIN_WEEK)
@counsellors.answers(200, ItemsOut[SlotOut])
@counsellors.refuses(CounsellorUnknown, Invalid)
def show_slots(counsellor_id: str) -> ItemsOut[SlotOut]:
    """Show the free hours of a counsellor, of 30 days where no days are said."""
    first = _day("from", clock.today())
    last = _day("to", clock.today() + HORIZON)
    if last < first:
        raise Invalid(errors={"to": ["不能早于开始的日期。"]})
    within_week = _within_week()
    end = first_tick(last) + TICKS_A_DAY - 1
    found = list_slots(counsellor_id, first_tick(first), end, within_week=within_week)
    return {"items": [slot_out(slot) for slot in found]}


@counsellors.post("/<counsellor_id>/waiting-list")
@counsellors.takes(COUNSELLOR, IDEMPOTENCY_KEY)
@counsellors.answers(201, PlaceInLineOut)
@counsellors.refuses(CounsellorUnknown, AgeGroupNeeded, UnderAge, IdempotencyKeyNeeded, IdempotencyKeyReused)
@counsellors.refuses(TimesFree, beside=SlotsBesideOut)
@counsellors.arguments(WaitIn, example={"mode": "in_person"})
def wait_for(body: dict[str, Any], counsellor_id: str) -> tuple[PlaceInLineOut, int]:
    """Wait for a counsellor: what becomes free is offered to one person at a time."""
    account_id = _adult()

    def join(session: Session) -> str:
        find_counsellor(counsellor_id)
        return line.join_line(session, account_id, counsellor_id, body["mode"])

    try:
        create_once(join)
    except TimesFree as refusal:
        refusal.members["choices"] = [slot_out(slot) for slot in next_slots(counsellor_id, clock.now())]
        raise
    place = next((each for each in line.places_of(account_id) if each.counsellor_id == counsellor_id), None)
    ahead, mode = (place.ahead, place.mode) if place else (0, body["mode"])
    return {"counsellor_id": counsellor_id, "mode": mode, "ahead": ahead}, 201


@counsellors.delete("/<counsellor_id>/waiting-list")
@counsellors.takes(COUNSELLOR)
@counsellors.answers(204)
@counsellors.refuses(CounsellorUnknown)
def wait_no_more(counsellor_id: str) -> tuple[str, int]:
    """Leave the line, of somebody too who cannot be booked any more; once more changes nothing."""
    if not find_resources([counsellor_id]):
        raise CounsellorUnknown
    line.leave_line(_account(), counsellor_id)
    return "", 204


@own_appointments.post("")
@own_appointments.takes(IDEMPOTENCY_KEY)
@own_appointments.answers(201, AppointmentOut)
@own_appointments.refuses(CounsellorUnknown, AgeGroupNeeded, UnderAge, *TIMES, PhoneNeeded)
@own_appointments.refuses(TooManyAppointments, YearlySessionsUsed, IdempotencyKeyNeeded, IdempotencyKeyReused)
@own_appointments.refuses(SlotTaken, beside=SlotsBesideOut)
@own_appointments.arguments(AskIn, example=ASKING)
def hold_time(body: dict[str, Any]) -> tuple[AppointmentOut, int]:
    """Hold a free hour for ten minutes; a refusal says what is free instead."""
    account_id, asked = _adult(), Asked(**body)
    actor = person_actor(account_id)

    def hold(session: Session) -> str:
        find_counsellor(asked.counsellor_id)
        return appointments.hold_time(session, account_id, actor, asked)

    try:
        made, _ = create_once(hold)
    except SlotTaken as refusal:
        found = next_slots(asked.counsellor_id, asked.starts_at, within_week=asked.within_week)
        refusal.members["choices"] = [slot_out(slot) for slot in found]
        raise
    return _own(made), 201


@own_appointments.post("/<appointment_id>/confirm")
@own_appointments.takes(APPOINTMENT)
@own_appointments.answers(200, AppointmentOut)
@own_appointments.refuses(AppointmentUnknown, HoldExpired, PhoneNeeded, BookingChanged)
@own_appointments.refuses(CounsellingConsentNeeded, beside=ConsentBesideOut)
@own_appointments.refuses(BookingStateWrong, beside=AppointmentStateOut)
@own_appointments.arguments(ConfirmAppointmentIn, example={"version": 1, "consent_version": "2026-11"})
def confirm(body: dict[str, Any], appointment_id: str) -> AppointmentOut:
    """Confirm what is held, agreeing to the text before the first time."""
    appointments.confirm_appointment(
        _account(), appointment_id, body["version"], body["consent_version"], body["phone"]
    )
    return _own(appointment_id)


@own_appointments.post("/<appointment_id>/reschedule")
@own_appointments.takes(APPOINTMENT)
@own_appointments.answers(200, AppointmentOut)
@own_appointments.refuses(AppointmentUnknown, CounsellorUnknown, BookingChanged, *TIMES)
@own_appointments.refuses(ReschedulesUsed, CutOffPassed, YearlySessionsUsed)
@own_appointments.refuses(SlotTaken, beside=SlotsBesideOut)
@own_appointments.refuses(BookingStateWrong, beside=AppointmentStateOut)
@own_appointments.arguments(MoveAppointmentIn, example={"version": 2, "starts_at": "2026-12-03T14:00:00+08:00"})
def reschedule(body: dict[str, Any], appointment_id: str) -> AppointmentOut:
    """Move an appointment to another hour; the old one stays until the new one is sure."""
    account_id = _account()
    try:
        appointments.reschedule_appointment(
            account_id, appointment_id, body["version"], body["starts_at"], within_week=body["within_week"]
        )
    except SlotTaken as refusal:
        counsellor_id = appointments.find_own(account_id, appointment_id).row.counsellor_id
        found = next_slots(counsellor_id, body["starts_at"], within_week=body["within_week"])
        refusal.members["choices"] = [slot_out(slot) for slot in found]
        raise
    return _own(appointment_id)


@appointments_of_both.get("")
@appointments_of_both.answers(200, PageOut[AppointmentOut | DeskOut])
def list_appointments() -> PageOut[AppointmentOut | DeskOut]:
    """Show one's own appointments: to a person the latest first, to a counsellor by start."""
    caller = current_caller()
    if EMPLOYEE not in caller.roles:
        return {"items": [desk_out(seen) for seen in desk.list_appointments(caller.account_id)], "next_cursor": None}
    found = appointments.list_own(caller.account_id)
    names = _names([each.row.counsellor_id for each in found])
    return {"items": [appointment_out(each, names) for each in found], "next_cursor": None}


@appointments_of_both.get("/<appointment_id>")
@appointments_of_both.takes(APPOINTMENT)
@appointments_of_both.answers(200, AppointmentOut | DeskOut)
@appointments_of_both.refuses(AppointmentUnknown)
def show_appointment(appointment_id: str) -> AppointmentOut | DeskOut:
    """Show one of them."""
    return _shown(appointment_id)


@appointments_of_both.post("/<appointment_id>/cancel")
@appointments_of_both.takes(APPOINTMENT)
@appointments_of_both.answers(200, AppointmentOut | DeskOut)
@appointments_of_both.refuses(AppointmentUnknown, AppointmentBegun, BookingChanged)
@appointments_of_both.refuses(BookingStateWrong, beside=AppointmentStateOut)
@appointments_of_both.arguments(AppointmentVersionIn, example={"version": 2})
def cancel(body: dict[str, Any], appointment_id: str) -> AppointmentOut | DeskOut:
    """Cancel, as the person or as the counsellor, who leaves them three other times and the first place in the line."""
    caller = current_caller()
    by = appointments.cancel_appointment if EMPLOYEE in caller.roles else desk.call_off
    by(caller.account_id, appointment_id, body["version"])
    return _shown(appointment_id)


@counselling_desk.post("/<appointment_id>/check-in")
@counselling_desk.takes(APPOINTMENT)
@counselling_desk.answers(200, DeskOut)
@counselling_desk.refuses(AppointmentUnknown, NotYet, NoLongerCorrectable, BookingChanged)
@counselling_desk.refuses(BookingStateWrong, beside=AppointmentStateOut)
@counselling_desk.arguments(AppointmentVersionIn, example={"version": 2})
def check_in(body: dict[str, Any], appointment_id: str) -> DeskOut:
    """Note that the person is here; within a day this also corrects a no-show."""
    desk.check_in(_account(), appointment_id, body["version"])
    return _at_desk(appointment_id)


@counselling_desk.post("/<appointment_id>/attend")
@counselling_desk.takes(APPOINTMENT)
@counselling_desk.answers(200, DeskOut)
@counselling_desk.refuses(AppointmentUnknown, BookingChanged)
@counselling_desk.refuses(BookingStateWrong, beside=AppointmentStateOut)
@counselling_desk.arguments(AttendIn, example={"version": 3, "follow_up": True})
def attend(body: dict[str, Any], appointment_id: str) -> DeskOut:
    """Note that the session took place."""
    desk.attend(_account(), appointment_id, body["version"], follow_up=body["follow_up"])
    return _at_desk(appointment_id)


@counselling_desk.post("/<appointment_id>/no-show")
@counselling_desk.takes(APPOINTMENT)
@counselling_desk.answers(200, DeskOut)
@counselling_desk.refuses(AppointmentUnknown, NotYet, BookingChanged)
@counselling_desk.refuses(BookingStateWrong, beside=AppointmentStateOut)
@counselling_desk.arguments(AppointmentVersionIn, example={"version": 2})
def note_no_show(body: dict[str, Any], appointment_id: str) -> DeskOut:
    """Note that the person did not come; first of all they get a caring message."""
    desk.note_no_show(_account(), appointment_id, body["version"])
    return _at_desk(appointment_id)


@counsellors_calendar.get("/availability")
@counsellors_calendar.answers(200, OpeningsOut)
@counsellors_calendar.refuses(ResourceUnknown)
def show_availability() -> OpeningsOut:
    """Show when one can be booked."""
    return _openings(_own_resource())


@counsellors_calendar.put("/availability")
@counsellors_calendar.answers(200, OpeningsOut)
@counsellors_calendar.refuses(ResourceUnknown, OpeningsChanged)
@counsellors_calendar.arguments(
    OpeningsIn,
    example={"version": 1, "weekly": [{"day": "mon", "starts": "09:00", "ends": "12:00"}], "changes": []},
)
def replace_availability(body: dict[str, Any]) -> OpeningsOut:
    """Say anew when one can be booked; what is booked stays booked."""
    resource_id, (weekly, changes) = _own_resource(), openings_of(body)
    replace_openings(resource_id, weekly, changes, body["version"])
    return _openings(resource_id)


@counsellors_calendar.get("/place")
@counsellors_calendar.answers(200, PlaceOut)
@counsellors_calendar.refuses(ResourceUnknown)
def show_place() -> PlaceOut:
    """Show where one is met."""
    return _place(_own_resource())


@counsellors_calendar.put("/place")
@counsellors_calendar.answers(200, PlaceOut)
@counsellors_calendar.refuses(ResourceUnknown, PlaceChanged)
@counsellors_calendar.arguments(PlaceIn, example=PLACE)
def replace_place(body: dict[str, Any]) -> PlaceOut:
    """Say anew where one is met; whoever is booked and concerned is told that something changed, and not what."""
    resource_id = _own_resource()
    save_place(resource_id, place_of(body))
    return _place(resource_id)


@counsellors_calendar.post("/feed/rotate")
@counsellors_calendar.answers(201, FeedOut)
def rotate_feed() -> tuple[FeedOut, int]:
    """Make a new secret address for one's calendar; an earlier one ends at once."""
    return {"path": f"/api/v1/calendar/feed/{feeds.rotate_feed(_account())}.ics"}, 201


@calendar_feed.get("/feed/<secret>.ics")
@calendar_feed.takes(SECRET)
@calendar_feed.answers(200, TEXT, content_type=ICAL)
@calendar_feed.refuses(FeedUnknown)
def show_feed(secret: str) -> Response:
    """Give a calendar to whoever has its secret address; entries say when, and nothing else."""
    found = [(each.booking_id, each.span) for each in feeds.taken_of_feed(secret)]
    return Response(calendar_file(found), content_type=ICAL)


@booking_files.get("/<booking_id>.ics")
@booking_files.takes(BOOKING)
@booking_files.answers(200, TEXT, content_type=ICAL)
@booking_files.refuses(BookingUnknown)
def show_file(booking_id: str) -> Response:
    """Give one of one's own bookings for the calendar of a phone."""
    return Response(booking_file(current_caller(), booking_id), content_type=ICAL)


def _account() -> str:
    return current_caller().account_id


def _adult() -> str:
    """Return the caller's account; raises `AgeGroupNeeded` or `UnderAge`."""
    standing = standing_of(current_caller())
    check_may_book(standing.profile.age_group)
    return standing.account_id


def _own(appointment_id: str) -> AppointmentOut:
    found = appointments.find_own(_account(), appointment_id)
    return appointment_out(found, _names([found.row.counsellor_id]))


def _at_desk(appointment_id: str) -> DeskOut:
    return desk_out(desk.find_appointment(_account(), appointment_id))


def _shown(appointment_id: str) -> AppointmentOut | DeskOut:
    return _own(appointment_id) if EMPLOYEE in current_caller().roles else _at_desk(appointment_id)


def _names(counsellor_ids: list[str]) -> dict[str, str]:
    return {each.id: each.name for each in find_resources(set(counsellor_ids)).values()} if counsellor_ids else {}


def _own_resource() -> str:
    resource_id = resource_of_staff(_account())
    if resource_id is None:
        raise ResourceUnknown
    return resource_id


def _openings(resource_id: str) -> OpeningsOut:
    openings = read_openings(resource_id)
    return openings_out(openings, missing_modes(openings, read_place(resource_id), clock.today()))


def _place(resource_id: str) -> PlaceOut:
    place = read_place(resource_id)
    return place_out(place, missing_modes(read_openings(resource_id), place, clock.today()))


def _day(name: str, otherwise: date) -> date:
    """Return a local day of the query; raises `Invalid`, also for years in which ticks run out."""
    text = request.args.get(name)
    if text is None:
        return otherwise
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-12-05") else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(errors={name: ["须为日期，例如 2026-12-05。"]})
    return day


def _within_week() -> bool:
    text = request.args.get("within_week", "false")
    if text not in ("true", "false"):
        raise Invalid(errors={"within_week": ["须为 true 或 false。"]})
    return text == "true"
