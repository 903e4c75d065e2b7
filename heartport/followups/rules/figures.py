"""How soon people were called, in figures that tell of nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from heartport.duty.rules import SUPERVISOR_AFTER

TARGET_MINUTES = int(SUPERVISOR_AFTER.total_seconds()) // 60
"""In time is who is called before the supervisor has to step in (API: after 30 minutes)."""
FLOOR = 10
"""A figure rests on at least ten different people (k = 10, docs/aggregates.md)."""
MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class FirstContact:
    """That somebody, by a pseudonym, was first called: in which local month, and after how many minutes of duty."""

    month: str
    person: bytes
    waited_minutes: int


@dataclass(frozen=True, slots=True)
class Figure:
    """How soon people were first called in one month; both None where too few people stand behind it."""

    month: str
    median_minutes: int | None
    share_in_time: int | None
    """Percent."""


def first_contact_figures(contacts: Sequence[FirstContact], today: date) -> list[Figure]:
    """Return a figure for each of the last twelve months that are over, the latest first.

    A running month has none: whoever looked twice would learn from the difference how long one person had waited.
    """
    return [_figure(month, [each for each in contacts if each.month == month]) for month in _months_before(today)]


def _figure(month: str, contacts: Sequence[FirstContact]) -> Figure:
    if len({each.person for each in contacts}) < FLOOR:
        return Figure(month, None, None)
    waited = [each.waited_minutes for each in contacts]
    in_time = sum(minutes < TARGET_MINUTES for minutes in waited)
    return Figure(month, round(median(waited)), round(100 * in_time / len(waited)))


def _months_before(today: date) -> list[str]:
    number = today.year * 12 + today.month - 1
    return [f"{each // 12:04}-{each % 12 + 1:02}" for each in range(number - 1, number - 1 - MONTHS_SHOWN, -1)]
