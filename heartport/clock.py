"""The time, as services ask for it."""

from datetime import UTC, date, datetime

from heartport.extensions import registry
from heartport.local_time import local


def now() -> datetime:
    """Return the current instant in UTC, or what the application's own clock says."""
    clock = registry().get("heartport.clock")
    moment: datetime = clock() if clock else datetime.now(UTC)
    return moment


def today() -> date:
    """Return the local date."""
    return local(now()).date()
