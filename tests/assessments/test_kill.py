"""A submission that is killed between any two statements leaves its result once or not at all.

A child process submits and is killed with SIGKILL at its n-th step, for every n (in `make proof`) or for a spread
of them and all of the last, which lie around the commit. A step is a line of the rooms that decide and write, or
the beginning or end of a call into the database driver. Afterwards the same attempt is sent again and exactly one
result must be there.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from flask import Flask

from heartport import stores
from heartport.extensions import db
from heartport.stores import Store
from heartport.vault import records
from heartport.vault.records import Entry, Records
from tests.conftest import Person

WATCHED_FILES = ("/assessments/submissions.py", "/vault/records.py", "/vault/door.py", "/heartport/stores.py")
WATCHED_CALLS = frozenset({"do_execute", "do_commit", "do_begin", "do_rollback", "do_ping"})
BODY = {"version": "1.0.0", "attempt_id": "attempt-that-is-killed", "answers": {f"q{n}": 1 for n in range(1, 10)}}
FULL = os.environ.get("HEARTPORT_PROOF") == "1"
SPREAD = 40
"""How many steps lie between two kills of the reduced run."""
LAST = 30
"""So many steps before the end each get their kill in every run."""


def submit(person: Person) -> Any:
    return person.post("scales/phq9/submissions", BODY)


def killed_after(steps: int, act: Callable[[], object]) -> bool:
    """Run `act` in a child that is killed at its n-th step; return whether it got that far."""
    left = steps

    def step() -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    status = in_child(act, step)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def steps_of(act: Callable[[], object]) -> int:
    """Run `act` to its end in a child and return how many steps that takes."""
    reader, writer = os.pipe()
    status = in_child(act, lambda: os.write(writer, b"."))
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        count = len(pipe.read())
    assert status == 0
    return count


def in_child(act: Callable[[], object], step: Callable[[], object]) -> int:
    """Run `act` in a child that calls `step` at each of its steps; return how it ended, as `os.wait` says it."""
    child = os.fork()
    if child == 0:
        for engine in db.engines.values():
            engine.dispose(close=False)
        sys.settrace(tracer(step))
        act()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def tracer(step: Callable[[], object]) -> Callable[[FrameType, str, Any], Any]:
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
        if frame.f_code.co_filename.endswith(WATCHED_FILES):
            return line
        if frame.f_code.co_name in WATCHED_CALLS:
            step()
            return around
        return None

    return call


def results_of(person: Person) -> int:
    return len(person.get("me/results").json["items"])


def empty_vault() -> None:
    table = db.metadatas["vault"].tables["sealed_records"]
    with stores.engine_of(Store.VAULT).execution_options(heartport_write=True).begin() as connection:
        connection.execute(table.delete())


def worst_counts(app: Flask, person: Person, kills: list[int]) -> tuple[int, int]:
    """Kill at these steps; return the most results found after a kill, and after its retry."""
    most_after_kill = most_after_retry = 0
    for steps in kills:
        assert killed_after(steps, lambda: submit(person))
        most_after_kill = max(most_after_kill, results_of(person))
        app.extensions["heartport.limits"].reset()
        assert submit(person).status_code == 201
        most_after_retry = max(most_after_retry, results_of(person))
        assert results_of(person) >= 1
        empty_vault()
    return most_after_kill, most_after_retry


def last_steps(person: Person) -> list[int]:
    """Return the steps around the commit and after it."""
    count = steps_of(lambda: submit(person))
    empty_vault()
    return list(range(count - LAST, count + 1))


@pytest.fixture
def warm(employee: Person) -> Person:
    """An employee whose next submission meets no first-time work."""
    submit(employee)
    empty_vault()
    return employee


def test_a_killed_submission_is_there_once_or_not_at_all_and_its_retry_gives_one(app: Flask, warm: Person) -> None:
    last = last_steps(warm)
    kills = [*range(1, last[0], 1 if FULL else SPREAD), *last]
    assert len(kills) > LAST + 5
    assert worst_counts(app, warm, kills) == (1, 1)


def test_control_an_insert_that_does_not_look_for_its_attempt_is_caught(
    app: Flask, warm: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the comparison a kill after the commit leaves two results once the client tries again."""

    def insert_blindly(self: Records, record_id: bytes, payload: bytes, windows: Any) -> tuple[Entry, bool]:
        return original(self, os.urandom(records.ID_BYTES), payload, windows)

    original = Records.insert_once
    monkeypatch.setattr(Records, "insert_once", insert_blindly)
    assert worst_counts(app, warm, last_steps(warm)) == (1, 2)


def test_control_a_record_written_in_two_transactions_is_caught(
    app: Flask, warm: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first transaction that stores the row and a second that completes it leaves something unreadable between."""

    def insert_in_two_steps(self: Records, record_id: bytes, payload: bytes, windows: Any) -> tuple[Entry, bool]:
        original(self, record_id, b"{}", windows)
        empty_vault()
        return original(self, record_id, payload, windows)

    original = Records.insert_once
    monkeypatch.setattr(Records, "insert_once", insert_in_two_steps)
    steps = range(1, last_steps(warm)[-1], 5)
    with pytest.raises((AssertionError, KeyError)):
        worst_counts(app, warm, list(reversed(steps)))
