"""What happens to appointments by themselves; nothing waits for it but the tidiness of the tables."""

from datetime import timedelta
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import forget_events
from heartport.booking.counselling.line import close_line, settle
from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.rules.states import ENDED
from heartport.booking.models import Resource
from heartport.booking.occupancy import lock_resources
from heartport.booking.rules.grid import tick_at_or_after
from heartport.stores import Store, reading, write_transaction

KEPT_AFTER = timedelta(days=90)
"""So long after its time an appointment that did not take place can be looked at."""


def settle_lines() -> int:
    """Let holds and offers go that are over, serve every line, and return how many expired."""
    with reading(Store.MAIN) as session:
        people = session.execute(select(Resource.id).where(Resource.kind == "person")).scalars().all()
    return sum(write_transaction(Store.MAIN, partial(_settle, counsellor_id)) for counsellor_id in people)


def delete_ended() -> int:
    """Delete the appointments that did not take place and whose time is long over, and return how many."""
    old = Appointment.state.in_(ENDED) & (Appointment.ends < tick_at_or_after(clock.now() - KEPT_AFTER))

    def work(session: Session) -> int:
        ids = session.execute(select(Appointment.id).where(old)).scalars().all()
        forget_events(session, ids)
        session.execute(delete(Appointment).where(Appointment.id.in_(ids)))
        return len(ids)

    return write_transaction(Store.MAIN, work)


def _settle(counsellor_id: str, session: Session) -> int:
    if not lock_resources(session, [counsellor_id])[counsellor_id]:
        close_line(session, counsellor_id)
    return settle(session, counsellor_id)
