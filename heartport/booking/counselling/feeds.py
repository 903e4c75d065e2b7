"""The private calendar of a member of staff, under a secret address that they can change; and single bookings as files.

What goes out is neutral: when, never what kind, with whom or why.
"""

import secrets

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.counselling.models import CalendarFeed
from heartport.booking.models import Resource
from heartport.booking.occupancy import Taken, taken_between
from heartport.booking.rules.grid import TICKS_A_DAY, Span, first_tick
from heartport.errors import NotFound
from heartport.stores import Store, insert_if_absent, reading, write_transaction
from heartport.tokens import hash_token

DAYS_BACK, DAYS_AHEAD = 30, 180


class FeedUnknown(NotFound):
    """There is no such calendar, or its address was changed."""

    code = "feed_unknown"
    detail = "这个日历地址无效，可能已经更换。"


def rotate_feed(staff_id: str) -> str:
    """Give a member of staff a new secret address and return it, this once; an earlier one ends."""
    secret = secrets.token_urlsafe(32)
    row = {"staff_id": staff_id, "secret_hash": hash_token(secret)}

    def work(session: Session) -> None:
        session.execute(delete(CalendarFeed).where(CalendarFeed.staff_id == staff_id))
        insert_if_absent(session, CalendarFeed, row)

    write_transaction(Store.MAIN, work)
    return secret


def taken_of_feed(secret: str) -> list[Taken]:
    """Return what is confirmed of whoever has this secret address, a month back and half a year ahead.

    Raises `FeedUnknown`, also where the person cannot be booked.
    """
    owner = select(Resource.id).join(CalendarFeed, CalendarFeed.staff_id == Resource.staff_id)
    with reading(Store.MAIN) as session:
        resource_id = session.execute(owner.where(CalendarFeed.secret_hash == hash_token(secret))).scalar()
        if resource_id is None:
            raise FeedUnknown
        today = first_tick(clock.today())
        span = Span(today - DAYS_BACK * TICKS_A_DAY, today + DAYS_AHEAD * TICKS_A_DAY)
        return [each for each in taken_between(session, [resource_id], span) if each.expires_at is None]
