"""A wished time is refused with the reason that fits."""

from datetime import timedelta

import pytest

from heartport.booking.rules.grid import TimeOffGrid
from heartport.booking.rules.limits import TimePast, TimeTooFar, TimeTooSoon, check_time
from tests.booking.desk import moment, tick

NOW = moment("2026-11-22 12:00")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("2026-11-22 11:45", TimePast),
        ("2026-11-22 12:00", TimePast),
        ("2026-11-22 13:45", TimeTooSoon),
        ("2026-12-22 12:15", TimeTooFar),
        ("2126-11-22 12:00", TimeTooFar),
        ("2026-11-22 14:07", TimeOffGrid),
    ],
)
def test_a_time_that_cannot_be_booked_says_why(text: str, refusal: type) -> None:
    with pytest.raises(refusal) as refused:
        check_time(moment(text), NOW, timedelta(hours=2), timedelta(days=30))
    assert set(refused.value.errors) == {"starts_at"}


@pytest.mark.parametrize("text", ["2026-11-22 14:00", "2026-12-22 12:00"])
def test_lead_and_horizon_themselves_can_be_booked(text: str) -> None:
    assert check_time(moment(text), NOW, timedelta(hours=2), timedelta(days=30)) == tick(text)
