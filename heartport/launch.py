"""`python -m heartport.launch` starts everything on one machine, watches it, and stops it together.

What to start is plain data (`Plan`); supervising it knows nothing of heartport. Every child leads a process
group of its own: the terminal's Ctrl-C reaches only this process, which passes it on in order. A guard
process ends the groups should this process be killed outright. A parent-death signal would not do: it reaches
only the direct child, and granian's worker, its grandchild, outlives a killed granian.
"""

import errno
import fcntl
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import FrameType, TracebackType
from typing import IO, Self

from heartport.config import Settings, SettingsError, load_settings

HOST = "127.0.0.1"


class Trouble(Exception):
    """Why we cannot start or go on; `str()` is for the person at the terminal."""


class StopAsked(Exception):
    """Somebody asked us to stop: Ctrl-C, SIGTERM, or the terminal went away."""


@dataclass(frozen=True, slots=True)
class Step:
    """A program that runs to its end before anything after it begins."""

    name: str
    command: tuple[str, ...]
    shown: bool = False
    """Whether what it prints is shown once everything is ready."""


@dataclass(frozen=True, slots=True)
class Service:
    """A program that keeps running; `port` and `ready_path` say when it can be used."""

    name: str
    command: tuple[str, ...]
    port: int | None = None
    ready_path: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, in this order; services are stopped in the reverse order."""

    data_dir: Path
    port: int
    environ: Mapping[str, str]
    steps: tuple[Step, ...]
    services: tuple[Service, ...]
    lines: tuple[str, ...] = ()
    """What to print just before the `ready` line."""
    ready_within_seconds: float = 60.0
    stop_within_seconds: float = 8.0
    """How long one service may take to end before it is killed."""


def main() -> int:
    """Run the service as the environment describes it; returns the exit status."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as problem:
        print(problem, file=sys.stderr)
        return 2
    return launch(plan_for(settings, os.environ))


def plan_for(settings: Settings, environ: Mapping[str, str]) -> Plan:
    """Describe everything that one machine runs."""
    flask = (sys.executable, "-m", "flask", "--app", "wsgi")
    steps = [Step("preparing the database", (*flask, "db", "upgrade"))]
    # In a trial a ledger that is missing is begun; in production its absence is something to find out about.
    force = ("--force-new-ledger",) if settings.demo else ()
    # Nobody is signed out by a mere start: whoever puts a backup back runs the check by hand.
    check = ("restore", "check", "--keep-sessions", *force)
    steps.append(Step("looking for a restored backup", (*flask, *check)))
    services = [Service("scheduler", (*flask, "jobs", "run")), _server(settings.port)]
    lines = []
    environ = {**environ, "PYTHONUNBUFFERED": "1"}
    if settings.demo:
        # Does nothing on SQLite; in production the operator does this, with rights that the service does not have.
        steps.insert(0, Step("separating the three stores", (*flask, "db-roles", "create")))
        steps.append(Step("loading the library", (*flask, "content", "load", "--go-on")))
        steps.append(Step("loading the demo data", (*flask, "demo", "load"), shown=True))
    if settings.demo and settings.wechat_api_base is None:
        port = free_port(settings.port + 1)
        base = f"http://{HOST}:{port}"
        services.insert(0, _emulator(port))
        lines.append(f"emulator {base}")
        environ |= {"HEARTPORT_WECHAT_API_BASE": base, **_past_any_proxy(environ)}
    return Plan(settings.data_dir, settings.port, environ, tuple(steps), tuple(services), tuple(lines))


def _server(port: int) -> Service:
    command = (sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port))
    # One worker: SQLite has one writer, and eight threads are what the measurements favour. No access log,
    # since it would hold addresses. A worker that hangs is killed before our own patience with granian ends.
    sizes = ("--workers", "1", "--blocking-threads", "8", "--no-ws", "--workers-kill-timeout", "5")
    logs = ("--log-level", "warning", "--no-access-log")
    return Service("server", (*command, *sizes, *logs, "wsgi:app"), port, "/readyz")


def _emulator(port: int) -> Service:
    command = (sys.executable, "-m", "heartport.wechat.emulator", "--host", HOST, "--port", str(port))
    return Service("emulator", command, port)


def _past_any_proxy(environ: Mapping[str, str]) -> dict[str, str]:
    """Return settings that keep calls to the emulator from going through a developer's HTTP proxy."""
    hosts = environ.get("no_proxy") or environ.get("NO_PROXY")
    value = f"{hosts},{HOST}" if hosts else HOST
    return {"no_proxy": value, "NO_PROXY": value}


