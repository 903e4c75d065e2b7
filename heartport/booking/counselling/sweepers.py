"""What happens to appointments by themselves; nothing waits for it but the tidiness of the tables."""

from datetime import timedelta
from functools import partial

from flask import current_app
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.counselling.line import close_line, settle
from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.rows import delete_rows, hold_rows
from heartport.booking.counselling.rules.retention import KEPT_AFTER, first_kept
from heartport.booking.counselling.rules.states import ENDED
from heartport.booking.models import Resource
from heartport.booking.occupancy import lock_resources
from heartport.booking.rules.grid import first_tick, tick_at_or_after
from heartport.config import Settings
from heartport.stores import Store, count_rows, reading, write_transaction


def settle_lines() -> int:
    """Let holds and offers go that are over, serve every line, and return how many expired."""
    with reading(Store.MAIN) as session:
        people = session.execute(select(Resource.id).where(Resource.kind == "person")).scalars().all()
    return sum(write_transaction(Store.MAIN, partial(_settle, counsellor_id)) for counsellor_id in people)


def delete_ended() -> int:
    """Delete the appointments that did not take place and whose time is long over, and return how many."""
    ended = Appointment.state.in_(ENDED) & (Appointment.ends < tick_at_or_after(clock.now() - KEPT_AFTER))
    return _delete_of_each(ended)


def delete_past() -> int:
    """Delete all appointments of years that have been over for long enough, and return how many.

    Until then they count against the sessions of their year, and say whose a shared result and a case record is.
    """
    first = first_kept(clock.today(), _settings().appointment_days)
    return _delete_of_each(Appointment.starts < first_tick(first))


def delete_old_phones() -> int:
    """Delete the numbers to call of appointments of which nobody noted how they went; return how many.

    Of all others the number goes with what is noted.
    """
    last = tick_at_or_after(clock.now() - timedelta(days=_settings().appointment_phone_days))
    old = Appointment.phone_sealed.is_not(None) & (Appointment.ends < last)
    statement = update(Appointment).where(old).values(phone_sealed=None)
    return write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def _delete_of_each(which: ColumnElement[bool]) -> int:
    """Delete appointments, in one transaction for each counsellor, and return how many."""
    with reading(Store.MAIN) as session:
        counsellors = session.execute(select(Appointment.counsellor_id).where(which).distinct()).scalars().all()
    works = (partial(_delete, which & (Appointment.counsellor_id == each)) for each in sorted(counsellors))
    return sum(write_transaction(Store.MAIN, work) for work in works)


def _delete(which: ColumnElement[bool], session: Session) -> int:
    return delete_rows(session, [row.id for row in hold_rows(session, which)])


def _settings() -> Settings:
    settings: Settings = current_app.extensions["heartport.settings"]
    return settings


def _settle(counsellor_id: str, session: Session) -> int:
    if not lock_resources(session, [counsellor_id])[counsellor_id]:
        close_line(session, counsellor_id)
    return settle(session, counsellor_id)
