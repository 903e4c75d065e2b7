"""Local time of the service: Asia/Shanghai, by which "today", opening hours and half-years are meant."""

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(moment: datetime) -> datetime:
    """Return this moment in local time; one without a zone is a `ValueError`: taken for local it would be wrong."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(SHANGHAI)


def start_of_day(moment: datetime) -> datetime:
    """Return the first moment of the local day, which stands for the day where no more is to be stored."""
    return local(moment).replace(hour=0, minute=0, second=0, microsecond=0)


def instant_out(moment: datetime) -> str:
    """Return an instant in ISO 8601 with +08:00."""
    return local(moment).isoformat(timespec="seconds")
