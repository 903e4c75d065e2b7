"""What of a release does not stay: the block maps, which say of each unit whether it had enough answers of its own."""

from sqlalchemy import delete

from heartport import clock
from heartport.insights.models import BlockMap
from heartport.insights.rules.windows import window_before
from heartport.stores import Store, count_rows, write_transaction
from heartport.vault.windows import window_of


def delete_old_block_maps() -> int:
    """Delete the maps of the half-years that ended over a year ago, and return how many; figures stay."""
    first_kept = window_before(window_before(window_of(clock.today())))
    statement = delete(BlockMap).where(BlockMap.window < first_kept)
    return write_transaction(Store.MAIN, lambda session: count_rows(session, statement))
