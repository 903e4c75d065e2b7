"""How long the service takes from a fresh interpreter to ready, beside importing Flask."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from platform import python_version

from bench import databases
from bench.people import prepare
from bench.rounds import Figures, Goal, Measurement, NotMeasurable, Opened, Row
from bench.servers import own_environ
from bench.sizes import Sizes
from heartport.config import ROOT

READY = "import wsgi; assert wsgi.app.test_client().get('/readyz').status_code == 200"


@contextmanager
def open_starting(_sizes: Sizes) -> Iterator[Opened]:
    """Start with empty, migrated stores on SQLite.

    As on every machine but on its first day, all of it has been compiled to bytecode before: by the rehearsal, beside
    the stores, whatever the environment says about that.
    """
    with databases.sqlite() as empty, databases.folder() as bytecode:
        prepared = prepare(empty, people=0)
        environ = {**own_environ(prepared.stores.environ), "PYTHONPYCACHEPREFIX": str(bytecode)}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        sides = {"flask": lambda _: _run("import flask", environ), "service": lambda _: _run(READY, environ)}
        scales = len(list((ROOT / "scales").glob("*.yaml")))
        yield Opened(
            sides, {"python": python_version(), "database": prepared.database, "work": f"{scales} scale files"}
        )


def _run(code: str, environ: Mapping[str, str]) -> Figures:
    started = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise NotMeasurable(f"`{code}` ends with {child.returncode}")
    return {"cpu_ms": (used.ru_utime + used.ru_stime) * 1000, "wall_ms": (time.perf_counter() - started) * 1000}


START = Measurement(
    "start",
    open_starting,
    (
        Row(
            name="start",
            what="fresh interpreter to ready, CPU",
            side="service",
            figure="cpu_ms",
            unit="ms",
            yardstick="import flask",
            beside="flask",
            goal=Goal(8),
        ),
    ),
)
