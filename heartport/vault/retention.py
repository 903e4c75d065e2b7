"""Retention of sealed records: whole half-years go when their time is over, without knowing whose records they are."""

from flask import current_app
from sqlalchemy import delete

from heartport import clock
from heartport.config import Settings
from heartport.stores import Store, count_rows, write_transaction
from heartport.vault.models import SealedRecord
from heartport.vault.windows import oldest_kept, window_of


def delete_old_records() -> int:
    """Delete the records of half-years beyond retention and return how many; results, drafts and tombstones alike.

    A row that is changed carries the half-year of the change if it is a draft, and keeps its own if it is a result.
    """
    settings: Settings = current_app.extensions["heartport.settings"]
    oldest = oldest_kept(window_of(clock.today()), settings.results_half_years)
    statement = delete(SealedRecord).where(SealedRecord.window < oldest)  # Labels of four-digit years sort by time.
    return write_transaction(Store.VAULT, lambda session: count_rows(session, statement))
