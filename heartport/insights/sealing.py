"""Use case: count one half-year that is over, add noise, and publish it, once.

Counting happens in memory; then noise is drawn, and one transaction of `main` publishes tables, block maps, ledger and
signed manifest. Until it commits nothing is there, so a run that was killed starts again; after it nothing changes.
"""

from collections.abc import Callable

import structlog

from heartport.insights.documents import family_word, scale_word
from heartport.insights.memory import is_remembered, remember_releases
from heartport.insights.openings import (
    Opened,
    check_may_seal,
    list_sealings,
    open_sealing,
    ready_sealings,
    tree_to_seal,
)
from heartport.insights.publishing import check_spent, make_parts, publish, published_scales
from heartport.insights.rules.budget import Draw
from heartport.insights.workers import Progress, count_all
from heartport.members.erasures import account_ids
from heartport.stores import Store, reading
from heartport.vault.door import current_vault

log = structlog.get_logger()


def seal_confirmed() -> int:
    """Publish the half-years that may be published now, and return how many; the scheduler does this."""
    remember_releases()
    waiting = ready_sealings()
    windows = [window for window in waiting if not is_remembered(window)]
    for window in set(waiting).difference(windows):
        log.error("release_lost", window=window)
    if windows:
        from heartport.insights.noise import opendp_draw  # noqa: PLC0415 - heavy, and needed twice a year

        for window in windows:
            seal(window, opendp_draw)
    return len(windows)


def seal(window: str, source: Callable[[], Draw], workers: int = 1, progress: Progress = lambda _: None) -> Opened:
    """Count, add noise and publish one half-year.

    `source` is asked for the source of noise once counting is done. Raises `WindowUnknown`, `WindowOpen`,
    `AlreadySealed`, `ReleaseLost`, `NotConfirmed`, `LedgerExhausted`, `WorkerLost`, or what the erasure ledger says
    where it is not there; whatever is raised, nothing was published.
    """
    current_vault().check_keys()
    opened = open_sealing(window)
    check_may_seal(opened)
    check_budget(window)
    tally = count_all(list(account_ids()), window, workers, progress)
    publish(make_parts(window, tree_to_seal(opened.id), tally, source()))
    remember_releases()
    return next(each for each in list_sealings() if each.window == window)


def check_budget(window: str) -> None:
    """Raise `LedgerExhausted` where a family of items has not enough left in a half-year for its table."""
    families = [family_word(scale_word(each.key)) for each in published_scales(window)]
    with reading(Store.MAIN) as session:
        check_spent(session, window, families)
