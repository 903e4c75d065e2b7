"""Pure decisions about shared results: how long after an appointment they can be read."""

from datetime import date, timedelta


def readable_until(on: date, days: int) -> date:
    """Return the last day on which the results that were shared for an appointment can be read."""
    return on + timedelta(days=days)
