"""Lets several act at one moment and tells what came of each; some of them by a clock that is past a limit already."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from flask import Flask

from heartport.errors import Refusal
from tests.threads import at_once

DONE = "done"
Act = Callable[[], object]


def outcome(act: Act) -> str:
    """Return what came of something: nothing at all, or the code of the refusal."""
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return DONE


def race(app: Flask, acts: Sequence[Act], within_seconds: float = 0) -> Sequence[str]:
    """Let all go at once, or each at some moment within so many seconds; return what came of each, in their order.

    Where one side has more to do before it comes to what is contested, only a spread lets it be first now and then.
    """

    def go(number: int) -> str:
        time.sleep(random.uniform(0, within_seconds))
        return outcome(acts[number])

    return at_once(app, go, len(acts))


class TwoClocks:
    """A clock that says one second before a limit to most, and one after it to whoever is late."""

    def __init__(self, limit: datetime) -> None:
        self._limit = limit
        self._own = threading.local()

    def __call__(self) -> datetime:
        return self._limit + timedelta(seconds=getattr(self._own, "seconds", -1))

    def is_late(self) -> None:
        """Let the clock of this thread be past the limit from now on."""
        self._own.seconds = 1

    def late(self, act: Act) -> Act:
        """Return the same act, done past the limit."""

        def run() -> object:
            self.is_late()
            return act()

        return run
