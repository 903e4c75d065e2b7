"""How the cost of a submission grows with what is stored already, on both databases.

One application a size, all in this process and each with stores of its own, called without a server between: what could
grow is the work of the database. Each takes its turn in every round.
"""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from flask import Flask

from bench import databases, requests
from bench.databases import Stores
from bench.people import application, prepare
from bench.rounds import Figures, Goal, Measurement, NotMeasurable, Opened, Row, Side
from bench.sizes import Sizes
from bench.stored import fill
from heartport import clock
from heartport.assessments.shelf import current_shelf
from heartport.vault.windows import window_of

Databases = Callable[[], AbstractContextManager[Stores]]
SIDES = ("few", "more", "many")


@dataclass(frozen=True)
class Grown:
    """An application over stores that hold so many records of other people."""

    app: Flask
    tokens: list[str]
    version: str
    database: str

    def submit(self, number: int) -> Figures:
        """Let each person submit once."""
        waits = []
        used = time.process_time()
        bodies = requests.bodies(len(self.tokens), self.version, str(number))
        for token, body in zip(self.tokens, bodies, strict=True):
            began = time.perf_counter()
            _call(self.app, token, body.encode())
            waits.append(time.perf_counter() - began)
        return {"p50_ms": median(waits) * 1000, "cpu_us": (time.process_time() - used) / len(waits) * 1e6}


def _call(app: Flask, token: str, body: bytes) -> None:
    """Send one submission past any server."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"{requests.SCALE_PATH}/submissions",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    answered: list[str] = []
    answer = app(environ, lambda status, *_: answered.append(status))
    said = b"".join(answer)
    if not answered[0].startswith("201"):
        raise NotMeasurable(f"a submission answers {answered[0]}: {said.decode()[:300]}")


@contextmanager
def grown(where: Databases, count: int, people: int) -> Iterator[Grown]:
    """Fill a vault and open the application over it."""
    with where() as empty:
        prepared = prepare(empty, people)
        with application(empty) as app:
            fill(empty, count, window_of(clock.today()))
            yield Grown(app, prepared.tokens, current_shelf().offered(requests.SCALE).version, prepared.database)


@contextmanager
def open_growing(where: Databases, sizes: Sizes) -> Iterator[Opened]:
    """Open one application a size."""
    with ExitStack() as stack:
        opened = [stack.enter_context(grown(where, count, sizes.growing_people)) for count in sizes.stored]
        sides: dict[str, Side] = {side: each.submit for side, each in zip(SIDES, opened, strict=True)}
        conditions = {
            "database": opened[0].database,
            "work": f"{sizes.growing_people} submissions a round, one a person, one after the other, in process; "
            f"{', '.join(map(str, sizes.stored))} records of other people",
        }
        yield Opened(sides, conditions)


def _measurement(name: str, title: str, where: Databases) -> Measurement:
    words = {"more": "100 thousand", "many": "a million"}
    rows = (
        Row(
            name=f"{name}-{side}",
            what=f"submit-and-score on {title} with {words[side]} stored results, p50",
            side=side,
            figure="p50_ms",
            unit="ms",
            yardstick="the same with 10 thousand",
            beside=SIDES[0],
            goal=Goal(1.3),
        )
        for side in SIDES[1:]
    )
    return Measurement(name, partial(open_growing, where), tuple(rows))


GROWING = (
    _measurement("growth-sqlite", "SQLite", databases.sqlite),
    _measurement("growth-postgresql", "PostgreSQL", databases.postgresql),
)
