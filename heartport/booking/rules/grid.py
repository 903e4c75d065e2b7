"""The grid of the calendar: quarters of an hour, counted since 1970, so that no other time can be stored at all."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from heartport.errors import Invalid
from heartport.local_time import SHANGHAI, local

TICK_MINUTES = 15
TICK = timedelta(minutes=TICK_MINUTES)
TICK_SECONDS = TICK_MINUTES * 60
TICKS_A_DAY = 24 * 60 // TICK_MINUTES


class TimeOffGrid(Invalid):
    """A time does not lie on a quarter of an hour."""

    code = "time_off_grid"
    detail = "时间须为整点、一刻、半点或三刻。"


class Span(NamedTuple):
    """A stretch of time in ticks; `end` is the first tick that is no part of it."""

    start: int
    end: int

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        return moment_of(self.start)

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return moment_of(self.end)

    def meets(self, other: "Span") -> bool:
        """Tell whether both have a tick in common."""
        return self.start < other.end and other.start < self.end


def tick_of(moment: datetime, field: str = "starts_at") -> int:
    """Return the tick that begins at a moment; raises `TimeOffGrid`, naming the field that holds it."""
    tick, rest = divmod(local(moment).timestamp(), TICK_SECONDS)
    if rest:
        raise TimeOffGrid(errors={field: [TimeOffGrid.detail]})
    return int(tick)


def tick_at_or_after(moment: datetime) -> int:
    """Return the first tick that does not begin before a moment."""
    return int(-(-local(moment).timestamp() // TICK_SECONDS))


def moment_of(tick: int) -> datetime:
    """Return the moment at which a tick begins, in local time."""
    return datetime.fromtimestamp(tick * TICK_SECONDS, SHANGHAI)


@lru_cache(maxsize=1024)
def first_tick(day: date) -> int:
    """Return the tick at which a local day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).timestamp()) // TICK_SECONDS


def ticks_of(minutes: int) -> int:
    """Return how many ticks so many minutes are; a `ValueError` where they are not whole ones."""
    ticks, rest = divmod(minutes, TICK_MINUTES)
    if rest:
        raise ValueError("not a multiple of a quarter of an hour")
    return ticks


def day_of(tick: int) -> date:
    """Return the local day in which a tick lies."""
    return moment_of(tick).date()
