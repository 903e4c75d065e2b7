"""What comes in and goes out about counselling."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Annotated, Any, NotRequired, TypedDict

from marshmallow import ValidationError, fields, validate, validates_schema

from heartport.booking.counselling.appointments import Own
from heartport.booking.counselling.counsellors import Slot
from heartport.booking.counselling.desk import Seen
from heartport.booking.counselling.line import Place
from heartport.booking.counselling.phones import code_of, phone_of
from heartport.booking.counselling.rules.limits import CUT_OFF, MODES, correctable_until
from heartport.booking.counselling.rules.states import AHEAD, APPOINTMENTS, HOLDING, State
from heartport.booking.fields import instant_field
from heartport.booking.resources import Bookable
from heartport.booking.rules.grid import TICK_MINUTES, moment_of
from heartport.booking.rules.meeting_places import (
    LINK,
    LONGEST_ADDRESS,
    LONGEST_DIRECTIONS,
    LONGEST_LINK,
    MeetingPlace,
    is_link,
)
from heartport.booking.rules.openings import (
    MINUTES_A_DAY,
    MOST_CHANGES,
    MOST_OPENINGS,
    Change,
    OpenDay,
    Opening,
    Openings,
)
from heartport.followups.schemas import Phone
from heartport.local_time import instant_out
from heartport.members.schemas import NOT_BLANK
from heartport.messages.words import TITLE
from heartport.web.schemas import BodyIn, Flag, WholeNumber
from heartport.web.shapes import Day, Id, Instant, Keywords, one_of

CLOCK = "^(([01][0-9]|2[0-3]):(00|15|30|45)|24:00)$"
Mode = Annotated[str, one_of(MODES)]
StateName = Annotated[str, one_of(sorted(APPOINTMENTS.states))]
Clock = Annotated[str, Keywords(pattern=CLOCK)]
Missing = Annotated[list[Mode], "In which modes one can be booked though it was not said where."]
ALARM_SECONDS = 3600


class SlotOut(TypedDict):
    """A free hour."""

    starts_at: Instant
    ends_at: Instant
    modes: list[Mode]


class CounsellorOut(TypedDict):
    """Somebody who can be booked."""

    id: Id
    name: str
    district: str | None
    next: Annotated[SlotOut | None, "Their next free hour; null where one can only wait."]
    waiting: NotRequired[Annotated[int, "How many wait before this person, where this person waits for them."]]


class PhoneCalendarOut(TypedDict):
    """The fields of `wx.addPhoneCalendar`; the title is neutral."""

    title: str
    startTime: Annotated[int, "Seconds since 1970."]
    endTime: str
    alarm: bool
    alarmOffset: Annotated[int, "Seconds before the beginning."]


class CounsellorBriefOut(TypedDict):
    """With whom."""

    id: Id
    name: str


class MeetingPlaceOut(TypedDict):
    """Where one is met; what an appointment does not need is null."""

    address: str | None
    directions: Annotated[str | None, "How to find the door."]
    video_url: Annotated[str | None, "Never in a list: whoever has it may enter the room."]


class AppointmentOut(TypedDict):
    """One appointment as its person sees it."""

    id: Id
    state: StateName
    version: int
    counsellor: CounsellorBriefOut
    starts_at: Instant
    ends_at: Instant
    mode: Mode
    code: Annotated[str, "Four digits to say at the door instead of a name."]
    expires_at: NotRequired[Annotated[Instant, "Until when to confirm, while it is held."]]
    change_until: Annotated[Instant, "Until when it can be moved, or cancelled early."]
    follow_up_suggested: bool
    place: Annotated[MeetingPlaceOut | None, "Where to go, or the link, for what is booked and not over."]
    place_note: Annotated[str | None, "A sentence in its stead, such as that the counsellor will call."]
    calendar: Annotated[PhoneCalendarOut | None, "null for what is not booked; never tells the place."]
    choices: NotRequired[Annotated[list[SlotOut], "Other times, where the counsellor had to cancel."]]


class SlotsBesideOut(TypedDict):
    """What is free instead, the next first."""

    choices: list[SlotOut]


class AppointmentStateOut(TypedDict):
    """How it stands."""

    state: str


class ConsentBesideOut(TypedDict):
    """Which text is to be agreed to."""

    consent_version: str


class DeskOut(TypedDict):
    """One appointment as its counsellor sees it: no name."""

    id: Id
    state: StateName
    version: int
    starts_at: Instant
    ends_at: Instant
    mode: Mode
    code: Annotated[str, "What the person says at the door."]
    phone: Annotated[str | None, "Where to call, for an appointment by phone that is still to come."]
    place: Annotated[MeetingPlaceOut | None, "What the person is shown of where to go."]
    follow_up_suggested: bool
    correct_until: Annotated[Instant | None, "Until when a no-show can be corrected."]


class PlaceInLineOut(TypedDict):
    """A place in a line."""

    counsellor_id: Id
    mode: Mode | None
    ahead: int


class OpeningOut(TypedDict):
    """A stretch of each such day."""

    day: Annotated[str, one_of(OpenDay)]
    starts: Clock
    ends: Clock
    modes: Annotated[list[Mode], "Empty means any."]
    reserved: Annotated[bool, "Kept for whoever wants to talk within the week."]


class OpeningChangeOut(TypedDict):
    """A stretch of one single day."""

    day: Day
    starts: Clock
    ends: Clock
    opens: bool


class OpeningsOut(TypedDict):
    """When somebody can be booked."""

    version: int
    weekly: list[OpeningOut]
    changes: list[OpeningChangeOut]
    missing: Missing


class PlaceOut(MeetingPlaceOut):
    """Where one is met oneself, whole."""

    version: Annotated[int, "0 while nothing was ever said."]
    missing: Missing


class FeedOut(TypedDict):
    """A new secret address; it is shown this once."""

    path: str


def _choice(values: Sequence[str], **kwargs: Any) -> fields.String:  # noqa: ANN401 - marshmallow's
    return fields.String(validate=validate.OneOf(values, error=f"只能是 {'、'.join(values)} 之一。"), **kwargs)


class AskIn(BodyIn):
    """Which hour a person would like."""

    counsellor_id = fields.String(required=True, validate=validate.Length(22, 22, error="编号不对。"))
    starts_at = instant_field()
    mode = _choice(MODES, required=True)
    within_week = Flag(load_default=False)
    phone = Phone(load_default=None, allow_none=True)


class AppointmentVersionIn(BodyIn):
    """The version of the appointment that was seen."""

    version = WholeNumber(required=True)


class ConfirmAppointmentIn(AppointmentVersionIn):
    """With the text that was read, before the first appointment; and where to call, if not said before."""

    consent_version = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=20))
    phone = Phone(load_default=None, allow_none=True)


class MoveAppointmentIn(AppointmentVersionIn):
    """Another hour."""

    starts_at = instant_field()
    within_week = Flag(load_default=False)


class WaitIn(BodyIn):
    """How to meet, where it matters."""

    mode = _choice(MODES, load_default=None, allow_none=True)


class AttendIn(AppointmentVersionIn):
    """Whether another session is suggested."""

    follow_up = Flag(load_default=False)


class Minutes(fields.String):
    """A time of day on the grid, as minutes since midnight; 24:00 ends a day."""

    default_error_messages = {"clock": "须为整刻钟的时间，例如 09:00 或 24:00。"}  # noqa: RUF012 - marshmallow's

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's
        text = super()._deserialize(value, *args, **kwargs)
        minutes = _minutes(text)
        if minutes is None or minutes % TICK_MINUTES or minutes > MINUTES_A_DAY:
            raise self.make_error("clock")
        return minutes


class OpeningIn(BodyIn):
    """A stretch of each such day."""

    day = fields.Enum(OpenDay, by_value=True, required=True, error_messages={"unknown": "只能是 {choices} 之一。"})
    starts = Minutes(required=True, metadata={"pattern": CLOCK})
    ends = Minutes(required=True, metadata={"pattern": CLOCK})
    modes = fields.List(_choice(MODES), load_default=list, validate=validate.Length(max=len(MODES), error="太多了。"))
    reserved = Flag(load_default=False)


class OpeningChangeIn(BodyIn):
    """A stretch of one single day."""

    day = fields.Date(required=True, error_messages={"invalid": "须为日期，例如 2026-12-05。"})
    starts = Minutes(required=True, metadata={"pattern": CLOCK})
    ends = Minutes(required=True, metadata={"pattern": CLOCK})
    opens = Flag(required=True)


class OpeningsIn(AppointmentVersionIn):
    """All openings and changes, in the place of what was there."""

    weekly = fields.List(
        fields.Nested(OpeningIn), required=True, validate=validate.Length(max=MOST_OPENINGS, error="时段太多了。")
    )
    changes = fields.List(
        fields.Nested(OpeningChangeIn), required=True, validate=validate.Length(max=MOST_CHANGES, error="时段太多了。")
    )


def _line(longest: int, **options: Any) -> fields.String:  # noqa: ANN401 - marshmallow's
    fits = validate.Length(1, longest, error=f"须为 1 至 {longest} 个字。")
    plain = validate.Regexp(NOT_BLANK, error="不能为空白，也不能含有控制字符。")
    return fields.String(allow_none=True, validate=[fits, plain], **options)


def _be_link(text: str) -> None:
    if not is_link(text):
        raise ValidationError("须为 https:// 开头的完整链接，不能带用户名和密码。")


class PlaceIn(BodyIn):
    """Where one is met, in the place of all that was said before; null, or nothing, deletes it."""

    version = WholeNumber(required=True)
    address = _line(LONGEST_ADDRESS, required=True)
    directions = _line(LONGEST_DIRECTIONS, load_default=None)
    video_url = fields.String(
        load_default=None,
        allow_none=True,
        validate=_be_link,
        metadata={"pattern": f"^{LINK}$", "maxLength": LONGEST_LINK},
    )

    @validates_schema(skip_on_field_errors=False)
    def check_directions(self, data: dict[str, Any], **_kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's
        """Name directions that lead nowhere."""
        if data.get("directions") and "address" in data and data["address"] is None:
            raise ValidationError({"directions": ["请先填写地址。"]})


def slot_out(slot: Slot) -> SlotOut:
    """Return a free hour."""
    return {
        "starts_at": instant_out(slot.span.starts_at),
        "ends_at": instant_out(slot.span.ends_at),
        "modes": list(slot.modes),
    }


def counsellor_out(counsellor: Bookable, first: Slot | None, place: Place | None) -> CounsellorOut:
    """Return somebody who can be booked."""
    made: CounsellorOut = {
        "id": counsellor.id,
        "name": counsellor.name,
        "district": counsellor.district,
        "next": slot_out(first) if first else None,
    }
    return {**made, "waiting": place.ahead} if place else made


def appointment_out(own: Own, names: Mapping[str, str]) -> AppointmentOut:
    """Return an appointment; one that was to be confirmed in time and was not reads as expired."""
    row = own.row
    lapsed = row.state in HOLDING and own.expires_at is None
    starts_at, ends_at = moment_of(row.starts), moment_of(row.ends)
    made: AppointmentOut = {
        "id": row.id,
        "state": State.EXPIRED.value if lapsed else row.state,
        "version": row.version,
        "counsellor": {"id": row.counsellor_id, "name": names.get(row.counsellor_id, "")},
        "starts_at": instant_out(starts_at),
        "ends_at": instant_out(ends_at),
        "mode": row.mode,
        "code": code_of(row.id),
        "change_until": instant_out(starts_at - CUT_OFF),
        "follow_up_suggested": row.follow_up_suggested,
        "place": _meeting_place(own.where.place),
        "place_note": own.where.note,
        "calendar": _calendar(starts_at, ends_at) if row.state == State.BOOKED else None,
    }
    if own.expires_at is not None:
        made["expires_at"] = instant_out(own.expires_at)
    if own.choices:
        made["choices"] = [slot_out(slot) for slot in own.choices]
    return made


def desk_out(seen: Seen) -> DeskOut:
    """Return an appointment as its counsellor sees it."""
    row = seen.row
    return {
        "id": row.id,
        "state": row.state,
        "version": row.version,
        "starts_at": instant_out(moment_of(row.starts)),
        "ends_at": instant_out(moment_of(row.ends)),
        "mode": row.mode,
        "code": code_of(row.id),
        "phone": phone_of(row) if row.state in AHEAD else None,
        "place": _meeting_place(seen.where.place),
        "follow_up_suggested": row.follow_up_suggested,
        "correct_until": instant_out(correctable_until(seen.missed_on)) if seen.missed_on else None,
    }


def openings_out(openings: Openings, missing: list[str]) -> OpeningsOut:
    """Return when somebody can be booked."""
    return {
        "version": openings.version,
        "weekly": [
            {
                "day": each.day.value,
                "starts": _clock(each.starts),
                "ends": _clock(each.ends),
                "modes": list(each.modes),
                "reserved": each.reserved,
            }
            for each in openings.weekly
        ],
        "changes": [
            {
                "day": each.day.isoformat(),
                "starts": _clock(each.starts),
                "ends": _clock(each.ends),
                "opens": each.opens,
            }
            for each in openings.changes
        ],
        "missing": missing,
    }


def place_out(place: MeetingPlace, missing: list[str]) -> PlaceOut:
    """Return where somebody is met, to themselves."""
    return {**_place(place), "version": place.version, "missing": missing}


def place_of(body: Mapping[str, Any]) -> MeetingPlace:
    """Return what a body says of a place."""
    return MeetingPlace(body["address"], body["directions"], body["video_url"], body["version"])


def openings_of(body: Mapping[str, Any]) -> tuple[list[Opening], list[Change]]:
    """Return what a body says of openings and changes."""
    weekly = [Opening(**{**each, "modes": tuple(each["modes"])}) for each in body["weekly"]]
    return weekly, [Change(**each) for each in body["changes"]]


def _meeting_place(place: MeetingPlace | None) -> MeetingPlaceOut | None:
    return _place(place) if place else None


def _place(place: MeetingPlace) -> MeetingPlaceOut:
    return {"address": place.address, "directions": place.directions, "video_url": place.link}


def _calendar(starts_at: datetime, ends_at: datetime) -> PhoneCalendarOut:
    return {
        "title": TITLE,
        "startTime": int(starts_at.timestamp()),
        "endTime": str(int(ends_at.timestamp())),
        "alarm": True,
        "alarmOffset": ALARM_SECONDS,
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _minutes(text: str) -> int | None:
    """Return a time of day in minutes, or None where the text is none."""
    if text == "24:00":
        return MINUTES_A_DAY
    try:
        read = time.fromisoformat(text) if len(text) == len("09:00") else None
    except ValueError:
        return None
    return read.hour * 60 + read.minute if read else None
