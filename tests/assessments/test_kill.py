"""A submission that is killed between any two statements leaves its result once or not at all.

A child process submits and is killed with SIGKILL at its n-th step, for every n (in `make proof`) or for a spread
of them. A step is a line of the rooms that decide and write, or the beginning or end of a call into the
database driver. Afterwards the same attempt is sent again and exactly one result must be there.
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
SPREAD = 12
"""How many steps lie between two kills of the reduced run."""


def submit(person: Person) -> Any:
    return person.post("scales/phq9/submissions", BODY)


def killed_after(steps: int, act: Callable[[], object]) -> bool:
    """Run `act` in a child that is killed at its n-th step; return whether it got that far."""
    child = os.fork()
    if child == 0:
        for engine in db.engines.values():
            engine.dispose(close=False)
        sys.settrace(killer(steps))
        act()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def killer(steps: int) -> Callable[[FrameType, str, Any], Any]:
    """Return a tracer that ends this process at its n-th step, as a power cut would."""
    left = steps

    def step() -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

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


def worst_counts(app: Flask, person: Person, spread: int) -> tuple[int, int, int]:
    """Kill at every `spread`-th step; return kills, most results after a kill, most results after the retry."""
    kills = most_after_kill = most_after_retry = 0
    steps = 1
    while killed_after(steps, lambda: submit(person)):
        kills += 1
        most_after_kill = max(most_after_kill, results_of(person))
        app.extensions["heartport.limits"].reset()
        assert submit(person).status_code == 201
        most_after_retry = max(most_after_retry, results_of(person))
        assert results_of(person) >= 1
        empty_vault()
        steps += spread
    return kills, most_after_kill, most_after_retry


@pytest.fixture()
def warm(employee: Person) -> Person:
    """An employee whose next submission meets no first-time work."""
    submit(employee)
    empty_vault()
    return employee


def test_a_killed_submission_is_there_once_or_not_at_all_and_its_retry_gives_one(app: Flask, warm: Person) -> None:
    kills, after_kill, after_retry = worst_counts(app, warm, 1 if FULL else SPREAD)
    assert kills >= (100 if FULL else 10)
    assert after_kill <= 1
    assert after_retry == 1


def test_control_an_insert_that_does_not_look_for_its_attempt_is_caught(
    app: Flask, warm: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the comparison a kill after the commit leaves two results once the client tries again."""

    def insert_blindly(self: Records, record_id: bytes, payload: bytes, windows: Any) -> tuple[Entry, bool]:
        return original(self, os.urandom(records.ID_BYTES), payload, windows)

    original = Records.insert_once
    monkeypatch.setattr(Records, "insert_once", insert_blindly)
    _, _, after_retry = worst_counts(app, warm, SPREAD)
    assert after_retry == 2


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
    with pytest.raises((AssertionError, KeyError)):
        worst_counts(app, warm, SPREAD)
