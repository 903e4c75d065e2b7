"""Whether a wished time can be booked at all: not past, not too soon, not too far, and on the grid."""

from datetime import datetime, timedelta

from heartport.booking.rules.grid import tick_of
from heartport.errors import Invalid


class TimePast(Invalid):
    """The time lies in the past."""

    code = "time_past"
    detail = "这个时间已经过去了。"


class TimeTooSoon(Invalid):
    """The time comes sooner than anybody can prepare for."""

    code = "time_too_soon"
    detail = "这个时间太近了，请选晚一些的时间。"


class TimeTooFar(Invalid):
    """The time lies beyond the horizon."""

    code = "time_too_far"
    detail = "这个时间还没有开放预约。"


class TimeClosed(Invalid):
    """Nothing is open at this time: outside the openings, or on a day off, or on one that nobody knows yet."""

    code = "time_closed"
    detail = "这个时间不开放预约，请从列出的时间里选。"


def check_time(moment: datetime, now: datetime, lead: timedelta, horizon: timedelta, field: str = "starts_at") -> int:
    """Return the tick of a wished start; raises `TimeOffGrid`, `TimePast`, `TimeTooSoon` or `TimeTooFar`."""
    tick = tick_of(moment, field)
    for wrong, kind in (
        (moment <= now, TimePast),
        (moment < now + lead, TimeTooSoon),
        (moment > now + horizon, TimeTooFar),
    ):
        if wrong:
            raise kind(errors={field: [kind.detail]})
    return tick
