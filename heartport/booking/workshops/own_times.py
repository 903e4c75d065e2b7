"""When a confirmed workshop is, for a file to take along."""

from heartport.booking.rules.grid import Span
from heartport.booking.workshops.rows import WorkshopUnknown, booked_span, find_row
from heartport.callers import WORKSHOP_ROLES, Caller
from heartport.stores import Store, reading


def time_of_workshop(caller: Caller, workshop_id: str) -> Span | None:
    """Return when a workshop takes place that the caller may see."""
    if caller.roles.isdisjoint(WORKSHOP_ROLES):
        return None
    with reading(Store.MAIN) as session:
        try:
            return booked_span(session, find_row(session, caller, workshop_id))
        except WorkshopUnknown:
            return None
