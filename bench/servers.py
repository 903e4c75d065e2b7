"""The service on granian in processes of its own, as `make run` starts it, and what those processes use."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from bench.rounds import NotMeasurable
from heartport.config import ROOT, load_settings
from heartport.launch import HOST, free_port, plan_for

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
READY_WITHIN_SECONDS = 60.0
STOP_WITHIN_SECONDS = 20.0
SERVICE = "wsgi:app"
BARE = "bench.bare:app"
MINIMAL = "bench.minimal:app"
ASGI = frozenset({MINIMAL})


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    processes: tuple[int, ...]
    """granian's main process and its workers."""
    words: str
    """Server, workers and threads, for the reader of a figure."""

    def cpu_seconds(self) -> float:
        """Give the processor time that all of its processes have used so far."""
        return sum(_cpu_ticks(pid) for pid in self.processes) / TICKS_A_SECOND

    def worker_bytes(self) -> int:
        """Give the resident memory of the largest process, which is a worker."""
        return max(_resident_bytes(pid) for pid in self.processes)


@dataclass(frozen=True)
class Wanted:
    """An application to serve, with settings of ours."""

    app: str
    environ: Mapping[str, str] = field(default_factory=dict)
    workers: int = 1


@contextmanager
def running(*wanted: Wanted) -> Iterator[list[Server]]:
    """Serve some applications, each on a server of its own, and end them with the context."""
    with ExitStack() as stack:
        begun = [stack.enter_context(_begun(each)) for each in wanted]
        yield [each.ready() for each in begun]


@contextmanager
def _begun(wanted: Wanted) -> Iterator["_Begun"]:
    port = free_port(0)
    command = command_for(wanted.app, port, wanted.workers)
    with TemporaryFile() as log:
        guard = subprocess.Popen(
            [sys.executable, "-m", "bench.guarded", *command],
            cwd=ROOT,
            env=own_environ(wanted.environ),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield _Begun(guard, port, log, words_of(command))
        finally:
            _stop(guard)


@dataclass(frozen=True)
class _Begun:
    """A server that is starting."""

    guard: subprocess.Popen[bytes]
    port: int
    log: IO[bytes]
    words: str

    def ready(self) -> Server:
        """Wait until it answers."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while self.guard.poll() is None and time.monotonic() < deadline:
            if _is_ready(self.port):
                return Server(self.port, descendants(self.guard.pid), self.words)
            time.sleep(0.05)
        self.log.seek(0)
        said = " ".join(self.log.read().decode(errors="replace").split())[-500:]
        raise NotMeasurable(f"the server does not become ready: {said}")


def command_for(app: str, port: int, workers: int) -> list[str]:
    """Give the very command by which `make run` starts the server, with this application and port."""
    environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_PORT": str(port), "HEARTPORT_WECHAT_API_BASE": f"http://{HOST}:9"}
    plan = plan_for(load_settings(environ), environ)
    command = next(list(service.command) for service in plan.services if service.name == "server")
    command[command.index("--workers") + 1] = str(workers)
    if app in ASGI:  # FastAPI brings threads of its own.
        command[command.index("--interface") + 1] = "asgi"
        command[command.index("--blocking-threads") + 1] = "1"
    return [app if word == SERVICE else word for word in command]


def words_of(command: list[str]) -> str:
    """Say how the server runs."""
    workers = int(command[command.index("--workers") + 1])
    threads = command[command.index("--blocking-threads") + 1]
    return f"granian {version('granian')}, {workers} worker{'s' * (workers > 1)}, {threads} blocking threads each"


def own_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Give our environment without the settings of any other heartport, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEARTPORT_")}
    return {**kept, **environ}


def descendants(ancestor: int) -> tuple[int, ...]:
    """Give the processes below this one."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            children.setdefault(_parent(int(folder.name)), []).append(int(folder.name))
        except (OSError, ValueError):
            continue  # It ended while we looked.
    found, left = [], [ancestor]
    while left:
        below = children.get(left.pop(), [])
        found += below
        left += below
    return tuple(found)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(guard: subprocess.Popen[bytes]) -> None:
    assert guard.stdin is not None
    guard.stdin.close()
    try:
        guard.wait(STOP_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        guard.kill()
        guard.wait()


def _stat(pid: int) -> list[str]:
    """Give the fields of /proc/PID/stat from the third on; the second is a name that may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _cpu_ticks(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12])


def _resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
