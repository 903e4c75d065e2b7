"""How often one may ask: sign-ins and invites by address, writes by account; counted in Redis if set, else in memory.

600 sign-ins a minute and as many looks at invite codes, because a whole factory shares one address; 120 writes a
minute an account. Where Redis does not answer, counting goes on in memory: a lost counter must not close the door. It
is asked again half a minute later, since each vain question costs its caller a second.
"""

import math
import time

import structlog
from flask import Flask, request

from heartport.errors import TooMany
from heartport.extensions import registry
from heartport.vault.door import current_vault
from heartport.web.counters import Counters, CountersAway, Limit, MemoryCounters
from heartport.web.current import CALLER, current_request

log = structlog.get_logger("heartport.web")

REST_SECONDS = 30
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SIGN_INS = Limit("sign_in", 600)
INVITES = Limit("invite", 600)
WRITES = Limit("write", 120)


class Limits:
    """Counters that fall back to memory while the shared ones do not answer."""

    def __init__(self, redis_url: str | None) -> None:
        self._local = MemoryCounters()
        self._shared: Counters = _in_redis(redis_url) if redis_url else self._local
        self._rests_until = 0.0

    def count(self, limit: Limit, who: str) -> None:
        """Count one more; raises `TooMany` with the seconds until the window ends."""
        wait_seconds = self._hit(limit, who)
        if wait_seconds:
            raise TooMany(retry_after_seconds=max(1, math.ceil(wait_seconds)))

    def reset(self) -> None:
        """Forget all counts of this process; for tests."""
        self._local.reset()

    def _hit(self, limit: Limit, who: str) -> float:
        if time.monotonic() >= self._rests_until:
            try:
                return self._shared.hit(limit, who)
            except CountersAway:
                self._rests_until = time.monotonic() + REST_SECONDS
                log.warning("limits_in_memory")
        return self._local.hit(limit, who)


def _in_redis(url: str) -> Counters:
    from heartport.web.redis_counters import RedisCounters  # noqa: PLC0415 - see there

    return RedisCounters(url)


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
