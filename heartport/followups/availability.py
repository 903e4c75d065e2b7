"""What a person is told before they ask: when somebody would call, or that nobody will."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from heartport import clock
from heartport.duty.roster import shifts_lately, shifts_since
from heartport.duty.rules import Shift, first_on_duty, shift_at
from heartport.followups.rules.asking import When, call_from


@dataclass(frozen=True, slots=True)
class Availability:
    """How things stand at a moment: for each wish when somebody could first call, None where nobody could."""

    at: datetime
    on_duty: bool
    expected: Mapping[When, datetime | None]

    @property
    def exists(self) -> bool:
        """Whether anybody is on duty now or at any time to come."""
        return self.expected[When.SOON] is not None


def read_availability() -> Availability:
    """Return how things stand now."""
    now = clock.now()
    return _availability(shifts_since(now), now, tuple(When))


def glance_at_availability() -> Availability:
    """Return for whoever wants to be called soon how things stand, by the roster of a few seconds ago."""
    return _availability(shifts_lately(), clock.now(), (When.SOON,))


def _availability(shifts: Sequence[Shift], now: datetime, wishes: tuple[When, ...]) -> Availability:
    expected = {when: first_on_duty(shifts, call_from(now, when)) for when in wishes}
    return Availability(now, shift_at(shifts, now) is not None, expected)
