"""An erasure that is killed between any two statements has either not begun, or is finished by the next job.

A child process erases and is killed with SIGKILL at its n-th step, for every n (in `make proof`) or for a spread of
them (`tests.killing` says what a step is). Before the decision everything must still be there and the person can
call again; after it the token must be dead, and after the job nothing of the person may be left, in the files of
SQLite neither.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select

from heartport.members import erasures
from heartport.members.erasure_ledger import current_ledger
from heartport.members.erasures import finish_erasures
from heartport.members.models import Erasure
from heartport.stores import Store, engine_of, reading
from heartport.vault.door import SubjectGone, Vault, current_vault
from heartport.vault.shredding import Holdings, shred
from tests.conftest import Person
from tests.killing import FULL, killed_after, steps_of
from tests.members.residents import CONFIRM, Resident, settle
from tests.vault.dumps import all_bytes, by_column, dump, traces

WATCHED_FILES = (
    "/members/erasures.py",
    "/members/erasure_ledger.py",
    "/vault/shredding.py",
    "/vault/door.py",
    "/heartport/stores.py",
    "/heartport/store_files.py",
)
KILLS = 10**9 if FULL else 20
"""About so many kills, spread over all steps; between two states that do not follow each other there are more."""
STATES = ("not begun", "marked", "noted", "finished")
LAST = 8
"""So many steps before the end each get their kill in every run: there the account is gone and the files are not."""


def erase(person: Person):
    return person.post("me/erasure", CONFIRM)


def clear(secret: str | bytes) -> dict[str, bytes]:
    return {"clear": secret.encode() if isinstance(secret, str) else secret}


def left_of(resident: Resident) -> set[str]:
    places = by_column([cell for store in Store for cell in dump(store)])
    if engine_of(Store.MAIN).dialect.name == "sqlite":
        places |= all_bytes()
    return traces(resident.traces, places, clear)


def begun() -> int:
    with reading(Store.MAIN) as session:
        return len(session.execute(select(Erasure.account_id)).all())


def outcome(app: Flask, number: int, steps: int) -> tuple[str, set[str]]:
    """Kill one erasure at a step; return how far it came, and what is left after the job, or after the second call."""
    new_ledger()
    resident = settle(app, f"openid-of-a-killed-{number:08}", f"被打断的人{number}", results=2)
    assert killed_after(steps, lambda: erase(resident.person), WATCHED_FILES)
    alive = resident.person.get("me").status_code == 200
    if alive:
        assert len(resident.person.get("me/results").json["items"]) == 1
        assert erase(resident.person).status_code == 200
        finish_erasures()
        return "not begun", left_of(resident)
    noted = current_vault().link_of(resident.account_id) in current_ledger().links()
    state = "finished" if begun() == 0 else "noted" if noted else "marked"
    assert finish_erasures() == (state != "finished")
    assert noted or current_vault().link_of(resident.account_id) in current_ledger().links()
    return state, left_of(resident)


def new_ledger() -> None:
    """Begin an empty one: reading a longer one would take more steps than were counted."""
    current_ledger().path.unlink()
    current_ledger().begin()


def all_steps(app: Flask) -> int:
    """Count the steps of an erasure that is not the first: what is made ready once takes steps of its own."""
    assert erase(settle(app, "openid-of-one-before-00000001", "先走一步", results=2).person).status_code == 200
    new_ledger()
    resident = settle(app, "openid-of-the-first-00000001", "第一个", results=2)
    return steps_of(lambda: erase(resident.person), WATCHED_FILES)


def outcomes(app: Flask, steps: Iterable[int]) -> Iterator[tuple[str, set[str]]]:
    for number, step in enumerate(steps):
        yield outcome(app, number, step)


def spread(count: int) -> list[int]:
    return sorted({*range(1, count, max(1, count // KILLS)), *range(count - LAST, count)})


def skipped(found: dict[int, tuple[str, set[str]]]) -> int | None:
    """Return a step between two kills that skip a state, half-way, or None where no state was skipped."""
    for one, other in pairwise(sorted(found)):
        if STATES.index(found[other][0]) - STATES.index(found[one][0]) > 1 and other - one > 1:
            return (one + other) // 2
    return None


def test_a_killed_erasure_is_not_begun_or_is_finished_by_the_next_job(app: Flask) -> None:
    steps = spread(all_steps(app))
    found = dict(zip(steps, outcomes(app, steps), strict=True))
    while (step := skipped(found)) is not None:
        found[step] = outcome(app, len(found), step)
    assert {state for state, _ in found.values()} == set(STATES)
    assert set().union(*(left for _, left in found.values())) == set()


def test_control_a_key_that_is_destroyed_before_the_records_is_caught(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a kill between the two nobody can find the records any more."""

    def key_first(self: Vault, link: bytes, windows: Sequence[str], holdings: Holdings) -> None:
        with suppress(SubjectGone):
            held = self._subject_key(link)
            self.destroy_key(link)
            shred(held, windows, holdings)

    monkeypatch.setattr(Vault, "erase_subject", key_first)
    later = spread(all_steps(app))[-LAST::-1]
    assert any("slot" in trace for _, left in outcomes(app, later) for trace in left)


def test_control_an_account_that_is_deleted_before_its_records_is_caught(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a kill between the two the job does not know of the erasure any more."""
    original = erasures._finish

    def account_first(account_id: str) -> None:
        erasures.write_transaction(Store.MAIN, lambda session: erasures._forget(session, account_id))
        original(account_id)

    monkeypatch.setattr(erasures, "_finish", account_first)
    later = spread(all_steps(app))[-LAST::-1]
    with pytest.raises(AssertionError):
        assert not any(left for _, left in outcomes(app, later))
