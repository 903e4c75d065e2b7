"""The supervisor, tried with real small processes: what it starts it stops, whatever happens to it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from heartport.config import load_settings
from heartport.launch import Plan, Trouble, check_port, free_port, locked, plan_for

READY = "ready http://127.0.0.1:{}"

# Takes a plan as JSON, `launch` does the rest. `unguarded` is the negative control of the guard.
SUPERVISOR = """
import json, os, sys
from pathlib import Path
from heartport import launch
told = json.loads(sys.argv[1])
if told.pop("unguarded", False):
    launch.Guard.note_myself = lambda self: None
plan = launch.Plan(
    data_dir=Path(told.pop("data_dir")),
    environ=dict(os.environ),
    steps=tuple(launch.Step(**step) for step in told.pop("steps")),
    services=tuple(launch.Service(**service) for service in told.pop("services")),
    **told,
)
sys.exit(launch.launch(plan))
"""

# Each child writes its process id and each signal that reaches it into a file of its own.
CHILD = """
import os, signal, subprocess, sys, time
folder, name, manner = sys.argv[1:4]
def note(word):
    with open(f"{folder}/{name}", "a") as file:
        file.write(f"{word}\\n")
def end(number, frame):
    note(signal.Signals(number).name)
    with open(f"{folder}/ends", "a") as file:
        file.write(f"{name}\\n")
    if manner != "stubborn":
        sys.exit(0)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, end)
note(os.getpid())
"""
SLEEPER = CHILD + "print('one line of the log', flush=True)\ntime.sleep(600)\n"
# A server with a worker of its own, as granian has: the worker ignores everything but SIGKILL.
SERVER = (
    CHILD
    + """
from http.server import BaseHTTPRequestHandler, HTTPServer
worker = subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
note(worker.pid)
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if manner == "unready" else 200)
        self.end_headers()
        self.wfile.write(b'{"checks": {"keys": "failed"}}')
    def log_message(self, *_): pass
HTTPServer.allow_reuse_address = True
HTTPServer(("127.0.0.1", int(sys.argv[4])), Handler).serve_forever()
"""
)


class Machine:
    """A folder, a port, and the supervisors started on them, all of which are ended afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.port = free_port(0)
        self.started: list[subprocess.Popen[str]] = []

    def service(self, name: str, manner: str = "plain") -> dict[str, Any]:
        return {"name": name, "command": [sys.executable, "-c", SLEEPER, str(self.folder), name, manner]}

    def server(self, manner: str = "plain", name: str = "server") -> dict[str, Any]:
        command = [sys.executable, "-c", SERVER, str(self.folder), name, manner, str(self.port)]
        return {"name": name, "command": command, "port": self.port, "ready_path": "/readyz"}

    def step(self, code: str, *, shown: bool = False) -> dict[str, Any]:
        return {"name": "preparing", "command": [sys.executable, "-c", code], "shown": shown}

    def start(self, *services: dict[str, Any], **told: Any) -> subprocess.Popen[str]:
        """Start a supervisor of these services."""
        plan = {"data_dir": str(self.data_dir), "port": self.port, "steps": [], "services": services, **told}
        run = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, json.dumps(plan)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(run)
        return run

    def start_until_ready(self, *services: dict[str, Any], **told: Any) -> subprocess.Popen[str]:
        run = self.start(*services, **told)
        assert READY.format(self.port) in lines_until(run, "ready ")
        return run

    def notes(self, name: str) -> list[str]:
        """What a child noted: process ids first, then signals."""
        file = self.folder / name
        return file.read_text().split() if file.exists() else []

    def pids(self) -> list[int]:
        return [
            int(word)
            for file in self.folder.iterdir()
            if file.is_file()
            for word in self.notes(file.name)
            if word.isdigit()
        ]

    def nothing_runs(self, within_seconds: float = 2) -> bool:
        """Say whether all children are gone; a killed process needs a moment."""
        return eventually(lambda: not any(is_alive(pid) for pid in self.pids()), within_seconds)

    def clean_up(self) -> None:
        for run in self.started:
            run.kill()
            run.communicate()
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    made.clean_up()


def lines_until(run: subprocess.Popen[str], beginning: str) -> list[str]:
    """Read the output up to the first line that begins so, or to its end."""
    lines: list[str] = []
    assert run.stdout
    for line in run.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith(beginning):
            break
    return lines


def ended(run: subprocess.Popen[str], within_seconds: float = 20) -> tuple[int, str, str]:
    """Wait for the end; returns exit status, the rest of the output, and the complaints."""
    out, err = run.communicate(timeout=within_seconds)
    return run.returncode, out, err


