"""How often one may ask: sign-ins by address, writes by account; counted in Redis if set, else in memory.

600 sign-ins a minute, because a whole factory shares one address; 120 writes a minute an account.
Where Redis does not answer, counting goes on in memory: a lost counter must not close the door. It is asked again
half a minute later, since each vain question costs its caller a second.
"""

import math
import time

import structlog
from flask import Flask, current_app, g, request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from heartport.errors import TooMany
from heartport.vault.door import current_vault

log = structlog.get_logger("heartport.web")

SIGN_INS = RateLimitItemPerMinute(600, namespace="sign_in")
WRITES = RateLimitItemPerMinute(120, namespace="write")
REST_SECONDS = 30
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Limits:
    """Counters that fall back to memory while the shared ones do not answer."""

    def __init__(self, redis_url: str | None) -> None:
        options = {"socket_connect_timeout": 1, "socket_timeout": 1} if redis_url else {}
        storage = storage_from_string(redis_url or "memory://", wrap_exceptions=True, **options)
        self.shared = FixedWindowRateLimiter(storage)
        self.local = FixedWindowRateLimiter(storage_from_string("memory://")) if redis_url else self.shared
        self._rests_until = 0.0

    def count(self, limit: RateLimitItem, who: str) -> None:
        """Count one more; raises `TooMany` with the seconds until the window ends."""
        if time.monotonic() < self._rests_until:
            self._count(self.local, limit, who)
            return
        try:
            self._count(self.shared, limit, who)
        except StorageError:
            self._rests_until = time.monotonic() + REST_SECONDS
            log.warning("limits_in_memory")
            self._count(self.local, limit, who)

    def reset(self) -> None:
        """Forget all counts of this process's own storage; for tests."""
        self.local.storage.reset()

    @staticmethod
    def _count(limiter: FixedWindowRateLimiter, limit: RateLimitItem, who: str) -> None:
        if not limiter.hit(limit, who):
            window = limiter.get_window_stats(limit, who)
            raise TooMany(retry_after_seconds=math.ceil(window.reset_time - time.time()))


def init_app(app: Flask, redis_url: str | None) -> None:
    """Count the writes of every signed-in account; call after `access.init_app`."""
    app.extensions["heartport.limits"] = Limits(redis_url)
    app.before_request(count_write)


def count_write() -> None:
    """Count a write of the account that is calling, if it is one."""
    if request.method not in READING_METHODS and "caller" in g:
        current_limits().count(WRITES, _pseudonym(g.caller.account_id))


def count_sign_in() -> None:
    """Count a sign-in from this address."""
    current_limits().count(SIGN_INS, _pseudonym(request.remote_addr or "unknown"))


def current_limits() -> Limits:
    """Return the counters of the current application."""
    limits: Limits = current_app.extensions["heartport.limits"]
    return limits


def _pseudonym(who: str) -> str:
    """Return what stands for an account or an address in Redis, whose memory is nobody's secret."""
    return current_vault().fingerprint("limits", who.encode())[:12].hex()
