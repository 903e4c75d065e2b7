"""What is remembered of releases outside all backups: a half-year that was published is never counted anew.

The erasure ledger takes a line for each published half-year, a keyed hash that is no account's. Where the stores come
back from a backup that is older than a release, the line tells that the release is missing, not due.
"""

from sqlalchemy import select

from heartport.insights.models import Release
from heartport.members.erasure_ledger import current_ledger
from heartport.stores import Store, reading
from heartport.vault.door import current_vault


def remember_releases() -> None:
    """Note every release that is there; what is noted already stays as it is. Raises as `ErasureLedger.check` does."""
    with reading(Store.MAIN) as session:
        windows = session.execute(select(Release.window)).scalars().all()
    for window in windows:
        current_ledger().note(_line(window))


def is_remembered(window: str) -> bool:
    """Tell whether a half-year was published once, whatever the stores say; raises as `ErasureLedger.links` does."""
    return _line(window) in current_ledger().links()


def _line(window: str) -> bytes:
    return current_vault().fingerprint("release", window.encode())
