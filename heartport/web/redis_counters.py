"""Counters that all processes share, in Redis; loaded only where a deployment names one."""

import time

from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from heartport.web.counters import CountersAway, Limit


class RedisCounters:
    """Fixed windows of a minute."""

    def __init__(self, url: str) -> None:
        storage = storage_from_string(url, wrap_exceptions=True, socket_connect_timeout=1, socket_timeout=1)
        self._limiter = FixedWindowRateLimiter(storage)

    def hit(self, limit: Limit, who: str) -> float:
        """Count one more and return the seconds until this is allowed again; raises `CountersAway`."""
        item = RateLimitItemPerMinute(limit.amount, namespace=limit.name)
        try:
            if self._limiter.hit(item, who):
                return 0
            return self._limiter.get_window_stats(item, who).reset_time - time.time()
        except StorageError:
            raise CountersAway from None
