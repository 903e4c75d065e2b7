"""Lets something happen to whoever calls, in the moment between finding them by their token and doing what they ask."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask

from heartport.callers import Caller


@contextmanager
def overtaken(app: Flask, overtake: Callable[[str], object]) -> Iterator[None]:
    """Call `overtake` with the account of each caller as soon as they are found."""
    identify = app.extensions["heartport.identify"]

    def identify_and_be_overtaken(token: str) -> Caller:
        caller: Caller = identify(token)
        overtake(caller.account_id)
        return caller

    app.extensions["heartport.identify"] = identify_and_be_overtaken
    try:
        yield
    finally:
        app.extensions["heartport.identify"] = identify
