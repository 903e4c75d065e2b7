"""For how long appointments are kept."""

from datetime import date, timedelta

KEPT_AFTER = timedelta(days=90)
"""So long after its time an appointment that did not take place can be looked at."""


def first_kept(today: date, days: int) -> date:
    """Return the first day of the earliest year that is kept: a year goes so many days after its end."""
    return (today - timedelta(days=days)).replace(month=1, day=1)
