"""What kinds of messages there are, when each is due, and for how long it is kept."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from heartport.local_time import SHANGHAI, local, start_of_day

KEPT = timedelta(days=90)
"""So long after it was due a message can be read again."""
REMINDER_HOUR = 18
"""Reminders come on the evening before, when people look ahead; one hour for all, so that a row tells the day alone."""
MOST_ACCEPTED = 100
"""Nobody has more bookings ahead; whoever counts on is a program."""


class Kind(StrEnum):
    """What a message says."""

    BOOKED = "booked"
    REMINDER = "reminder"
    MOVED = "moved"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    OFFER = "offer"
    OFFER_EXPIRED = "offer_expired"
    MISSED = "missed"
    FEEDBACK = "feedback"
    PROPOSED = "proposed"
    RETURNED = "returned"
    REJECTED = "rejected"
    ASSIGNED = "assigned"
    HANDED_OVER = "handed_over"
    LINE_CLOSED = "line_closed"
    TO_DECIDE = "to_decide"


STANDING = frozenset(
    {
        Kind.BOOKED,
        Kind.REMINDER,
        Kind.MOVED,
        Kind.UPDATED,
        Kind.OFFER,
        Kind.MISSED,
        Kind.PROPOSED,
        Kind.RETURNED,
        Kind.ASSIGNED,
        Kind.TO_DECIDE,
    }
)
"""These say how a booking stands and are untrue once it stands otherwise; the others say what happened to it."""


class About(StrEnum):
    """What a message leads to in the client."""

    APPOINTMENT = "appointment"
    LECTURE = "lecture"
    WORKSHOP = "workshop"
    OFFER = "offer"
    LINE = "line"


class Template(StrEnum):
    """Which one-time subscription of WeChat a message uses."""

    REMINDER = "reminder"
    CHANGE = "change"
    OFFER = "offer"


def evening_before(moment: datetime) -> datetime:
    """Return when to remind of something: at 18:00 on the day before."""
    return datetime.combine(local(moment).date() - timedelta(days=1), time(REMINDER_HOUR), SHANGHAI)


def due_at(wished: datetime | None, now: datetime) -> datetime:
    """Return the moment that is stored: of a message that is due now it is the beginning of the day."""
    return wished if wished is not None and wished > now else start_of_day(now)


def to_the_minute(moment: datetime) -> datetime:
    """Return the minute of a moment: the inbox needs an order, and nobody needs seconds."""
    return moment.replace(second=0, microsecond=0)
