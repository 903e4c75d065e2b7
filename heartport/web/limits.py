"""How often one may ask: sign-ins and invites by address, writes by account; counted in Redis if set, else in memory.

600 sign-ins a minute and as many looks at invite codes, because a whole factory shares one address; 120 writes a
minute an account. Where Redis does not answer, counting goes on in memory: a lost counter must not close the door. It
is asked again half a minute later, since each vain question costs its caller a second.
"""

import math
import threading
import time

import structlog
from flask import Flask, request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from heartport.errors import TooMany
from heartport.extensions import registry
from heartport.vault.door import current_vault
from heartport.web.current import CALLER, current_request

log = structlog.get_logger("heartport.web")

SIGN_INS = RateLimitItemPerMinute(600, namespace="sign_in")
INVITES = RateLimitItemPerMinute(600, namespace="invite")
WRITES = RateLimitItemPerMinute(120, namespace="write")
REST_SECONDS = 30
NEVER: tuple[int, dict[str, int]] = -1, {}
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class MemoryCounters:
    """Fixed windows in the memory of this process; the library's own store starts a thread at every hit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hits: dict[str, tuple[int, dict[str, int]]] = {}
        """For each limit the number of its current window, and who asked how often in it."""

    def hit(self, limit: RateLimitItem, who: str) -> float:
        """Count one more and return the seconds until this is allowed again, 0 where it is allowed now."""
        now = time.time()
        window = int(now // limit.get_expiry())
        with self._lock:
            current, hits = self._hits.get(limit.namespace, NEVER)
            if current != window:
                self._hits[limit.namespace] = window, (hits := {})
            hits[who] = count = hits.get(who, 0) + 1
            allowed = count <= limit.amount
        return 0 if allowed else (window + 1) * limit.get_expiry() - now

    def reset(self) -> None:
        """Forget all counts; for tests."""
        with self._lock:
            self._hits.clear()


class RedisCounters:
    """Fixed windows that all processes share."""

    def __init__(self, url: str) -> None:
        storage = storage_from_string(url, wrap_exceptions=True, socket_connect_timeout=1, socket_timeout=1)
        self._limiter = FixedWindowRateLimiter(storage)

    def hit(self, limit: RateLimitItem, who: str) -> float:
        """Count one more and return the seconds until this is allowed again; raises `StorageError`."""
        if self._limiter.hit(limit, who):
            return 0
        return self._limiter.get_window_stats(limit, who).reset_time - time.time()


class Limits:
    """Counters that fall back to memory while the shared ones do not answer."""

    def __init__(self, redis_url: str | None) -> None:
        self._local = MemoryCounters()
        self._shared = RedisCounters(redis_url) if redis_url else self._local
        self._rests_until = 0.0

    def count(self, limit: RateLimitItem, who: str) -> None:
        """Count one more; raises `TooMany` with the seconds until the window ends."""
        wait_seconds = self._hit(limit, who)
        if wait_seconds:
            raise TooMany(retry_after_seconds=max(1, math.ceil(wait_seconds)))

    def reset(self) -> None:
        """Forget all counts of this process; for tests."""
        self._local.reset()

    def _hit(self, limit: RateLimitItem, who: str) -> float:
        if time.monotonic() >= self._rests_until:
            try:
                return self._shared.hit(limit, who)
            except StorageError:
                self._rests_until = time.monotonic() + REST_SECONDS
                log.warning("limits_in_memory")
        return self._local.hit(limit, who)


def init_app(app: Flask, redis_url: str | None) -> None:
    """Count the writes of every signed-in account; call after `access.init_app`."""
    app.extensions["heartport.limits"] = Limits(redis_url)
    app.before_request(count_write)


def count_write() -> None:
    """Count a write of the account that is calling, if it is one."""
    asked = current_request()
    if asked.method not in READING_METHODS and CALLER in asked.environ:
        current_limits().count(WRITES, _pseudonym(asked.environ[CALLER].account_id))


def count_sign_in() -> None:
    """Count a sign-in from this address."""
    current_limits().count(SIGN_INS, _pseudonym(request.remote_addr or "unknown"))


def count_invite() -> None:
    """Count a look at an invite code from this address."""
    current_limits().count(INVITES, _pseudonym(request.remote_addr or "unknown"))


def current_limits() -> Limits:
    """Return the counters of the current application."""
    limits: Limits = registry()["heartport.limits"]
    return limits


def _pseudonym(who: str) -> str:
    """Return what stands for an account or an address in Redis, whose memory is nobody's secret."""
    return current_vault().fingerprint("limits", who.encode())[:12].hex()
