"""Runs one thing in many threads at the same moment, each in an application context of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask import Flask

T = TypeVar("T")
PATIENCE_SECONDS = 30


def at_once(app: Flask, work: Callable[[int], T], count: int) -> Sequence[T]:
    """Return what `work(0)` to `work(count - 1)` returned, having let all threads go together."""
    barrier = threading.Barrier(count, timeout=PATIENCE_SECONDS)

    def run(number: int) -> T:
        with app.app_context():
            barrier.wait()
            return work(number)

    with ThreadPoolExecutor(count) as pool:
        return [future.result(PATIENCE_SECONDS) for future in [pool.submit(run, number) for number in range(count)]]
