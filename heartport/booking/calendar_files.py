"""Bookings as iCalendar; imported with the first file, since most processes make none."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from heartport.booking.rules.grid import Span
from heartport.local_time import local

PRODUCT = "-//HeartPort//calendar//ZH"
TITLE = "预约"
"""The only title there is: a calendar is read over shoulders, and shared with colleagues."""
REMIND = timedelta(hours=-1)


def calendar_of(bookings: Iterable[tuple[str, Span]], now: datetime) -> bytes:
    """Return a calendar of (id, time); ids stay the same, so that a moved booking moves in the reader's calendar."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", TITLE)
    for booking_id, span in bookings:
        calendar.add_component(_event(booking_id, span, now))
    text: bytes = calendar.to_ical()
    return text


def _event(booking_id: str, span: Span, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{booking_id}@heartport")
    event.add("dtstamp", local(now))
    event.add("dtstart", span.starts_at)
    event.add("dtend", span.ends_at)
    event.add("summary", TITLE)
    event.add("class", "PRIVATE")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", TITLE)
    alarm.add("trigger", REMIND)
    event.add_component(alarm)
    return event
