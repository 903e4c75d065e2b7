"""Runs a use case in a child process that is killed with SIGKILL at its n-th step.

A step is a line of the watched files, or the beginning or end of a call into the database driver.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from heartport.extensions import db

WATCHED_CALLS = frozenset({"do_execute", "do_commit", "do_begin", "do_rollback", "do_ping"})
FULL = os.environ.get("HEARTPORT_PROOF") == "1"


def killed_after(steps: int, act: Callable[[], object], watched_files: tuple[str, ...]) -> bool:
    """Run `act` in a child that is killed at its n-th step; return whether it got that far."""
    left = steps

    def step() -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    status = in_child(act, step, watched_files)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def steps_of(act: Callable[[], object], watched_files: tuple[str, ...]) -> int:
    """Run `act` to its end in a child and return how many steps that takes."""
    reader, writer = os.pipe()
    status = in_child(act, lambda: os.write(writer, b"."), watched_files)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        count = len(pipe.read())
    assert status == 0
    return count


def in_child(act: Callable[[], object], step: Callable[[], object], watched_files: tuple[str, ...]) -> int:
    """Run `act` in a child that calls `step` at each of its steps; return how it ended, as `os.wait` says it."""
    child = os.fork()
    if child == 0:
        for engine in db.engines.values():
            engine.dispose(close=False)
        sys.settrace(tracer(step, watched_files))
        act()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def tracer(step: Callable[[], object], watched_files: tuple[str, ...]) -> Callable[[FrameType, str, Any], Any]:
    """Return a tracer that calls `step` at each watched line, and before and after each watched call."""

    def line(_frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            step()
        return line

    def around(_frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "return":
            step()
        return around

    def call(frame: FrameType, _event: str, _argument: Any) -> Any:
        if frame.f_code.co_filename.endswith(watched_files):
            return line
        if frame.f_code.co_name in WATCHED_CALLS:
            step()
            return around
        return None

    return call
