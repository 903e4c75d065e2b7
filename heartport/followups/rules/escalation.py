"""Who answers for a call-back now, and how long the person has waited: both follow from the roster and the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from heartport.duty.rules import BACKUP_AFTER, Duty, Shift, duty_for, duty_time, shift_at


@dataclass(frozen=True, slots=True)
class Course:
    """What has happened to a live call-back so far."""

    call_from: datetime
    accepted_by: str | None = None
    accepted_at: datetime | None = None
    tried_at: datetime | None = None

    @property
    def is_being_called(self) -> bool:
        """Whether whoever accepted has tried to call."""
        return self.accepted_at is not None and self.tried_at is not None and self.tried_at >= self.accepted_at


@dataclass(frozen=True, slots=True)
class Charge:
    """How long a person has waited, whose turn it is by the roster, and who answers for the call-back now."""

    waited: timedelta
    duty: Duty
    responsible: str | None
    """None where nobody accepted and nobody is on duty."""


def charge_of(course: Course, shifts: Sequence[Shift], now: datetime) -> Charge:
    """Decide who answers: the primary, after 15 minutes of duty the backup, after 30 the supervisor.

    Whoever accepts answers alone for 15 minutes, and from their first call on. Accepting is not calling: after that
    it is the roster's turn again, by how long the person has waited in all.
    """
    until = course.tried_at if course.is_being_called and course.tried_at else now
    waited = duty_time(shifts, course.call_from, until)
    duty, shift = duty_for(waited), shift_at(shifts, now)
    if shift is None or _answers_alone(course, shifts, now):
        return Charge(waited, duty, course.accepted_by)
    return Charge(waited, duty, shift.people[duty])


def _answers_alone(course: Course, shifts: Sequence[Shift], now: datetime) -> bool:
    if course.accepted_at is None:
        return False
    return course.is_being_called or duty_time(shifts, course.accepted_at, now) < BACKUP_AFTER
