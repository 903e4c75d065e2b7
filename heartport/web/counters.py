"""Counts how often somebody asked within a minute, in the memory of one process; `redis_counters` shares it."""

import threading
import time
from typing import NamedTuple, Protocol

MINUTE = 60
NEVER: tuple[int, dict[str, int]] = -1, {}


class Limit(NamedTuple):
    """So many times a minute, by whoever is counted under this name."""

    name: str
    amount: int


class CountersAway(Exception):
    """The shared counters do not answer."""


class Counters(Protocol):
    """Counts by fixed minutes."""

    def hit(self, limit: Limit, who: str) -> float:
        """Count one more and return the seconds until this is allowed again, 0 where it is allowed now."""


class MemoryCounters:
    """Fixed windows in the memory of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hits: dict[str, tuple[int, dict[str, int]]] = {}
        """For each limit the number of its current window, and who asked how often in it."""

    def hit(self, limit: Limit, who: str) -> float:
        """Count one more and return the seconds until this is allowed again, 0 where it is allowed now."""
        now = time.time()
        window = int(now // MINUTE)
        with self._lock:
            current, hits = self._hits.get(limit.name, NEVER)
            if current != window:
                self._hits[limit.name] = window, (hits := {})
            hits[who] = count = hits.get(who, 0) + 1
            allowed = count <= limit.amount
        return 0 if allowed else (window + 1) * MINUTE - now

    def reset(self) -> None:
        """Forget all counts; for tests."""
        with self._lock:
            self._hits.clear()
