"""What comes in and goes out about call-backs."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, NotRequired, TypedDict

from marshmallow import fields

from heartport.duty.rules import Duty
from heartport.followups.availability import Availability
from heartport.followups.contacts import LONGEST_NAME, LONGEST_NOTE, LONGEST_NUMBER, Contact
from heartport.followups.events import Event
from heartport.followups.queue import Names, Opened, Waiting
from heartport.followups.requests import OwnFollowUp
from heartport.followups.rules.asking import Urgency, When
from heartport.followups.rules.figures import FLOOR, TARGET_MINUTES, Figure
from heartport.followups.rules.phones import callable_number
from heartport.followups.rules.steps import Act, AttemptOutcome, CloseOutcome, State
from heartport.followups.words import LABELS, call_in_words, state_in_words
from heartport.hotlines.schemas import HotlineOut, HotlinesBesideOut
from heartport.local_time import instant_out
from heartport.members.schemas import NO_CONTROL_CHARACTERS
from heartport.web.schemas import BodyIn, Flag, WholeNumber
from heartport.web.shapes import Id, Instant, one_of

WRONG_NUMBER = "请填写 11 位手机号，或带区号的固定电话，例如 010-62345678。"
OFFER = "请人回电"


StateName = Annotated[str, one_of(State)]
ActName = Annotated[str, one_of(Act)]
Outcome = Annotated[str | None, "What came of it."]


class CallBackOut(TypedDict):
    """A call-back as something on offer."""

    name: str
    on_duty_now: bool
    expected_at: Annotated[Instant | None, "When somebody would call; null is now."]
    text: Annotated[str, "The same in words."]


class WhenOut(TypedDict):
    """One time that may suit, and when somebody would call then."""

    when: Annotated[str, one_of(When)]
    label: str
    expected_at: Instant | None
    text: str


class AvailabilityOut(TypedDict):
    """What a person is told before asking."""

    available: bool
    on_duty_now: bool
    text: str
    options: list[WhenOut]
    hotlines: Annotated[list[HotlineOut], "Who answers at this moment."]


class ContactOut(TypedDict):
    """How and when to reach a person."""

    phone: str
    call_me: str | None
    when: Annotated[str, one_of(When)]
    voicemail_ok: bool
    note: str | None
    urgency: Annotated[str, one_of(Urgency)]


class AttemptOut(TypedDict):
    """One call."""

    at: Instant
    outcome: Annotated[str | None, one_of(AttemptOutcome)]


class OwnFollowUpOut(TypedDict):
    """One of a person's own call-backs."""

    id: Id
    state: StateName
    version: int
    asked_at: Instant
    contact: Annotated[ContactOut | None, "null once it has ended: then it is deleted."]
    attempts: list[AttemptOut]
    outcome: Outcome
    expected_at: Annotated[Instant | None, "When somebody will call; null is now, or not any more."]
    text: Annotated[str, "How it stands, in words."]


class AskedOut(OwnFollowUpOut):
    """The same, with whom to call now where it is urgent or nobody is on duty."""

    hotlines: list[HotlineOut]


class PurposeBesideOut(HotlinesBesideOut):
    """Which consent is needed, and whom to call instead."""

    purpose: str


class EventOut(TypedDict):
    """One step."""

    at: Instant
    act: ActName
    outcome: Outcome


class WaitingOut(TypedDict):
    """A live call-back in the queue: neither number nor name nor note."""

    id: Id
    state: StateName
    version: int
    urgency: Annotated[str, one_of(Urgency)]
    asked_at: Instant
    call_from: Annotated[Instant, "From when on the person may be called."]
    waiting_minutes: Annotated[int, "Minutes of duty since then."]
    level: Annotated[str, one_of(Duty)]
    responsible: Annotated[str | None, "The name of who answers for it now."]
    accepted_by: str | None


class OpenedOut(TypedDict):
    """One call-back in full."""

    id: Id
    state: StateName
    version: int
    urgency: NotRequired[Annotated[str, one_of(Urgency)]]
    asked_at: NotRequired[Instant]
    call_from: NotRequired[Instant]
    waiting_minutes: NotRequired[int]
    level: NotRequired[Annotated[str, one_of(Duty)]]
    responsible: NotRequired[str | None]
    accepted_by: NotRequired[str | None]
    outcome: Outcome
    contact: Annotated[ContactOut | None, "For who accepted it alone."]
    history: list[EventOut]


class FigureOut(TypedDict):
    """One month."""

    month: str
    median_minutes: int | None
    share_in_time_percent: int | None


class FiguresOut(TypedDict):
    """How soon people were called; there is one page."""

    target_minutes: int
    smallest_group: Annotated[int, "How many call-backs a month needs for figures."]
    items: list[FigureOut]
    next_cursor: None


class Phone(fields.String):
    """A number that can be called back, in the form in which it is dialled."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - marshmallow's
        text = super()._deserialize(value, *args, **kwargs)
        number = callable_number(text) if len(text) <= LONGEST_NUMBER else None
        if number is None:
            raise self.make_error("number")
        return number

    default_error_messages = {"number": WRONG_NUMBER}  # noqa: RUF012 - marshmallow's


class Words(fields.String):
    """What somebody typed: without blanks around it, and None where nothing is left."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's
        "longest": "不超过 {longest} 个字。",
        "control": "不能含有控制字符。",
    }

    def __init__(self, longest: int) -> None:
        super().__init__(load_default=None, allow_none=True)
        self._longest = longest

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's
        text = super()._deserialize(value, *args, **kwargs).replace("\r\n", "\n").strip()
        if len(text) > self._longest:
            raise self.make_error("longest", longest=self._longest)
        if not re.fullmatch(NO_CONTROL_CHARACTERS, text.replace("\n", "")):
            raise self.make_error("control")
        return text or None


