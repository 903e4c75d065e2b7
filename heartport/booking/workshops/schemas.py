"""What comes in and goes out about workshops."""

import re
from typing import Annotated, Any, TypedDict

from marshmallow import ValidationError, fields, validate

from heartport import clock
from heartport.booking.audit import Event
from heartport.booking.fields import instant_field
from heartport.booking.resources import Bookable
from heartport.booking.rules.grid import moment_of
from heartport.booking.workshops.details import LONGEST_COMMENT, LONGEST_CONTACT, LONGEST_NOTE, LONGEST_VENUE
from heartport.booking.workshops.entitlements import Standing
from heartport.booking.workshops.listing import Seen, Slot
from heartport.booking.workshops.matches import Matches, Proposable
from heartport.booking.workshops.rules.minimum import decided_on
from heartport.booking.workshops.rules.steps import COMING, MOST_ROUNDS, WAITING, Act, State
from heartport.booking.workshops.rules.summary import FLOOR, summary_of
from heartport.booking.workshops.rules.wishes import MOST_WISHES
from heartport.booking.workshops.words import LABELS, text_of
from heartport.catalogue.directory import current_catalogue
from heartport.catalogue.rules import FORMAT_LABELS, Format
from heartport.local_time import instant_out
from heartport.members.schemas import NO_CONTROL_CHARACTERS
from heartport.web.schemas import BodyIn, Flag, WholeNumber
from heartport.web.shapes import Day, Id, Instant, one_of

MOST_PEOPLE = 1000
MOST_AT_ONCE = 5
"""So many pieces of equipment one workshop takes."""
LONGEST_REASON = 200
TOO_MANY_WISHES = f"请填 1 至 {MOST_WISHES} 个希望时间。"
ONE_LINE = re.compile(NO_CONTROL_CHARACTERS)


