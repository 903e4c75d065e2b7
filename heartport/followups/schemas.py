"""What comes in and goes out about call-backs."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marshmallow import fields

from heartport.followups.availability import Availability
from heartport.followups.contacts import LONGEST_NAME, LONGEST_NOTE, LONGEST_NUMBER, Contact
from heartport.followups.events import Event
from heartport.followups.queue import Names, Opened, Waiting
from heartport.followups.requests import OwnFollowUp
from heartport.followups.rules.asking import Urgency, When
from heartport.followups.rules.figures import FLOOR, TARGET_MINUTES, Figure
from heartport.followups.rules.phones import callable_number
from heartport.followups.rules.steps import Act, AttemptOutcome, CloseOutcome
from heartport.followups.words import LABELS, call_in_words, state_in_words
from heartport.local_time import instant_out
from heartport.members.schemas import NO_CONTROL_CHARACTERS
from heartport.web.schemas import BodyIn, Flag, WholeNumber

WRONG_NUMBER = "请填写 11 位手机号，或带区号的固定电话，例如 010-62345678。"
OFFER = "请人回电"


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


def availability_out(found: Availability, hotlines: list[dict[str, Any]], refused: str | None) -> dict[str, Any]:
    """Return what a person is told before asking; `refused` says why there is nothing to ask for."""
    return {
        "available": refused is None,
        "on_duty_now": found.on_duty,
        "text": refused or call_in_words(found.expected[When.SOON], found.at),
        "options": [
            {"when": when.value, "label": LABELS[when], **_expected_out(expected, found.at)}
            for when, expected in found.expected.items()
            if expected is not None and refused is None
        ],
        "hotlines": hotlines,
    }


def offer_out(found: Availability) -> dict[str, Any]:
    """Return a call-back as one of the things that a result offers."""
    return {"name": OFFER, "on_duty_now": found.on_duty, **_expected_out(found.expected[When.SOON], found.at)}


def own_follow_up_out(own: OwnFollowUp, now: datetime) -> dict[str, Any]:
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


def contact_out(contact: Contact) -> dict[str, Any]:
    """Return how and when to reach a person; for that person and for whoever accepted."""
    return {
        "phone": contact.phone,
        "call_me": contact.call_me,
        "when": contact.when.value,
        "voicemail_ok": contact.voicemail_ok,
        "note": contact.note,
        "urgency": contact.urgency.value,
    }


def waiting_out(waiting: Waiting, names: Names) -> dict[str, Any]:
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


def opened_out(opened: Opened, names: Names) -> dict[str, Any]:
    """Return one call-back in full; what has ended has no place in the queue any more."""
    standing = {"id": opened.id, "state": opened.state.value, "version": opened.version}
    return {
        **(waiting_out(opened.waiting, names) if opened.waiting else standing),
        "outcome": opened.outcome,
        "contact": contact_out(opened.contact) if opened.contact else None,
        "history": [event_out(event) for event in opened.events],
    }


def event_out(event: Event) -> dict[str, Any]:
    """Return one step; who took it is not told."""
    return {"at": instant_out(event.at), "act": event.act.value, "outcome": event.outcome}


def figures_out(figures: Sequence[Figure]) -> dict[str, Any]:
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


def _expected_out(expected: datetime | None, now: datetime) -> dict[str, Any]:
    return {"expected_at": _instant_to_come(expected, now), "text": call_in_words(expected, now)}


def _instant_to_come(moment: datetime | None, now: datetime) -> str | None:
    """Return an instant to come; None stands for now, too, which would be another one at each look."""
    return instant_out(moment) if moment and moment > now else None
