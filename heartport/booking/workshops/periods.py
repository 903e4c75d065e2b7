"""Workshops as rows of the export of a period."""

from datetime import date, timedelta

from heartport.booking.periods.rules import Booked
from heartport.booking.rules.grid import Span, first_tick
from heartport.booking.workshops.listing import Seen, Slot, list_between
from heartport.booking.workshops.words import LABELS

KIND = "团体活动"


def list_booked(first: date, last: date) -> list[Booked]:
    """Return the workshops whose confirmed time begins within a stretch of local days."""
    found = list_between(Span(first_tick(first), first_tick(last + timedelta(days=1))))
    return [_booked(seen, seen.booked) for seen in found if seen.booked is not None]


def _booked(seen: Seen, slot: Slot) -> Booked:
    return Booked(
        kind=KIND,
        starts_at=slot.span.starts_at,
        ends_at=slot.span.ends_at,
        title=seen.row.title,
        state=LABELS[seen.state],
        unit=" ".join(seen.unit[-2:]),
        venue=slot.room.name if slot.room else None,
        lecturer=slot.facilitator.name if slot.facilitator else None,
        seats=seen.row.headcount,
        attended=seen.row.attended,
    )