class Line(fields.String):
    """What somebody typed on one line: without blanks around it; None where nothing is left, unless it is needed."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's
        "longest": "不超过 {longest} 个字。",
        "control": "不能含有控制字符。",
        "blank": "必须填写。",
    }

    def __init__(self, longest: int, *, needed: bool = False, lines: bool = False) -> None:
        given: dict[str, Any] = {"required": True} if needed else {"load_default": None, "allow_none": True}
        super().__init__(**given)
        self._longest, self._needed, self._lines = longest, needed, lines

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's
        text = super()._deserialize(value, *args, **kwargs).replace("\r\n", "\n").strip()
        if len(text) > self._longest:
            raise self.make_error("longest", longest=self._longest)
        if not ONE_LINE.fullmatch(text.replace("\n", "") if self._lines else text):
            raise self.make_error("control")
        if self._needed and not text:
            raise self.make_error("blank")
        return text or None


def _count(least: int, most: int, **kwargs: Any) -> WholeNumber:  # noqa: ANN401 - marshmallow's
    return WholeNumber(validate=validate.Range(least, most, error=f"须为 {least} 至 {most} 的整数。"), **kwargs)


def _id(unknown: str, **kwargs: Any) -> fields.String:  # noqa: ANN401 - marshmallow's
    return fields.String(validate=validate.Regexp(r"[A-Za-z0-9_-]{22}\Z", error=unknown), **kwargs)


class WishIn(BodyIn):
    """One time that would suit."""

    starts_at = instant_field()


def _few_wishes(wishes: list[Any]) -> None:
    if not 1 <= len(wishes) <= MOST_WISHES:
        raise ValidationError(TOO_MANY_WISHES)


class Wishes(fields.List):
    """One to three times; more are refused before any of them is looked at."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's
        # The second look is for the document alone: too many are refused before any of them is read.
        number = validate.Length(1, MOST_WISHES, error=TOO_MANY_WISHES)
        messages: dict[str, Any] = {"invalid": "须为一个列表。"}
        super().__init__(fields.Nested(WishIn), validate=number, error_messages=messages, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's
        if isinstance(value, list):
            _few_wishes(value)
        wishes: Any = super()._deserialize(value, *args, **kwargs)
        return [each["starts_at"] for each in wishes]


class WorkshopIn(BodyIn):
    """What a unit asks for; without `venue` a room of the federation is looked for."""

    topic = fields.String(required=True, validate=validate.Regexp(r"[A-Z][0-9]{2}\Z", error="没有这个课题。"))
    wishes = Wishes(required=True)
    headcount = _count(1, MOST_PEOPLE, required=True)
    venue = Line(LONGEST_VENUE)
    district = Line(40)
    contact = Line(LONGEST_CONTACT, needed=True)
    note = Line(LONGEST_NOTE, lines=True)
    unit = _id("没有这个单位。", load_default=None)


class WorkshopStepIn(BodyIn):
    """The version of the workshop that was seen."""

    version = WholeNumber(required=True)


class WorkshopEditIn(WorkshopIn):
    """All contents of a draft anew."""

    version = WholeNumber(required=True)


class WorkshopSubmitIn(WorkshopStepIn):
    """Other wishes in the place of those that were written down, if any."""

    wishes = Wishes(load_default=None)


class WorkshopRescheduleIn(WorkshopStepIn):
    """Times that would suit better."""

    wishes = Wishes(required=True)


class WorkshopHeadcountIn(WorkshopStepIn):
    """How many people will come."""

    headcount = _count(1, MOST_PEOPLE, required=True)


class WorkshopFeedbackIn(WorkshopStepIn):
    """How it was: 1 (not at all good) to 5 (very good), and in words."""

    rating = _count(1, 5, required=True)
    comment = Line(LONGEST_COMMENT, lines=True)


class WorkshopCancelIn(WorkshopStepIn):
    """A coordinator says why; a unit need not."""

    reason = Line(LONGEST_REASON)


class WorkshopRejectIn(WorkshopStepIn):
    """Why not, for the unit to read."""

    reason = Line(LONGEST_REASON, needed=True)


def _all_different(ids: list[str]) -> None:
    if len(set(ids)) < len(ids):
        raise ValidationError("同一件设备只能列一次。")


class WorkshopProposeIn(WorkshopStepIn):
    """What is to be held; `spoken` says that it was agreed on the phone."""

    starts_at = instant_field()
    facilitator_id = _id("没有这位带领人。", required=True)
    room_id = _id("没有这间房间。", load_default=None, allow_none=True)
    equipment_ids = fields.List(
        _id("没有这件设备。"),
        load_default=list,
        validate=[
            validate.Length(max=MOST_AT_ONCE, error=f"一次最多借 {MOST_AT_ONCE} 件。"),
            _all_different,
        ],
        error_messages={"invalid": "须为一个列表。"},
    )
    spoken = Flag(load_default=False)


class WorkshopMergeIn(WorkshopStepIn):
    """With which confirmed workshop it is to be held as one."""

    into = _id("没有这场活动。", required=True)


class WorkshopDeliverIn(WorkshopStepIn):
    """What was counted: people, sheets of feedback that came back, and how many of these were content."""

    attended = _count(0, MOST_PEOPLE, required=True)
    responses = _count(0, MOST_PEOPLE, load_default=None, allow_none=True)
    satisfied = _count(0, MOST_PEOPLE, load_default=None, allow_none=True)


StateName = Annotated[str, one_of(State)]


class WishOut(TypedDict):
    """One wished time."""

    starts_at: Instant


class BookedTopicOut(TypedDict):
    """The topic as it was when it was asked for."""

    code: str
    title: str
    format: Annotated[str, one_of(Format)]
    format_label: str
    duration_min: int
    min_people: int
    max_people: int
    withdrawn: Annotated[bool, "It cannot be asked for any more; this request goes on."]


class BookableOut(TypedDict):
    """A person, a room or a piece of equipment."""

    id: Id
    name: str
    district: str | None


class RoomOut(BookableOut):
    """A room with its seats."""

    capacity: int | None


class WorkshopSlotOut(TypedDict):
    """A time with who leads it, where, and with what."""

    starts_at: Instant
    ends_at: Instant
    facilitator: BookableOut | None
    room: RoomOut | None
    equipment: Annotated[list[BookableOut], "Held or booked with it; of what could be proposed: what is free then."]


class WorkshopProposalOut(WorkshopSlotOut):
    """A time that is held for the unit."""

    held_until: Instant


class WorkshopHistoryOut(TypedDict):
    """One step; of the time only the day is kept."""

    on: Day
    act: Annotated[str, one_of(Act)]
    state: StateName


class WorkshopSummaryOut(TypedDict):
    """For the unit's file; nobody is named, and of feedback nothing is said where too few answered."""

    attended: int
    smallest_group: Annotated[int, "From so many sheets of feedback on a share is said."]
    satisfied_percent: Annotated[int | None, "About; rounded to tens, from 10 to 90."]


class WorkshopFeedbackOut(TypedDict):
    """What the unit said afterwards."""

    rating: int
    comment: str | None


class WorkshopBriefOut(TypedDict):
    """A workshop in a list."""

    id: Id
    state: StateName
    state_label: str
    version: int
    unit: Annotated[list[str], "From the city down."]
    topic: BookedTopicOut
    wishes: list[WishOut]
    headcount: int
    booked: Annotated[WorkshopSlotOut | None, "What is confirmed."]
    proposal: Annotated[WorkshopProposalOut | None, "What waits for the unit to confirm."]
    submitted_on: Day | None
    rounds: Annotated[int, "How many proposals came to nothing."]
    needs_call: Annotated[bool, "So many came to nothing that a coordinator calls before the next."]
    first_in_line: bool
    served: Annotated[int, "How many workshops the unit has had this year."]


class WorkshopOut(WorkshopBriefOut):
    """One workshop in full."""

    text: Annotated[str, "How it stands, in words."]
    venue: Annotated[str | None, "null is a room of the federation, or that it has ended."]
    district: str | None
    contact: Annotated[str | None, "null once it has ended."]
    note: str | None
    reason: str | None
    decided_on: Annotated[Day | None, "Where too few people come: the day on which it is cancelled."]
    summary: WorkshopSummaryOut | None
    feedback: WorkshopFeedbackOut | None
    history: list[WorkshopHistoryOut]


class WorkshopChoiceOut(WorkshopSlotOut):
    """One thing that could be proposed."""

    wish: Annotated[int, "Which of the wishes, from 1."]
    travel_min: Annotated[int, "Minutes kept free before and after."]
    reasons: Annotated[list[str], "Why, in words."]
    rooms: list[RoomOut]


class WorkshopMatchesOut(TypedDict):
    """All that could be proposed, the best first."""

    items: list[WorkshopChoiceOut]
    next_cursor: None
    needs_room: bool
    nobody: Annotated[str | None, "Where there is nothing: why, and what to do."]


class WorkshopChoicesBesideOut(TypedDict):
    """What else could be proposed."""

    choices: list[WorkshopChoiceOut]


class BookingStateBesideOut(TypedDict):
    """How the workshop stands."""

    state: str


class EntitlementOut(TypedDict):
    """How a unit stands in one year."""

    year: int
    allowed: int
    used: int
    left: int


def workshop_out(seen: Seen) -> WorkshopOut:
    """Return one workshop in full."""
    row, details = seen.row, seen.details
    brief = workshop_brief_out(seen)
    return {
        **brief,
        "text": text_of(seen.state, topic_withdrawn=brief["topic"]["withdrawn"]),
        "venue": details.venue if details else None,
        "district": row.district,
        "contact": details.contact if details else None,
        "note": details.note if details else None,
        "reason": row.reason,
        "decided_on": _decided_on(seen),
        "summary": _summary_out(seen),
        "feedback": {"rating": row.rating, "comment": seen.comment} if row.rating is not None else None,
        "history": [history_out(each) for each in seen.events],
    }


def workshop_brief_out(seen: Seen) -> WorkshopBriefOut:
    """Return a workshop as a list shows it."""
    row = seen.row
    return {
        "id": row.id,
        "state": seen.state.value,
        "state_label": LABELS[seen.state],
        "version": row.version,
        "unit": list(seen.unit),
        "topic": _topic_out(seen),
        "wishes": [{"starts_at": instant_out(moment_of(each))} for each in seen.wishes],
        "headcount": row.headcount,
        "booked": slot_out(seen.booked) if seen.booked else None,
        "proposal": _proposal_out(seen.held),
        "submitted_on": row.submitted_on.isoformat() if row.submitted_on else None,
        "rounds": row.rounds,
        "needs_call": row.rounds >= MOST_ROUNDS and seen.state in WAITING,
        "first_in_line": row.first_in_line,
        "served": seen.served,
    }


def slot_out(slot: Slot) -> WorkshopSlotOut:
    """Return a time with who leads it, where, and with what."""
    return {
        "starts_at": instant_out(slot.span.starts_at),
        "ends_at": instant_out(slot.span.ends_at),
        "facilitator": bookable_out(slot.facilitator) if slot.facilitator else None,
        "room": room_out(slot.room) if slot.room else None,
        "equipment": [bookable_out(each) for each in slot.equipment],
    }


def bookable_out(found: Bookable) -> BookableOut:
    """Return a person or a piece of equipment."""
    return {"id": found.id, "name": found.name, "district": found.district}


def room_out(found: Bookable) -> RoomOut:
    """Return a room."""
    return {"id": found.id, "name": found.name, "district": found.district, "capacity": found.capacity}


def history_out(event: Event) -> WorkshopHistoryOut:
    """Return one step; who took it is not told."""
    return {"on": event.on.isoformat(), "act": event.act, "state": event.state}


def matches_out(matches: Matches) -> WorkshopMatchesOut:
    """Return all that could be proposed."""
    return {
        "items": [choice_out(each) for each in matches.items],
        "next_cursor": None,
        "needs_room": matches.needs_room,
        "nobody": matches.nobody,
    }


def choice_out(proposable: Proposable) -> WorkshopChoiceOut:
    """Return one thing that could be proposed."""
    match = proposable.match
    person = match.facilitator
    return {
        "starts_at": instant_out(match.span.starts_at),
        "ends_at": instant_out(match.span.ends_at),
        "facilitator": {"id": person.id, "name": person.name, "district": person.district},
        "room": room_out(proposable.rooms[0]) if proposable.rooms else None,
        "equipment": [bookable_out(each) for each in proposable.equipment],
        "wish": match.wish,
        "travel_min": match.travel_min,
        "reasons": list(match.reasons),
        "rooms": [room_out(each) for each in proposable.rooms],
    }


def entitlement_out(standing: Standing) -> EntitlementOut:
    """Return how a unit stands in one year."""
    left = standing.allowed - standing.used
    return {"year": standing.year, "allowed": standing.allowed, "used": standing.used, "left": left}


def _topic_out(seen: Seen) -> BookedTopicOut:
    row, topic = seen.row, current_catalogue().get(seen.row.topic_code)
    return {
        "code": row.topic_code,
        "title": row.title,
        "format": row.format,
        "format_label": FORMAT_LABELS[Format(row.format)],
        "duration_min": row.duration_min,
        "min_people": row.min_people,
        "max_people": row.max_people,
        "withdrawn": topic is None or not topic.is_offered(clock.today()),
    }


def _proposal_out(slot: Slot | None) -> WorkshopProposalOut | None:
    if slot is None or slot.held_until is None:
        return None
    return {**slot_out(slot), "held_until": instant_out(slot.held_until)}


def _decided_on(seen: Seen) -> str | None:
    """Return when a workshop that is too small alone is decided; a merged one is not small any more."""
    if seen.booked is None or seen.state not in COMING or seen.state is State.MERGED:
        return None
    return decided_on(seen.booked.span.starts_at).isoformat() if seen.row.headcount < seen.row.min_people else None


def _summary_out(seen: Seen) -> WorkshopSummaryOut | None:
    made = summary_of(seen.row.attended, seen.row.responses, seen.row.satisfied)
    if made is None:
        return None
    return {"attended": made.attended, "smallest_group": FLOOR, "satisfied_percent": made.satisfied_percent}
