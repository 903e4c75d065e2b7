"""A year of appointments goes so many days after its end, whenever in it they were."""

from datetime import date

import pytest

from heartport.booking.counselling.rules.retention import first_kept


@pytest.mark.parametrize(
    ("today", "days", "first"),
    [
        (date(2027, 6, 29), 180, date(2026, 1, 1)),
        (date(2027, 6, 30), 180, date(2027, 1, 1)),
        (date(2028, 6, 28), 180, date(2027, 1, 1)),
        (date(2028, 6, 29), 180, date(2028, 1, 1)),
        (date(2028, 12, 30), 365, date(2027, 1, 1)),
        (date(2028, 12, 31), 365, date(2028, 1, 1)),
    ],
)
def test_a_year_goes_so_many_days_after_its_end(today: date, days: int, first: date) -> None:
    assert first_kept(today, days) == first
