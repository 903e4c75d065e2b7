"""Files of a roster: a YAML list of shifts in local time, with the user names of those who are on duty."""

from pathlib import Path
from typing import Any

from marshmallow import Schema, fields, validate

from heartport.content import NOT_BLANK, ContentRefused, read_content
from heartport.duty.roster import check_roster, replace_roster
from heartport.duty.rules import Shift
from heartport.local_time import SHANGHAI

FORMAT = "%Y-%m-%d %H:%M"
EXAMPLE = 'Must be local time, such as "2026-11-23 09:00".'


def _local_time() -> fields.AwareDateTime:
    messages: dict[str, Any] = dict.fromkeys(("invalid", "format"), EXAMPLE)
    return fields.AwareDateTime(required=True, format=FORMAT, default_timezone=SHANGHAI, error_messages=messages)


class ShiftLine(Schema):
    """One shift as a coordinator writes it."""

    starts_at = _local_time()
    ends_at = _local_time()
    primary = fields.String(required=True, validate=NOT_BLANK)
    backup = fields.String(required=True, validate=NOT_BLANK)
    supervisor = fields.String(required=True, validate=NOT_BLANK)


class RosterFile(Schema):
    """All shifts from now on, in any order."""

    shifts = fields.List(fields.Nested(ShiftLine), required=True, validate=validate.Length(min=1))


def load_roster(path: Path) -> int:
    """Put the shifts of a file in the place of all that are not over, and return how many.

    Raises `ContentRefused` with every problem and its place, having changed nothing.
    """
    shifts = [Shift(**line) for line in read_content(path, RosterFile())["shifts"]]
    if problems := check_roster(shifts):
        places = [f"{path} › shifts › {each.index + 1} › {each.field}: {each.message}" for each in problems]
        raise ContentRefused(places)
    replace_roster(shifts, version=None)
    return len(shifts)