def _choice(of: type[When | Urgency | AttemptOutcome | CloseOutcome], **kwargs: Any) -> fields.Enum:  # noqa: ANN401
    return fields.Enum(of, by_value=True, error_messages={"unknown": "只能是 {choices} 之一。"}, **kwargs)


class FollowUpIn(BodyIn):
    """How, when and why to call somebody; all but the number may be left out."""

    phone = Phone(required=True)
    call_me = Words(LONGEST_NAME)
    when = _choice(When, load_default=When.SOON)
    voicemail_ok = Flag(load_default=False)
    note = Words(LONGEST_NOTE)
    urgency = _choice(Urgency, load_default=Urgency.NORMAL)


class StepIn(BodyIn):
    """The version of the call-back that was seen."""

    version = WholeNumber(required=True)


class AttemptIn(StepIn):
    """What came of a call."""

    outcome = _choice(AttemptOutcome, required=True)


class CloseIn(StepIn):
    """What came of it all."""

    outcome = _choice(CloseOutcome, required=True)


def availability_out(found: Availability, hotlines: list[HotlineOut], refused: str | None) -> AvailabilityOut:
    """Return what a person is told before asking; `refused` says why there is nothing to ask for."""
    return {
        "available": refused is None,
        "on_duty_now": found.on_duty,
        "text": refused or call_in_words(found.expected[When.SOON], found.at),
        "options": [
            {
                "when": when.value,
                "label": LABELS[when],
                "expected_at": _instant_to_come(expected, found.at),
                "text": call_in_words(expected, found.at),
            }
            for when, expected in found.expected.items()
            if expected is not None and refused is None
        ],
        "hotlines": hotlines,
    }


def offer_out(found: Availability) -> CallBackOut:
    """Return a call-back as one of the things that a result offers."""
    expected = found.expected[When.SOON]
    return {
        "name": OFFER,
        "on_duty_now": found.on_duty,
        "expected_at": _instant_to_come(expected, found.at),
        "text": call_in_words(expected, found.at),
    }


def own_follow_up_out(own: OwnFollowUp, now: datetime) -> OwnFollowUpOut:
    """Return one of a person's own call-backs."""
    attempts = [event for event in own.events if event.act is Act.ATTEMPT]
    last = next((AttemptOutcome(each.outcome) for each in reversed(attempts) if each.outcome), None)
    return {
        "id": own.id,
        "state": own.state.value,
        "version": own.version,
        "asked_at": instant_out(own.asked_at),
        "contact": contact_out(own.contact) if own.contact else None,
        "attempts": [{"at": instant_out(each.at), "outcome": each.outcome} for each in attempts],
        "outcome": own.outcome,
        "expected_at": _instant_to_come(own.expected_at, now),
        "text": state_in_words(own.state, own.expected_at, now, last),
    }


def contact_out(contact: Contact) -> ContactOut:
    """Return how and when to reach a person; for that person and for whoever accepted."""
    return {
        "phone": contact.phone,
        "call_me": contact.call_me,
        "when": contact.when.value,
        "voicemail_ok": contact.voicemail_ok,
        "note": contact.note,
        "urgency": contact.urgency.value,
    }


def waiting_out(waiting: Waiting, names: Names) -> WaitingOut:
    """Return a live call-back as the queue shows it: neither number nor name nor note."""
    return {
        "id": waiting.id,
        "state": waiting.state.value,
        "version": waiting.version,
        "urgency": waiting.urgency.value,
        "asked_at": instant_out(waiting.asked_at),
        "call_from": instant_out(waiting.call_from),
        "waiting_minutes": int(waiting.charge.waited.total_seconds()) // 60,
        "level": waiting.charge.duty.value,
        "responsible": names.get(waiting.charge.responsible),
        "accepted_by": names.get(waiting.accepted_by),
    }


def opened_out(opened: Opened, names: Names) -> OpenedOut:
    """Return one call-back in full; what has ended has no place in the queue any more."""
    made: OpenedOut = {
        "id": opened.id,
        "state": opened.state.value,
        "version": opened.version,
        "outcome": opened.outcome,
        "contact": contact_out(opened.contact) if opened.contact else None,
        "history": [event_out(event) for event in opened.events],
    }
    return {**made, **waiting_out(opened.waiting, names)} if opened.waiting else made


def event_out(event: Event) -> EventOut:
    """Return one step; who took it is not told."""
    return {"at": instant_out(event.at), "act": event.act.value, "outcome": event.outcome}


def figures_out(figures: Sequence[Figure]) -> FiguresOut:
    """Return how soon people were called, month by month, with what the figures mean."""
    return {
        "target_minutes": TARGET_MINUTES,
        "smallest_group": FLOOR,
        "items": [
            {
                "month": figure.month,
                "median_minutes": figure.median_minutes,
                "share_in_time_percent": figure.share_in_time,
            }
            for figure in figures
        ],
        "next_cursor": None,
    }


def _instant_to_come(moment: datetime | None, now: datetime) -> str | None:
    """Return an instant to come; None stands for now, too, which would be another one at each look."""
    return instant_out(moment) if moment and moment > now else None
