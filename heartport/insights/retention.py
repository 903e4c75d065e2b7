"""What of the published does not stay: block maps, which say of each unit whether it had enough answers of its own.

And service figures of months that are told of no more; such a month is never due again, so it is not counted anew.
"""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from heartport import clock
from heartport.insights.models import BlockMap, ServiceFigure, ServicePublication
from heartport.insights.rules.months import months_over
from heartport.insights.rules.windows import window_before
from heartport.stores import Store, count_rows, write_transaction
from heartport.vault.windows import window_of


def delete_old_block_maps() -> int:
    """Delete the maps of the half-years that ended over a year ago, and return how many; figures stay."""
    statement = delete(BlockMap).where(BlockMap.window < first_window_with_maps())
    return write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def first_window_with_maps() -> str:
    """Return the earliest half-year of which block maps are kept."""
    return window_before(window_before(window_of(clock.today())))


def delete_old_service_figures() -> int:
    """Delete the months before the twelve that are told of, and return how many parts of such months went."""
    first_kept = months_over(clock.today())[-1]

    def work(session: Session) -> int:
        count_rows(session, delete(ServiceFigure).where(ServiceFigure.month < first_kept))
        return count_rows(session, delete(ServicePublication).where(ServicePublication.month < first_kept))

    return write_transaction(Store.MAIN, work)
