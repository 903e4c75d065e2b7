"""Every job on one page: its name, when it runs, and the one use case that it calls."""

from collections.abc import Callable
from dataclasses import dataclass

from heartport.members.sessions import delete_expired_tokens
from heartport.web.idempotency import delete_expired_keys


@dataclass(frozen=True, slots=True)
class Job:
    """One use case at its times; `hour` and `minute` are fields of a cron line, Asia/Shanghai."""

    name: str
    run: Callable[[], int]
    hour: str
    minute: str


JOBS = (
    Job("delete expired tokens", delete_expired_tokens, hour="*", minute="7"),
    Job("delete expired idempotency keys", delete_expired_keys, hour="3", minute="17"),
)