def is_alive(pid: int) -> bool:
    """Say whether the process runs; one that only waits to be buried does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()


def eventually(condition: Callable[[], bool], within_seconds: float = 15) -> bool:
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_says_what_it_does_then_ready_then_what_the_step_had_to_show(machine: Machine) -> None:
    steps = [machine.step("print('not for show')"), machine.step("print('小林 123456')", shown=True)]
    run = machine.start(machine.service("scheduler"), machine.server(), steps=steps, lines=["emulator http://x"])
    assert lines_until(run, "小林") == [
        "preparing …",
        "preparing …",
        "starting the scheduler …",
        "starting the server …",
        "emulator http://x",
        READY.format(machine.port),
        "小林 123456",
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything_the_last_first(machine: Machine, number: signal.Signals) -> None:
    run = machine.start_until_ready(machine.service("emulator"), machine.service("scheduler"), machine.server())
    run.send_signal(number)
    assert ended(run) == (0, "stopping …\nstopped\n", "")
    assert machine.nothing_runs()
    assert machine.notes("ends") == ["server", "scheduler", "emulator"]
    assert len(machine.notes("server")) == 3  # its own id, its worker's, and one signal


def test_the_terminals_interrupt_reaches_each_child_once_and_as_a_request_to_end(machine: Machine) -> None:
    run = machine.start_until_ready(machine.service("scheduler"), machine.server())
    os.killpg(run.pid, signal.SIGINT)  # as the terminal does it
    assert ended(run)[0] == 0
    assert machine.notes("scheduler")[1:] == ["SIGTERM"]
    assert machine.notes("server")[2:] == ["SIGTERM"]


def test_a_child_that_will_not_end_is_killed_after_a_bound(machine: Machine) -> None:
    run = machine.start_until_ready(machine.service("scheduler", "stubborn"), machine.server(), stop_within_seconds=1)
    begun = time.monotonic()
    run.terminate()
    assert ended(run)[0] == 0
    assert 1 <= time.monotonic() - begun < 5
    assert machine.notes("scheduler")[1:] == ["SIGTERM"]
    assert machine.nothing_runs()


def test_a_second_interrupt_ends_the_patience(machine: Machine) -> None:
    run = machine.start_until_ready(machine.service("scheduler", "stubborn"), machine.server(), stop_within_seconds=60)
    run.send_signal(signal.SIGINT)
    assert eventually(lambda: "SIGTERM" in machine.notes("scheduler"))
    run.send_signal(signal.SIGINT)
    assert ended(run)[0] == 0
    assert machine.nothing_runs()


def test_a_second_sigterm_does_not_end_the_patience(machine: Machine) -> None:
    run = machine.start_until_ready(machine.service("scheduler", "stubborn"), machine.server(), stop_within_seconds=2)
    begun = time.monotonic()
    run.terminate()
    assert eventually(lambda: "SIGTERM" in machine.notes("scheduler"))
    run.terminate()
    assert ended(run)[0] == 0
    assert time.monotonic() - begun >= 2


@pytest.mark.parametrize("name", ["scheduler", "server"])
def test_a_child_that_dies_by_itself_is_named_and_the_rest_is_stopped(machine: Machine, name: str) -> None:
    run = machine.start_until_ready(machine.service("emulator"), machine.service("scheduler"), machine.server())
    os.kill(int(machine.notes(name)[0]), signal.SIGKILL)
    log = machine.data_dir / "logs" / f"{name}.log"
    said = f"the {name} stopped by itself (SIGKILL): everything is stopped; its log is {log}\n"
    assert ended(run) == (1, "", said)
    assert machine.nothing_runs()


def test_a_child_that_dies_before_all_is_ready_is_named(machine: Machine) -> None:
    broken = {"name": "emulator", "command": [sys.executable, "-c", "raise SystemExit(3)"], "port": free_port(0)}
    status, out, err = ended(machine.start(machine.service("scheduler"), broken, machine.server()))
    assert (status, len(err.splitlines())) == (1, 1)
    assert "the emulator stopped by itself (exit status 3)" in err
    assert "ready" not in out
    assert machine.nothing_runs()


def test_a_server_that_does_not_become_ready_is_stopped_with_the_reason(machine: Machine) -> None:
    run = machine.start(machine.service("scheduler"), machine.server("unready"), ready_within_seconds=1)
    status, out, err = ended(run)
    assert (status, len(err.splitlines())) == (1, 1)
    assert 'the server is not ready: /readyz answers 503 {"checks": {"keys": "failed"}}' in err
    assert "ready http" not in out
    assert machine.nothing_runs()


def test_a_failing_step_shows_its_output_and_nothing_is_started(machine: Machine) -> None:
    step = machine.step("import sys; print('half done'); sys.exit('no such table')")
    status, out, err = ended(machine.start(machine.server(), steps=[step]))
    assert (status, out) == (1, "preparing …\n")
    assert err == "half done\nno such table\npreparing failed (exit status 1), see above\n"
    assert not machine.pids()


def test_a_signal_during_a_step_stops_it(machine: Machine) -> None:
    step = {"name": "preparing", "command": machine.service("step")["command"]}
    run = machine.start(machine.server(), steps=[step])
    assert eventually(lambda: bool(machine.notes("step")))
    run.terminate()
    assert ended(run) == (0, "preparing …\nstopping …\nstopped\n", "")
    assert machine.notes("step")[1:] == ["SIGTERM"]
    assert not machine.notes("server")
    assert machine.nothing_runs()


@pytest.mark.parametrize("option", [None, socket.SO_REUSEPORT])
def test_a_port_in_use_is_said_in_one_line_before_anything_starts(machine: Machine, option: int | None) -> None:
    with socket.socket() as taken:
        if option is not None:
            taken.setsockopt(socket.SOL_SOCKET, option, 1)
        taken.bind(("127.0.0.1", machine.port))
        taken.listen()
        assert ended(machine.start(machine.server(), steps=[machine.step("")])) == (
            1,
            "",
            f"port {machine.port} is in use: set HEARTPORT_PORT to another one\n",
        )
    assert not machine.pids()


def test_a_port_taken_during_the_preparation_is_said_too(machine: Machine) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", machine.port))
        wait = machine.step(
            f"import os, time\nwhile not os.path.exists({str(machine.folder / 'go')!r}): time.sleep(0.05)"
        )
        run = machine.start(machine.server(), steps=[wait])
        assert lines_until(run, "preparing")
        taken.listen()
        (machine.folder / "go").touch()
        assert ended(run)[2] == f"port {machine.port} is in use: set HEARTPORT_PORT to another one\n"
    assert not machine.pids()


def test_a_port_whose_last_connection_still_lingers_is_free() -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        caller = socket.create_connection(("127.0.0.1", port))
        answering, _ = listener.accept()
    answering.close()  # the side that closes first keeps the port in TIME_WAIT
    caller.close()
    with socket.socket() as careless, pytest.raises(OSError, match="in use"):
        careless.bind(("127.0.0.1", port))
    check_port(port)


def test_a_data_directory_in_use_is_said_in_one_line_and_its_user_goes_on(machine: Machine) -> None:
    first = machine.start_until_ready(machine.server())
    machine.port, own_port = free_port(0), machine.port
    second = machine.start(machine.server(name="second"))
    machine.port = own_port
    status, out, err = ended(second)
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert f"the data directory {machine.data_dir} is in use" in err
    assert "HEARTPORT_DATA_DIR" in err
    assert first.poll() is None
    assert not machine.notes("second")


def test_a_data_directory_that_cannot_be_made_is_said_in_one_line(machine: Machine) -> None:
    machine.data_dir.write_text("a file")
    status, _, err = ended(machine.start(machine.server()))
    assert (status, err) == (1, f"HEARTPORT_DATA_DIR: {machine.data_dir} cannot be used: File exists\n")


def test_killing_the_supervisor_leaves_no_child_and_no_childs_child(machine: Machine) -> None:
    run = machine.start_until_ready(
        machine.service("emulator"), machine.service("scheduler", "stubborn"), machine.server(), stop_within_seconds=1
    )
    assert len(machine.pids()) == 4
    run.kill()
    assert machine.nothing_runs(within_seconds=15)


def test_without_the_guard_children_would_outlive_the_killed_supervisor(machine: Machine) -> None:
    run = machine.start_until_ready(machine.service("scheduler"), machine.server(), unguarded=True)
    run.kill()
    run.wait()
    assert not machine.nothing_runs()


def test_killing_the_supervisor_during_a_step_ends_the_step(machine: Machine) -> None:
    step = {"name": "preparing", "command": machine.service("step")["command"]}
    run = machine.start(machine.server(), steps=[step])
    assert eventually(lambda: bool(machine.notes("step")))
    run.kill()
    assert machine.nothing_runs(within_seconds=15)


def test_the_data_directory_stays_in_use_until_the_last_child_of_a_killed_supervisor_is_gone(
    machine: Machine,
) -> None:
    run = machine.start_until_ready(machine.service("scheduler", "stubborn"), machine.server(), stop_within_seconds=1)
    run.kill()
    run.wait()
    with pytest.raises(Trouble, match="is in use"), locked(machine.data_dir):
        pass
    assert machine.nothing_runs(within_seconds=15)
    assert eventually(lambda: can_be_locked(machine.data_dir))


def can_be_locked(data_dir: Path) -> bool:
    try:
        with locked(data_dir):
            return True
    except Trouble:
        return False


def test_killing_the_guard_stops_everything(machine: Machine) -> None:
    run = machine.start_until_ready(machine.service("scheduler"), machine.server())
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    if not children.exists():
        pytest.skip("this system does not list a process's children")
    (guard,) = {int(pid) for pid in children.read_text().split()} - set(machine.pids())
    os.kill(guard, signal.SIGKILL)
    assert ended(run) == (1, "", "the guard process was killed: everything is stopped\n")
    assert machine.nothing_runs()


def test_a_second_start_keeps_the_last_log_and_shows_logs_to_their_owner_alone(machine: Machine) -> None:
    for _ in range(2):
        run = machine.start_until_ready(machine.service("scheduler"), machine.server())
        run.terminate()
        assert ended(run)[0] == 0
    for name in ("scheduler.log", "scheduler.last.log"):
        log = machine.data_dir / "logs" / name
        assert log.read_text() == "one line of the log\n"
        assert log.stat().st_mode & 0o077 == 0
    assert machine.data_dir.stat().st_mode & 0o077 == 0


def test_a_reader_who_goes_away_stops_nothing(machine: Machine) -> None:
    run = machine.start_until_ready(machine.server())
    assert run.stdout
    run.stdout.close()
    run.terminate()
    assert run.wait(20) == 0
    assert run.stderr
    assert run.stderr.read() == ""


def test_a_wrong_setting_is_said_in_one_line_and_ends_with_status_2(tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "HEARTPORT_DEMO": "1",
        "HEARTPORT_PORT": "eight",
        "HEARTPORT_DATA_DIR": str(tmp_path / "d"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "heartport.launch"], env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("HEARTPORT_PORT: ")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "d").exists()


def names(plan: Plan) -> list[str]:
    return [service.name for service in plan.services]


def test_a_demo_starts_an_emulator_that_every_child_knows(tmp_path: Path) -> None:
    environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path), "no_proxy": "intranet"}
    plan = plan_for(load_settings(environ), environ)
    assert names(plan) == ["emulator", "scheduler", "server"]
    base = f"http://127.0.0.1:{plan.services[0].port}"
    assert plan.environ["HEARTPORT_WECHAT_API_BASE"] == base
    assert plan.environ["no_proxy"] == "intranet,127.0.0.1"
    assert plan.lines == (f"emulator {base}",)
    assert [step.command[5:] for step in plan.steps] == [
        ("db-roles", "create"),
        ("db", "upgrade"),
        ("restore", "check", "--keep-sessions", "--force-new-ledger"),
        ("content", "load", "--go-on"),
        ("demo", "load"),
    ]
    assert [step.shown for step in plan.steps] == [False, False, False, False, True]


def test_a_wechat_that_is_named_is_used_instead_of_an_emulator(tmp_path: Path) -> None:
    environ = {
        "HEARTPORT_DEMO": "1",
        "HEARTPORT_DATA_DIR": str(tmp_path),
        "HEARTPORT_WECHAT_API_BASE": "http://127.0.0.1:9",
    }
    plan = plan_for(load_settings(environ), environ)
    assert names(plan) == ["scheduler", "server"]
    assert plan.environ["HEARTPORT_WECHAT_API_BASE"] == "http://127.0.0.1:9"
    assert plan.lines == ()


def test_production_gets_neither_emulator_nor_demo_data(tmp_path: Path) -> None:
    environ = {
        "HEARTPORT_DATABASE_URL": "postgresql://127.0.0.1/heartport",
        "HEARTPORT_WECHAT_APP_ID": "wx1",
        "HEARTPORT_WECHAT_APP_SECRET": "not-one",
        "HEARTPORT_KEYS": "not-one-either",
        "HEARTPORT_DATA_DIR": str(tmp_path),
    }
    plan = plan_for(load_settings(environ), environ)
    assert names(plan) == ["scheduler", "server"]
    assert [step.command[5:] for step in plan.steps] == [
        ("db", "upgrade"),
        ("restore", "check", "--keep-sessions"),
    ]
    assert "HEARTPORT_WECHAT_API_BASE" not in plan.environ


def test_the_emulator_takes_the_next_port_unless_somebody_has_it() -> None:
    port = free_port(0)
    assert free_port(port) == port
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert free_port(port) not in (port, 0)
    assert 0 < free_port(65536) < 65536


def test_the_server_keeps_no_access_log_and_listens_to_this_machine_only(tmp_path: Path) -> None:
    environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path), "HEARTPORT_PORT": "8123"}
    command = plan_for(load_settings(environ), environ).services[-1].command
    assert "--no-access-log" in command
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--port") + 1] == "8123"
