"""A submission that is killed between any two statements leaves its result once and no draft, or the draft alone.

A child process submits and is killed with SIGKILL at its n-th step, for every n (in `make proof`) or for a spread
of them and all of the last, which lie around the commit. A step is a line of the rooms that decide and write, or
the beginning or end of a call into the database driver. Afterwards the same attempt is sent again, and exactly one
result and no draft must be there.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask

from heartport import stores
from heartport.extensions import db
from heartport.stores import Store
from heartport.vault import records
from heartport.vault.records import Entry, Records
from heartport.vault.singles import Single
from tests import killing
from tests.conftest import Person
from tests.killing import FULL

WATCHED_FILES = (
    "/assessments/submissions.py",
    "/vault/records.py",
    "/vault/singles.py",
    "/vault/door.py",
    "/heartport/stores.py",
)
BODY = {"version": "1.0.0", "attempt_id": "attempt-that-is-killed", "answers": {f"q{n}": 1 for n in range(1, 10)}}
DRAFT = {"version": "1.0.0", "answers": {"q1": {"value": 1, "revision": 1}}}
SPREAD = 40
"""How many steps lie between two kills of the reduced run."""
LAST = 30
"""So many steps before the end each get their kill in every run."""


def submit(person: Person) -> Any:
    return person.post("scales/phq9/submissions", BODY)


def killed_after(steps: int, act: Callable[[], object]) -> bool:
    """Run `act` in a child that is killed at its n-th step; return whether it got that far."""
    return killing.killed_after(steps, act, WATCHED_FILES)


def steps_of(act: Callable[[], object]) -> int:
    """Run `act` to its end in a child and return how many steps that takes."""
    return killing.steps_of(act, WATCHED_FILES)


State = tuple[int, bool]
"""How many results there are, and whether there is a draft."""
BEFORE, AFTER = (0, True), (1, False)


def state_of(person: Person) -> State:
    results = len(person.get("me/results").json["items"])
    return results, person.get("scales/phq9/draft").json["answers"] != {}


def begin(app: Flask, person: Person) -> None:
    """Leave nothing but a draft, and no roster that was read lately: a submission always takes the same steps."""
    app.extensions["heartport.limits"].reset()
    empty_vault()
    assert person.put("scales/phq9/draft", DRAFT).status_code == 200
    app.extensions.pop("heartport.shifts", None)


def empty_vault() -> None:
    table = db.metadatas["vault"].tables["sealed_records"]
    with stores.engine_of(Store.VAULT).execution_options(heartport_write=True).begin() as connection:
        connection.execute(table.delete())


def states_found(app: Flask, person: Person, kills: Iterable[int]) -> tuple[set[State], set[State]]:
    """Kill at these steps; return all states found after a kill, and all found after its retry."""
    after_kill, after_retry = set(), set()
    for steps in kills:
        begin(app, person)
        assert killed_after(steps, lambda: submit(person))
        after_kill.add(state_of(person))
        assert submit(person).status_code == 201
        after_retry.add(state_of(person))
    return after_kill, after_retry


def last_steps(app: Flask, person: Person) -> list[int]:
    """Return the steps around the commit and after it."""
    begin(app, person)
    count = steps_of(lambda: submit(person))
    return list(range(count - LAST, count + 1))


@pytest.fixture
def warm(employee: Person) -> Person:
    """An employee whose next submission meets no first-time work."""
    submit(employee)
    return employee


def test_a_killed_submission_leaves_the_draft_or_the_result_and_its_retry_the_result(app: Flask, warm: Person) -> None:
    last = last_steps(app, warm)
    kills = [*range(1, last[0], 1 if FULL else SPREAD), *last]
    assert len(kills) > LAST + 5
    assert states_found(app, warm, kills) == ({BEFORE, AFTER}, {AFTER})


def test_control_an_insert_that_does_not_look_for_its_attempt_is_caught(
    app: Flask, warm: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the comparison a kill after the commit leaves two results once the client tries again."""

    def insert_blindly(self: Records, _record_id: bytes, *rest: Any, **more: Any) -> tuple[Entry, bool]:
        return original(self, os.urandom(records.ID_BYTES), *rest, **more)

    original = Records.insert_once
    monkeypatch.setattr(Records, "insert_once", insert_blindly)
    assert any((2, False) in states_found(app, warm, [step])[1] for step in reversed(last_steps(app, warm)))


def test_control_a_record_written_in_two_transactions_is_caught(
    app: Flask, warm: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first transaction that stores the row and a second that completes it leaves something unreadable between."""

    def insert_in_two_steps(
        self: Records, record_id: bytes, payload: bytes, windows: Any, **more: Any
    ) -> tuple[Entry, bool]:
        original(self, record_id, b"{}", windows)
        empty_vault()
        return original(self, record_id, payload, windows, **more)

    original = Records.insert_once
    monkeypatch.setattr(Records, "insert_once", insert_in_two_steps)
    steps = range(1, last_steps(app, warm)[-1], 5)
    with pytest.raises((AssertionError, KeyError)):
        states_found(app, warm, reversed(steps))


@pytest.mark.parametrize(("result_first", "between"), [(True, (1, True)), (False, (0, False))])
def test_control_a_draft_used_up_in_a_transaction_of_its_own_is_caught(
    app: Flask, warm: Person, monkeypatch: pytest.MonkeyPatch, result_first: bool, between: State
) -> None:
    """Between the two there is a result whose draft still stands, or no draft and no result either."""

    def in_two_transactions(
        self: Records, record_id: bytes, payload: bytes, windows: Any, using_up: Single
    ) -> tuple[Entry, bool]:
        if not result_first:
            using_up.erase(record_id)
        outcome = original(self, record_id, payload, windows)
        if result_first:
            using_up.erase(record_id)
        return outcome

    original = Records.insert_once
    monkeypatch.setattr(Records, "insert_once", in_two_transactions)
    steps = range(1, last_steps(app, warm)[-1], 5)
    assert any(between in states_found(app, warm, [step])[0] for step in reversed(steps))
