"""Fields of bodies that every kind of booking reads alike."""

from datetime import datetime
from typing import Any

from marshmallow import fields, validate

FIRST_YEAR, LAST_YEAR = 2020, 2100
WRONG_INSTANT = "须为带时区的时间，例如 2026-12-05T14:00:00+08:00。"


def instant_field() -> fields.AwareDateTime:
    """Return a required moment with its offset, in a year in which clocks and ticks work."""
    messages: dict[str, Any] = dict.fromkeys(("invalid", "invalid_awareness", "format"), WRONG_INSTANT)
    return fields.AwareDateTime(required=True, format="iso", error_messages=messages, validate=_be_near)


def _be_near(moment: datetime) -> None:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise validate.ValidationError(f"年份须在 {FIRST_YEAR} 至 {LAST_YEAR} 之间。")
