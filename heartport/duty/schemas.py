"""What comes in and goes out of the roster: the same shape both ways, so that what was read can be changed and sent."""

from typing import Any, TypedDict

from marshmallow import fields, validate

from heartport.duty.roster import Roster
from heartport.duty.rules import Shift
from heartport.local_time import instant_out
from heartport.web.schemas import BodyIn, WholeNumber
from heartport.web.shapes import Instant

MOST_SHIFTS = 500
"""More than three a day for five months; so many fit into one body."""
USERNAME_LENGTH = 32
TOO_LONG = validate.Length(max=USERNAME_LENGTH, error=f"不超过 {USERNAME_LENGTH} 个字符。")


def _instant() -> fields.AwareDateTime:
    wrong = "须为带时区的时间，例如 2026-11-23T09:00:00+08:00。"
    messages: dict[str, Any] = dict.fromkeys(("invalid", "invalid_awareness", "format"), wrong)
    return fields.AwareDateTime(required=True, format="iso", error_messages=messages)


def _username() -> fields.String:
    return fields.String(required=True, validate=TOO_LONG)


class ShiftIn(BodyIn):
    """One shift, with the user names of those who are on duty."""

    starts_at = _instant()
    ends_at = _instant()
    primary = _username()
    backup = _username()
    supervisor = _username()


class RosterIn(BodyIn):
    """All shifts from now on, and the version of the roster that they were made from."""

    version = WholeNumber(required=True)
    items = fields.List(
        fields.Nested(ShiftIn),
        required=True,
        validate=validate.Length(max=MOST_SHIFTS, error=f"最多 {MOST_SHIFTS} 个班次。"),
        error_messages={"invalid": "须为一个列表。"},
    )


class ShiftOut(TypedDict):
    """One shift, with the user names of those who are on duty."""

    starts_at: Instant
    ends_at: Instant
    primary: str
    backup: str
    supervisor: str


class OnDutyOut(TypedDict):
    """Somebody who may be on duty."""

    username: str
    name: str


class RosterOut(TypedDict):
    """All shifts from now on; there is one page."""

    version: int
    items: list[ShiftOut]
    next_cursor: None
    staff: list[OnDutyOut]


def roster_out(roster: Roster) -> RosterOut:
    """Return the roster with the names of all who may be on duty."""
    return {
        "version": roster.version,
        "items": [shift_out(shift) for shift in roster.shifts],
        "next_cursor": None,
        "staff": [{"username": username, "name": name} for username, name in roster.staff.items()],
    }


def shift_out(shift: Shift) -> ShiftOut:
    """Return one shift as it may be sent back."""
    return {
        "starts_at": instant_out(shift.starts_at),
        "ends_at": instant_out(shift.ends_at),
        "primary": shift.primary,
        "backup": shift.backup,
        "supervisor": shift.supervisor,
    }