def launch(plan: Plan) -> int:
    """Carry out `plan` until asked to stop (returns 0) or until something fails (1)."""
    bell = Bell()
    try:
        with locked(plan.data_dir):
            check_port(plan.port)
            with Crew(plan, bell) as crew:
                crew.work()
    except Trouble as trouble:
        print(trouble, file=sys.stderr, flush=True)
        return 1
    except StopAsked:
        say("stopped")
    return 0


def say(line: str) -> None:
    """Print one line at once; a reader who has gone is no reason to fail."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the data directory for us alone; the guard inherits the lock and keeps it until all is ended."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (data_dir / "lock").open("a")
    except OSError as problem:
        raise Trouble(f"HEARTPORT_DATA_DIR: {data_dir} cannot be used: {problem.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"the data directory {data_dir} is in use by another heartport: "
                "stop that one, or set HEARTPORT_DATA_DIR to another folder"
            ) from None
        yield


def check_port(port: int) -> None:
    """Raise `Trouble` if somebody listens on `port`: granian would share it and answer every other call."""
    try:
        _bind(port)
    except OSError as problem:
        why = "in use" if problem.errno == errno.EADDRINUSE else f"not to be had ({problem.strerror})"
        raise Trouble(f"port {port} is {why}: set HEARTPORT_PORT to another one") from None


def free_port(preferred: int) -> int:
    """Return `preferred` if nobody listens there, else any free port."""
    try:
        return _bind(preferred)
    except (OSError, OverflowError):
        return _bind(0)


def _bind(port: int) -> int:
    with socket.socket() as listener:
        # With SO_REUSEADDR a port whose old connections merely linger is free, one with a listener
        # is not; without SO_REUSEPORT that holds for a listener that has it, too.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(1)
        return int(listener.getsockname()[1])


class Bell:
    """Rings when a child ends or somebody asks us to stop, so that the supervisor sleeps in between."""

    def __init__(self) -> None:
        self.asked = False
        self._interrupts = 0
        self._reader, writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to ignore it
            signal.signal(signal.SIGHUP, self._ask)

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self.asked = True
        self._interrupts += number == signal.SIGINT

    @property
    def hurried(self) -> bool:
        """Say whether Ctrl-C came twice. A second SIGTERM means nothing: `make` repeats the first."""
        return self._interrupts > 1

    def wait(self, seconds: float | None = None) -> None:
        """Sleep until the bell rings or `seconds` are over."""
        select.select([self._reader], [], [], seconds)
        with suppress(BlockingIOError):
            os.read(self._reader, 4096)

    def wait_unless_asked(self, seconds: float | None = None) -> None:
        """Sleep likewise, and raise `StopAsked` if that is why the bell rang."""
        if not self.asked:
            self.wait(seconds)
        if self.asked:
            raise StopAsked


class Guard:
    """A process that ends our children should we vanish without having done so.

    It hears of each process group through a pipe, whose end tells it that we are gone.
    """

    def __init__(self, stop_within_seconds: float) -> None:
        reader, self._pipe = os.pipe()
        self._ended = False
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._pipe)
            _stand_guard(reader, stop_within_seconds)
        os.close(reader)

    def note_myself(self) -> None:
        """Tell the guard of the calling process; a child does so itself, before it can get out of sight."""
        os.write(self._pipe, b"+%d\n" % os.getpid())

    def forget(self, pgid: int) -> None:
        """Tell the guard that this group is gone."""
        with suppress(BrokenPipeError):
            os.write(self._pipe, b"-%d\n" % pgid)

    def is_gone(self) -> bool:
        """Say whether somebody ended the guard."""
        self._ended = self._ended or os.waitpid(self._pid, os.WNOHANG)[0] != 0
        return self._ended

    def dismiss(self) -> None:
        """End the guard and whatever group it still knows."""
        os.close(self._pipe)
        if not self._ended:
            os.waitpid(self._pid, 0)


def _stand_guard(reader: int, stop_within_seconds: float) -> None:
    """Be the guard; never returns. The file descriptor of the data directory's lock stays open on purpose."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        _end_groups(_groups_left(reader), stop_within_seconds)
    finally:
        os._exit(0)


