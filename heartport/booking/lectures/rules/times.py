"""When one may register and check in, how long an offer holds, and when the clock takes over."""

from datetime import datetime, timedelta

from heartport.booking.rules.grid import moment_of
from heartport.booking.rules.quiet_hours import after_waking
from heartport.errors import Conflict

OFFER_HOLDS = timedelta(hours=4)
"""Of waking hours: long enough for a shift's break, short enough for a line to move within a day."""
DOORS_OPEN = timedelta(hours=1)
"""So long before the beginning one may check in."""
DOORS_CLOSE = timedelta(minutes=30)
"""And so long after the end."""
ARCHIVED_AFTER = timedelta(days=30)
"""Then nobody needs to know any more who came."""
FEEDBACK_FOR = timedelta(days=14)
LEAD = timedelta(hours=1)
HORIZON = timedelta(days=366)
CODE_SECONDS = 30
CODE_GRACE = 3
"""A code is good for the half-minute that it is shown in and three more, since people stand in a line."""


class RegistrationClosed(Conflict):
    """The lecture is not open for registration: not yet, not any more, or not at the moment."""

    code = "registration_closed"
    detail = "这场讲座现在不能报名。"


class DoorsClosed(Conflict):
    """Nobody can check in now: too early, too late, or the lecture does not take place."""

    code = "doors_closed"
    detail = "现在不是签到时间：讲座开始前 1 小时到结束后 30 分钟可以签到。"


class NotOverYet(Conflict):
    """Somebody may still come."""

    code = "not_over_yet"
    detail = "讲座还没有结束，结束 30 分钟后才能这样标记。"


def offer_until(now: datetime, starts: int) -> datetime:
    """Return until when an offer holds: four waking hours, and never beyond the beginning."""
    return min(after_waking(now, OFFER_HOLDS), moment_of(starts))


def has_begun(starts: int, now: datetime) -> bool:
    """Tell whether a lecture has begun."""
    return moment_of(starts) <= now


def are_doors_open(starts: int, ends: int, now: datetime) -> bool:
    """Tell whether one may check in."""
    return moment_of(starts) - DOORS_OPEN <= now < moment_of(ends) + DOORS_CLOSE


def is_over(ends: int, now: datetime) -> bool:
    """Tell whether nobody can come any more."""
    return moment_of(ends) + DOORS_CLOSE <= now


def takes_feedback(ends: int, now: datetime) -> bool:
    """Tell whether feedback is taken yet."""
    return now < moment_of(ends) + FEEDBACK_FOR


def window_of(now: datetime) -> int:
    """Return the half-minute in which a moment lies."""
    return int(now.timestamp()) // CODE_SECONDS


def window_ends(window: int) -> datetime:
    """Return when the code of a half-minute is not shown any more."""
    return datetime.fromtimestamp((window + 1) * CODE_SECONDS, tz=moment_of(0).tzinfo)
