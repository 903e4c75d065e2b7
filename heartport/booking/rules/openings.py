"""When something can be booked: weekly openings, changes of single days, kinds of days; and which starts are free."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import compress, repeat
from operator import attrgetter
from typing import NamedTuple

from heartport.booking.rules.days import DayKind
from heartport.booking.rules.grid import TICK_MINUTES, Span, first_tick

MINUTES_A_DAY = 24 * 60
MOST_OPENINGS = 60
MOST_CHANGES = 200


class OpenDay(StrEnum):
    """On which days a weekly opening holds: a weekday as it usually is, or a worked weekend day (调休)."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"
    MADE_UP_WORKDAY = "made_up_workday"


WEEK = tuple(OpenDay)[:7]
_by_start = attrgetter("starts")


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """A stretch of each such day, in local minutes since midnight; `modes` empty means any.

    What is `reserved` is kept for whoever wants to talk within the week.
    """

    day: OpenDay
    starts: int
    ends: int
    modes: tuple[str, ...] = ()
    reserved: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """A stretch of one single day that is open (`opens`) or closed, whatever the week says."""

    day: date
    starts: int
    ends: int
    opens: bool


class Window(NamedTuple):
    """A stretch in which something can be booked, in ticks."""

    start: int
    end: int
    modes: tuple[str, ...] = ()
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What one booking takes, in ticks: its length, the buffers around it, and how far apart starts lie."""

    length: int
    before: int = 0
    after: int = 0
    step: int = 1


class Start(NamedTuple):
    """A free start, and the window in which it lies."""

    tick: int
    window: Window


class CountedDay(NamedTuple):
    """A day, as which one the week counts it, and the tick with which it begins."""

    day: date
    counts_as: OpenDay | None
    midnight: int


@dataclass(frozen=True, slots=True)
class Openings:
    """All that is known about when one resource is open."""

    weekly: Sequence[Opening] = ()
    changes: Sequence[Change] = ()
    version: int = field(default=1)


def open_day(day: date, kind: DayKind) -> OpenDay | None:
    """Return as which day the week counts it; None on a holiday, and where nobody knows: that is never guessed."""
    if kind in (DayKind.HOLIDAY, DayKind.UNKNOWN):
        return None
    return OpenDay.MADE_UP_WORKDAY if kind is DayKind.MADE_UP_WORKDAY else WEEK[day.isoweekday() - 1]


def counted_day(day: date, kind: DayKind) -> CountedDay:
    """Return what all openings need to know of a day; made once for however many resources."""
    return CountedDay(day, open_day(day, kind), first_tick(day))


def windows_of(openings: Openings, days: Iterable[CountedDay]) -> list[Window]:
    """Return when a resource is open on these days, in their order."""
    weekly: dict[OpenDay | None, list[Window]] = defaultdict(list)
    for each in sorted(openings.weekly, key=_by_start):
        weekly[each.day].append(Window(*_span(each), each.modes, each.reserved))
    changes: dict[date, list[Change]] = defaultdict(list)
    for change in openings.changes:
        changes[change.day].append(change)
    found: list[Window] = []
    for day, counts_as, midnight in days:
        within = weekly.get(counts_as, [])
        if day in changes:
            within = sorted(_changed(within, changes[day]))
        found += [Window(midnight + start, midnight + end, modes, kept) for start, end, modes, kept in within]
    return found


def overlapping(stretches: Sequence[Opening | Change]) -> list[int]:
    """Return the places of those that meet an earlier one of the same day."""
    return [
        place
        for place, each in enumerate(stretches)
        if any(each.day == other.day and _meet(each, other) for other in stretches[:place])
    ]


def with_closed(changes: Iterable[Change], closed: Change) -> list[Change]:
    """Return the changes with one day's stretch closed: what of them lies within it gives way."""
    gap = Span(closed.starts, closed.ends)
    kept = [
        replace(each, starts=left.start, ends=left.end)
        for each in changes
        for left in _without(Span(each.starts, each.ends), [gap] if each.day == closed.day else [])
    ]
    return [*kept, closed]


def is_stretch(starts: int, ends: int) -> bool:
    """Tell whether both lie on the grid, in this order, within one day."""
    on_grid = starts % TICK_MINUTES == 0 and ends % TICK_MINUTES == 0
    return on_grid and 0 <= starts < ends <= MINUTES_A_DAY


class Busy:
    """Which ticks of a stretch are taken; whatever lies outside it counts as taken."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self._taken = bytearray(span.end - span.start)

    def take(self, start: int, end: int) -> None:
        """Note that these ticks are taken."""
        first, last = max(start, self.span.start) - self.span.start, min(end, self.span.end) - self.span.start
        if first < last:
            self._taken[first:last] = b"\x01" * (last - first)

    def is_free(self, start: int, end: int) -> bool:
        """Tell whether none of these ticks is taken."""
        first, last = start - self.span.start, end - self.span.start
        return first >= 0 and last <= len(self._taken) and self._taken.find(1, first, last) < 0

    def free_starts(self, before: int, after: int) -> bytearray:
        """Return for each tick of the stretch whether nothing is taken, so much before it and so much after it."""
        size = len(self._taken)
        free = bytearray(b"\x01") * size
        free[:before] = bytes(min(before, size))
        free[max(size - after + 1, 0) :] = bytes(min(after - 1, size))
        place = self._taken.find(1)
        while place >= 0:
            end = self._taken.find(0, place)
            end = size if end < 0 else end
            first, last = max(place - after + 1, 0), min(end + before, size)
            free[first:last] = bytes(last - first)
            place = self._taken.find(1, end)
        return free


def free_starts(windows: Iterable[Window], busy: Busy, shape: Shape, earliest: int, latest: int) -> Iterator[Start]:
    """Give the starts at which a booking of this shape fits, from `earliest` to `latest`.

    Starts are counted from the beginning of each window; the booking itself lies within it, its buffers need not.
    """
    origin, free = busy.span.start, busy.free_starts(shape.before, shape.length + shape.after)
    earliest, latest = max(earliest, origin), min(latest, busy.span.end - 1)
    for window in windows:
        first, last = window.start, min(window.end - shape.length, latest)
        if first < earliest:
            first += -(-(earliest - first) // shape.step) * shape.step
        ticks = range(first, last + 1, shape.step)
        yield from map(Start, compress(ticks, free[first - origin : last + 1 - origin : shape.step]), repeat(window))


def _changed(weekly: Iterable[Window], changes: Sequence[Change]) -> Iterator[Window]:
    """Give the windows of a day on which the week does not hold as it is; all in ticks since midnight."""
    closed = [_span(each) for each in changes if not each.opens]
    for each in weekly:
        for left in _without(Span(each.start, each.end), closed):
            yield Window(*left, each.modes, each.reserved)
    for change in changes:
        if change.opens:
            yield Window(*_span(change))


def _span(stretch: Opening | Change) -> Span:
    """Return a stretch in ticks since midnight."""
    return Span(stretch.starts // TICK_MINUTES, stretch.ends // TICK_MINUTES)


def _without(span: Span, closed: Iterable[Span]) -> list[Span]:
    left = [span]
    for gap in closed:
        left = [
            Span(start, end)
            for each in left
            for start, end in ((each.start, min(each.end, gap.start)), (max(each.start, gap.end), each.end))
            if start < end
        ]
    return left


def _meet(one: Opening | Change, other: Opening | Change) -> bool:
    return one.starts < other.ends and other.starts < one.ends
