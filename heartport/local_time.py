"""Local time of the service: Asia/Shanghai, by which "today", opening hours and half-years are meant."""

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"


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


def in_words(moment: datetime, seen_from: datetime) -> str:
    """Say a moment to come as people do: 今天 18:00, 明天 9:00, 11 月 25 日（周三） 9:00."""
    here = local(moment)
    distance = (here.date() - local(seen_from).date()).days
    # From two days on a date says more than 周一, which could be this week's or the next one's.
    date = f"{here.month} 月 {here.day} 日（周{WEEKDAYS[here.weekday()]}）"
    day = {0: "今天", 1: "明天"}.get(distance, date)
    return f"{day} {here.hour}:{here.minute:02}"