def _groups_left(reader: int) -> set[int]:
    groups: set[int] = set()
    with os.fdopen(reader) as notes:
        for line in notes:
            (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    return groups


def _end_groups(groups: set[int], stop_within_seconds: float) -> None:
    for pgid in groups:
        with suppress(ProcessLookupError):
            os.kill(pgid, signal.SIGTERM)
    deadline = time.monotonic() + stop_within_seconds
    while time.monotonic() < deadline and any(signal_group(pgid, 0) for pgid in groups):
        time.sleep(0.05)
    for pgid in groups:
        signal_group(pgid, signal.SIGKILL)


def signal_group(pgid: int, number: int) -> bool:
    """Send a signal to a process group; returns whether anything of it was there."""
    try:
        os.killpg(pgid, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        return False
    return True


class Crew:
    """The children of one run; leaving the context ends those that are left, the last one first."""

    def __init__(self, plan: Plan, bell: Bell) -> None:
        self._plan = plan
        self._bell = bell
        self._running: list[tuple[Service, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Self:
        self._guard = Guard(self._plan.stop_within_seconds)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, problem: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if isinstance(problem, StopAsked):
            say("stopping …")
        for _, child in reversed(self._running):
            self._end(child)
        self._guard.dismiss()

    def work(self) -> None:
        """Prepare, start, announce, watch; ends with `Trouble` or `StopAsked`."""
        shown = [line for step in self._plan.steps for line in self._run(step)]
        check_port(self._plan.port)  # it may have been taken meanwhile
        for service in self._plan.services:
            self._start(service)
        for service in self._plan.services:
            self._await(service)
        for line in (*self._plan.lines, f"ready http://{HOST}:{self._plan.port}", *shown):
            say(line)
        while True:
            self._check()
            self._bell.wait_unless_asked()

    def _spawn(self, command: tuple[str, ...], out: IO[bytes], err: IO[bytes] | int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the commands are our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=self._plan.environ,
            start_new_session=True,
            preexec_fn=self._guard.note_myself,  # noqa: PLW1509 - this process has one thread
        )

    def _run(self, step: Step) -> list[str]:
        say(f"{step.name} …")
        with TemporaryFile() as out, TemporaryFile() as err:
            child = self._spawn(step.command, out, err)
            try:
                while child.poll() is None:
                    self._bell.wait_unless_asked()
            finally:
                self._end(child)
            printed = _text(out)
            if child.returncode:
                raise Trouble(f"{printed}{_text(err)}{step.name} failed ({_ending(child.returncode)}), see above")
        return printed.splitlines() if step.shown else []

    def _start(self, service: Service) -> None:
        say(f"starting the {service.name} …")
        with open_log(self._log(service)) as log:
            self._running.append((service, self._spawn(service.command, log, subprocess.STDOUT)))

    def _await(self, service: Service) -> None:
        deadline = time.monotonic() + self._plan.ready_within_seconds
        while reason := why_not_ready(service):
            self._check()
            if time.monotonic() > deadline:
                raise Trouble(f"the {service.name} is not ready: {reason}; its log is {self._log(service)}")
            self._bell.wait_unless_asked(0.1)

    def _log(self, service: Service) -> Path:
        return self._plan.data_dir / "logs" / f"{service.name}.log"

    def _check(self) -> None:
        for service, child in self._running:
            if child.poll() is not None:
                ending = _ending(child.returncode)
                raise Trouble(
                    f"the {service.name} stopped by itself ({ending}): everything is stopped; "
                    f"its log is {self._log(service)}"
                )
        if self._guard.is_gone():
            raise Trouble("the guard process was killed: everything is stopped")

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        """Ask the child to end, wait, and kill what is left of its group."""
        if child.poll() is None:
            child.terminate()
        deadline = time.monotonic() + self._plan.stop_within_seconds
        while child.poll() is None and (left := deadline - time.monotonic()) > 0 and not self._bell.hurried:
            self._bell.wait(left)
        signal_group(child.pid, signal.SIGKILL)
        child.wait()
        self._guard.forget(child.pid)


def open_log(path: Path) -> IO[bytes]:
    """Open a new log for its owner alone; the one of the last run is kept beside it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileNotFoundError):
        path.replace(path.with_suffix(".last.log"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def why_not_ready(service: Service) -> str | None:
    """Return what is still missing, or None if the service can be used."""
    if service.port is None:
        return None
    connection = http.client.HTTPConnection(HOST, service.port, timeout=5)
    try:
        connection.connect()
        return _why_not_200(connection, service.ready_path) if service.ready_path else None
    except OSError as problem:
        return f"port {service.port}: {problem}"
    except http.client.HTTPException as problem:
        return f"port {service.port} answers no HTTP ({type(problem).__name__})"
    finally:
        connection.close()


def _why_not_200(connection: http.client.HTTPConnection, path: str) -> str | None:
    connection.request("GET", path)
    answer = connection.getresponse()
    body = " ".join(answer.read(300).decode(errors="replace").split())
    return None if answer.status == http.client.OK else f"{path} answers {answer.status} {body}"


def _ending(status: int) -> str:
    return f"exit status {status}" if status >= 0 else signal.Signals(-status).name


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
