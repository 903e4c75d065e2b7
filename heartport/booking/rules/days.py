"""What kind of a day it is: by the weekday, the State Council's yearly notice, and what the operator put beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

SATURDAY = 6


class DayKind(StrEnum):
    """What a day is by law; `unknown` where the notice for its year is not there yet."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MADE_UP_WORKDAY = "made_up_workday"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice for one year: its days off, and the weekend days that are worked in exchange (调休)."""

    year: int
    holidays: frozenset[date]
    made_up_workdays: frozenset[date]


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """All notices that are known, and single days of this city that go before them."""

    notices: Mapping[int, Notice]
    overrides: Mapping[date, DayKind] = field(default_factory=dict)

    def kind_of(self, day: date) -> DayKind:
        """Return what kind of a day it is."""
        if day in self.overrides:
            return self.overrides[day]
        notice = self.notices.get(day.year)
        if notice is None:
            return DayKind.UNKNOWN
        if day in notice.made_up_workdays:
            return DayKind.MADE_UP_WORKDAY
        if day in notice.holidays:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.isoweekday() >= SATURDAY else DayKind.WORKDAY

    def unknown_days(self, first: date, last: date) -> list[date]:
        """Return the days of a stretch of which nobody can say yet whether they are worked."""
        return [day for day in days_between(first, last) if self.kind_of(day) is DayKind.UNKNOWN]


def days_between(first: date, last: date) -> Iterable[date]:
    """Give each day from the first to the last, both included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
