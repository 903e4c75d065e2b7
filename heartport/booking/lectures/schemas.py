"""What comes in and goes out about open lectures."""

from collections.abc import Sequence
from typing import Annotated, Any, NotRequired, TypedDict

from marshmallow import fields, validate

from heartport.booking.fields import instant_field
from heartport.booking.lectures.check_ins import LONGEST_CODE, CheckIn
from heartport.booking.lectures.listing import Listed, Own
from heartport.booking.lectures.rules.details import (
    LEAST_QUOTA,
    LONGEST_MINUTES,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    LONGEST_VENUE,
    MOST_SEATS,
    SHORTEST_MINUTES,
)
from heartport.booking.lectures.rules.states import FULL, LECTURE, LIVE, POSTPONED, shown_state
from heartport.booking.rules.grid import TICK_MINUTES, moment_of
from heartport.local_time import instant_out
from heartport.members.schemas import NOT_BLANK
from heartport.web.schemas import BodyIn, Flag, WholeNumber
from heartport.web.shapes import Id, Instant, one_of

StateName = Annotated[str, one_of(sorted({*LECTURE.states, FULL}))]


class OfferBriefOut(TypedDict):
    """A seat that is kept; answer it under `/offers`."""

    id: Id
    expires_at: Instant


class RegistrationOut(TypedDict):
    """One's own registration."""

    id: Id
    state: Annotated[str, one_of(LIVE)]
    offer: NotRequired[OfferBriefOut]
    ahead: NotRequired[Annotated[int, "How many wait before this person, while they wait."]]


class PlanOut(TypedDict):
    """What coordinators see besides."""

    version: int
    unit_quota: int | None
    lecturer_id: Id
    room_id: Id | None
    duration_minutes: int
    waiting: int
    attended: Annotated[int | None, "How many came, once it was held."]


class LectureOut(TypedDict):
    """One open lecture."""

    id: Id
    title: str
    summary: str
    venue: str
    lecturer: str
    starts_at: Annotated[Instant | None, "null while it is postponed without a new time."]
    ends_at: Instant | None
    capacity: int
    taken: int
    state: StateName
    mine: RegistrationOut | None
    plan: NotRequired[PlanOut]


class ChoiceOut(TypedDict):
    """Another lecture in which there is a seat."""

    id: Id
    title: str
    venue: str
    starts_at: Instant
    ends_at: Instant


class ChoicesBesideOut(TypedDict):
    """What is free instead, the next first."""

    choices: list[ChoiceOut]


class StateBesideOut(TypedDict):
    """How it stands."""

    state: str


class TakenBesideOut(TypedDict):
    """How many seats are taken."""

    taken: int


class CheckInOut(TypedDict):
    """That somebody is in."""

    registration_id: Id
    already: Annotated[bool, "Whether they were in before."]
    feedback_token: Annotated[str, "Good once for `POST /feedback`; tied to nobody."]


class FeedbackTokenOut(TypedDict):
    """What lets a person say once how it was."""

    feedback_token: str


class CodeOut(TypedDict):
    """What the door shows, and its picture."""

    code: str
    until: Instant
    svg: Annotated[str, "The code as a QR picture."]


class RegistrationIn(BodyIn):
    """Whether to wait in line where no seat is left."""

    wait = Flag(load_default=False)


class CheckInIn(BodyIn):
    """What was scanned."""

    code = fields.String(required=True, validate=validate.Length(1, LONGEST_CODE, error="签到码不对。"))


class VersionIn(BodyIn):
    """The version of the lecture that was seen."""

    version = WholeNumber(required=True)


def _text(longest: int) -> fields.String:
    fits = validate.Length(1, longest, error=f"须为 1 至 {longest} 个字。")
    plain = validate.Regexp(NOT_BLANK, error="不能为空白，也不能含有控制字符。")
    return fields.String(required=True, validate=[fits, plain])


def _number(least: int, most: int, **options: Any) -> WholeNumber:  # noqa: ANN401 - marshmallow's
    return WholeNumber(validate=validate.Range(least, most, error=f"须为 {least} 至 {most} 的整数。"), **options)


def _be_quarters(minutes: int) -> None:
    if minutes % TICK_MINUTES:
        raise validate.ValidationError(f"须为 {TICK_MINUTES} 分钟的倍数。")


def _id(**options: Any) -> fields.String:  # noqa: ANN401 - marshmallow's
    return fields.String(validate=validate.Length(22, 22, error="编号不对。"), **options)


class DetailsIn(BodyIn):
    """What a coordinator says of a lecture."""

    title = _text(LONGEST_TITLE)
    summary = _text(LONGEST_SUMMARY)
    venue = _text(LONGEST_VENUE)
    starts_at = instant_field()
    duration_minutes = WholeNumber(
        required=True,
        validate=[
            validate.Range(SHORTEST_MINUTES, LONGEST_MINUTES, error=f"须为 {SHORTEST_MINUTES} 至 {LONGEST_MINUTES}。"),
            _be_quarters,
        ],
    )
    capacity = _number(1, MOST_SEATS, required=True)
    unit_quota = _number(LEAST_QUOTA, MOST_SEATS, load_default=None, allow_none=True)
    lecturer_id = _id(required=True)
    room_id = _id(load_default=None, allow_none=True)


class ChangedIn(DetailsIn):
    """The same, with the version that was seen."""

    version = WholeNumber(required=True)


def lecture_out(listed: Listed) -> LectureOut:
    """Return a lecture as its reader sees it."""
    row = listed.lecture
    timeless = row.state == POSTPONED
    made: LectureOut = {
        "id": row.id,
        "title": row.title,
        "summary": row.summary,
        "venue": row.venue,
        "lecturer": listed.lecturer,
        "starts_at": None if timeless else instant_out(moment_of(row.starts)),
        "ends_at": None if timeless else instant_out(moment_of(row.ends)),
        "capacity": row.capacity,
        "taken": row.taken,
        "state": shown_state(row.state, row.taken, row.capacity),
        "mine": registration_out(listed.own) if listed.own else None,
    }
    return {**made, "plan": _plan(listed, listed.waiting)} if listed.waiting is not None else made


def registration_out(own: Own) -> RegistrationOut:
    """Return one's own registration."""
    row = own.registration
    made: RegistrationOut = {"id": row.id, "state": row.state}
    if row.offered_until is not None:
        made["offer"] = {"id": row.id, "expires_at": instant_out(row.offered_until)}
    return made if own.ahead is None else {**made, "ahead": own.ahead}


def choices_out(lectures: Sequence[Listed]) -> list[ChoiceOut]:
    """Return what is free instead."""
    return [
        {
            "id": row.id,
            "title": row.title,
            "venue": row.venue,
            "starts_at": instant_out(moment_of(row.starts)),
            "ends_at": instant_out(moment_of(row.ends)),
        }
        for row in (each.lecture for each in lectures)
    ]


def check_in_out(done: CheckIn) -> CheckInOut:
    """Return that somebody is in."""
    return {
        "registration_id": done.registration_id,
        "already": done.already,
        "feedback_token": done.feedback_token,
    }


def _plan(listed: Listed, waiting: int) -> PlanOut:
    row = listed.lecture
    return {
        "version": row.version,
        "unit_quota": row.unit_quota,
        "lecturer_id": row.lecturer_id,
        "room_id": row.room_id,
        "duration_minutes": (row.ends - row.starts) * TICK_MINUTES,
        "waiting": waiting,
        "attended": row.attended,
    }
