"""Quiet hours: from 22 to 8 nobody is disturbed, and no time to answer runs."""

from datetime import timedelta

import pytest

from heartport.booking.rules.quiet_hours import after_waking, next_waking
from tests.booking.desk import moment


@pytest.mark.parametrize(
    ("at", "wakes"),
    [
        ("2026-11-22 12:00", "2026-11-22 12:00"),
        ("2026-11-22 21:59", "2026-11-22 21:59"),
        ("2026-11-22 22:00", "2026-11-23 08:00"),
        ("2026-11-23 00:30", "2026-11-23 08:00"),
        ("2026-11-23 07:59", "2026-11-23 08:00"),
        ("2026-11-23 08:00", "2026-11-23 08:00"),
        ("2026-12-31 23:00", "2027-01-01 08:00"),
    ],
)
def test_nobody_is_woken(at: str, wakes: str) -> None:
    assert next_waking(moment(at)) == moment(wakes)


@pytest.mark.parametrize(
    ("at", "hours", "over"),
    [
        ("2026-11-22 12:00", 4, "2026-11-22 16:00"),
        ("2026-11-22 18:00", 4, "2026-11-22 22:00"),
        ("2026-11-22 18:01", 4, "2026-11-23 08:01"),
        ("2026-11-22 23:00", 4, "2026-11-23 12:00"),
        ("2026-11-22 12:00", 14, "2026-11-23 12:00"),
        ("2026-11-22 12:00", 30, "2026-11-24 14:00"),
    ],
)
def test_the_clock_stands_still_at_night(at: str, hours: int, over: str) -> None:
    assert after_waking(moment(at), timedelta(hours=hours)) == moment(over)
