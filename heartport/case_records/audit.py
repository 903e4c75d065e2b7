"""The audit of case records: nobody opens one without a row that says so, written first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from heartport import clock
from heartport.case_records.models import CaseRecordEvent
from heartport.columns import new_public_id
from heartport.staff.accounts import list_members
from heartport.stores import Store, count_rows, reading, write_transaction
from heartport.vault.door import current_vault

REGISTER = "case records"


@dataclass(frozen=True, slots=True)
class Event:
    """One opening or writing; `actor` is a name where the account is still there."""

    act: str
    actor: str | None
    at: datetime


def note(appointment_id: str, staff_id: str, act: str) -> None:
    """Note what somebody is about to do with a record."""
    row = {
        "id": new_public_id(),
        "record": _pseudonym(appointment_id),
        "act": act,
        "actor": _pseudonym(staff_id),
        "at": clock.now(),
    }
    write_transaction(Store.MAIN, lambda session: session.execute(insert(CaseRecordEvent).values(row)) and None)


def events_of(appointment_id: str) -> list[Event]:
    """Return who opened and wrote a record, the first first."""
    names = _names()
    rows = select(CaseRecordEvent).where(CaseRecordEvent.record == _pseudonym(appointment_id))
    with reading(Store.MAIN) as session:
        found = session.execute(rows.order_by(CaseRecordEvent.at, CaseRecordEvent.id)).scalars().all()
    return [Event(row.act, names.get(bytes(row.actor)), row.at) for row in found]


def forget(appointment_id: str) -> None:
    """Delete what was noted of a record that is gone."""
    statement = delete(CaseRecordEvent).where(CaseRecordEvent.record == _pseudonym(appointment_id))
    write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def _names() -> Mapping[bytes, str]:
    return {_pseudonym(member.id): member.name for member in list_members()}


def _pseudonym(name: str) -> bytes:
    return current_vault().fingerprint(REGISTER, name.encode())
