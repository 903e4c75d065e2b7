"""The statutory calendar: yearly notices from the library `chinesecalendar`, and `content/holidays.yaml` beside it.

The library knows the years whose notice (国务院办公厅关于部分节假日安排的通知) had appeared when it was released. The
file brings later years and single days of this city, and goes before the library. What neither knows is `unknown`:
weekly openings do not hold there, and an operator is told in time (`flask booking check`).
"""

from collections import defaultdict
from datetime import date
from pathlib import Path

from chinese_calendar.constants import holidays, workdays
from flask import Flask, current_app
from marshmallow import Schema, fields, validate

from heartport.booking.rules.days import CalendarDays, DayKind, Notice
from heartport.content import NOT_BLANK, ContentRefused, be_a_day, read_content

FILE = "holidays.yaml"
FIRST_YEAR, LAST_YEAR = 2004, 2100
KINDS_OF_SINGLE_DAYS = (DayKind.WORKDAY, DayKind.HOLIDAY, DayKind.MADE_UP_WORKDAY)


class YearEntry(Schema):
    """The notice for one year as an operator writes it down; it takes the place of the library's."""

    year = fields.Integer(required=True, strict=True, validate=validate.Range(FIRST_YEAR, LAST_YEAR))
    source = fields.String(required=True, validate=NOT_BLANK)
    holidays = fields.List(fields.Date(validate=be_a_day), required=True, validate=validate.Length(min=1))
    made_up_workdays = fields.List(fields.Date(validate=be_a_day), required=True)


class DayEntry(Schema):
    """A single day that is another one in this city."""

    day = fields.Date(required=True, validate=be_a_day)
    kind = fields.Enum(DayKind, by_value=True, required=True, validate=validate.OneOf(KINDS_OF_SINGLE_DAYS))
    reason = fields.String(required=True, validate=NOT_BLANK)


class HolidaysFile(Schema):
    """Everything that goes before the library."""

    years = fields.List(fields.Nested(YearEntry), required=True)
    days = fields.List(fields.Nested(DayEntry), required=True)


def init_app(app: Flask, content_dir: Path) -> None:
    """Read the calendar once; raises `ContentRefused`."""
    app.extensions["heartport.calendar_days"] = load_days(content_dir / FILE)


def current_days() -> CalendarDays:
    """Return the calendar of the current application."""
    days: CalendarDays = current_app.extensions["heartport.calendar_days"]
    return days


def load_days(path: Path) -> CalendarDays:
    """Return the library's notices with those of a file in their place; raises `ContentRefused`."""
    raw = read_content(path, HolidaysFile())
    notices = library_notices()
    problems = []
    for place, each in enumerate(raw["years"], start=1):
        notice = Notice(each["year"], frozenset(each["holidays"]), frozenset(each["made_up_workdays"]))
        problems += [f"{path} › years › {place} › {problem}" for problem in _contradictions(notice)]
        notices[notice.year] = notice
    if problems:
        raise ContentRefused(problems)
    return CalendarDays(notices, {each["day"]: each["kind"] for each in raw["days"]})


def library_notices() -> dict[int, Notice]:
    """Return what the library knows, by years."""
    days: dict[int, tuple[set[date], set[date]]] = defaultdict(lambda: (set(), set()))
    for place, known in enumerate((holidays, workdays)):
        for day in known:
            days[day.year][place].add(day)
    return {year: Notice(year, frozenset(off), frozenset(worked)) for year, (off, worked) in days.items()}


def _contradictions(notice: Notice) -> list[str]:
    problems = [
        f"{name}: {day} is not of {notice.year}."
        for name in ("holidays", "made_up_workdays")
        for day in sorted(getattr(notice, name))
        if day.year != notice.year
    ]
    both = sorted(notice.holidays & notice.made_up_workdays)
    problems += [f"made_up_workdays: {day} is a day off too." for day in both]
    weekdays = [day for day in sorted(notice.made_up_workdays) if day.isoweekday() < 6]
    return problems + [f"made_up_workdays: {day} is no day of a weekend." for day in weekdays]
