"""Retention of sealed records: whole half-years go when their time is over, without knowing whose records they are.

Case records have a time of their own. Those that are still to be kept get the label of the open half-year, in the
transaction that deletes, so that a dump does not tell them from what else is left.
"""

from flask import current_app
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.config import Settings
from heartport.stores import Store, count_rows, reading, write_transaction
from heartport.vault.door import current_vault
from heartport.vault.models import SealedRecord
from heartport.vault.records import CASE_RECORD
from heartport.vault.versions import Versions
from heartport.vault.windows import oldest_kept, window_of


def delete_old_records() -> int:
    """Delete the records of half-years beyond retention and return how many; results, drafts and tombstones alike.

    A row that is changed carries the half-year of the change if it is a draft, and keeps its own if it is a result.
    """
    settings: Settings = current_app.extensions["heartport.settings"]
    now = window_of(clock.today())
    is_over = SealedRecord.window < oldest_kept(now, settings.results_half_years)  # Four-digit years sort by time.
    kept = _slots_of_case_records(is_over)

    def work(session: Session) -> int:
        for slot in kept:
            count_rows(session, update(SealedRecord).where(SealedRecord.slot == slot, is_over).values(window=now))
        return count_rows(session, delete(SealedRecord).where(is_over))

    return write_transaction(Store.VAULT, work)


def _slots_of_case_records(is_over: ColumnElement[bool]) -> list[bytes]:
    """Return where all versions of all case records stand, if there is anything to be deleted at all.

    Raises `WrongKeys`, and then nothing is deleted.
    """
    with reading(Store.VAULT) as session:
        if not session.execute(select(select(SealedRecord).where(is_over).exists())).scalar_one():
            return []
    ring = current_vault().case_keys
    return [slot for key in ring.open(ring.links()).values() for slot in Versions(key, CASE_RECORD).slots()]
