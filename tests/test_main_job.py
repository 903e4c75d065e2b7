"""The whole thing as a newcomer meets it: `make run`'s launcher, then `make demo`'s walk over real HTTP."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from heartport.launch import free_port

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90
STOP_SECONDS = 30


@contextmanager
def running_service(data_dir: Path, port: int) -> Iterator[list[str]]:
    """Start everything on a port and yield the lines that were printed until it was ready."""
    environ = {**os.environ, "HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(data_dir), "HEARTPORT_PORT": str(port)}
    launcher = subprocess.Popen(
        [sys.executable, "-m", "heartport.launch"], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    )
    try:
        yield list(lines_until_signs_ins(launcher))
    finally:
        with suppress(ProcessLookupError):
            launcher.send_signal(signal.SIGINT)
        launcher.communicate(timeout=STOP_SECONDS)
    assert launcher.returncode == 0


def lines_until_signs_ins(launcher: subprocess.Popen) -> Iterator[str]:
    """Read up to the last demo sign-in; the test's own time limit bounds it."""
    for line in launcher.stdout:
        yield line.rstrip("\n")
        if "_emu/login_code" in line:
            return


def walk(port: int) -> subprocess.CompletedProcess:
    environ = {**os.environ, "HEARTPORT_PORT": str(port)}
    command = [sys.executable, "-m", "heartport.demo"]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def port() -> int:
    """A port whose successor is free too, since the walk looks for the emulator there."""
    while True:
        found = free_port(0)
        if found < 65535 and free_port(found + 1) == found + 1:
            return found


def test_the_main_job_runs_on_a_fresh_machine_and_a_second_run_keeps_the_data(tmp_path: Path, port: int) -> None:
    with running_service(tmp_path, port) as lines:
        assert f"ready http://127.0.0.1:{port}" in lines
        assert any("小林" in line for line in lines)
        walked = walk(port)
        assert walked.returncode == 0, walked.stderr
        for expected in ("[mild] 分数 9(0–27)", "suicide_item (urgent)", "我现在是安全的", "主流程走完了"):
            assert expected in walked.stdout
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/hotlines", timeout=10) as response:
            assert response.status == 200
    with running_service(tmp_path, port):
        again = walk(port)
    assert again.returncode == 0, again.stderr
    looked_back = again.stdout.split("5. 回看自己的结果")[1]
    assert looked_back.count("PHQ-9") == 1
    assert (tmp_path / "vault.sqlite3").stat().st_size > 8 * 1900


def test_the_walk_says_in_one_line_that_nobody_answers(port: int) -> None:
    walked = walk(port)
    assert walked.returncode == 1
    assert walked.stderr.count("\n") == 1
    assert "make run" in walked.stderr
