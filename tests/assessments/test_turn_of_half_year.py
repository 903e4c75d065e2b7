"""Around the turn of a half-year: a clock that is put back, or another machine's, neither doubles nor loses a thing."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from heartport.members import standing
from heartport.vault import records, shredding
from tests.assessments.test_routes import PHQ9, stored_rows, submission
from tests.conftest import Clock, Person, ready_person
from tests.members.residents import CONFIRM

TURN = datetime(2026, 12, 31, 16, tzinfo=UTC)
"""Midnight of 1 January in Shanghai."""
MOMENT = timedelta(seconds=1)


@pytest.fixture
def person(app: Flask, clock: Clock) -> Person:
    """Somebody who came shortly before; it is just after the turn now."""
    clock.moment = TURN - timedelta(days=1)
    made = ready_person(app, "openid-of-the-turn-000000001")
    clock.moment = TURN + MOMENT
    return made


def take(person: Person, body: dict | None = None) -> str:
    response = person.post("scales/phq9/submissions", body or submission(PHQ9))
    assert response.status_code == 201
    return response.json["id"]


def listed(person: Person, query: str = "") -> list[str]:
    return [item["id"] for item in person.get(f"me/results{query}").json["items"]]


def repeated_behind(person: Person, clock: Clock) -> int:
    """Submit after the turn and again under a clock that stands before it; return how many rows there are."""
    body = submission(PHQ9)
    first = take(person, body)
    clock.moment = TURN - MOMENT
    assert take(person, body) == first
    return stored_rows()


def rows_after_erasure_behind(person: Person, clock: Clock) -> int:
    take(person)
    clock.moment = TURN - MOMENT
    assert person.post("me/erasure", CONFIRM).status_code == 200
    return stored_rows()


def test_the_same_attempt_under_a_clock_that_was_put_back_is_one_result(person: Person, clock: Clock) -> None:
    assert repeated_behind(person, clock) == 1


def test_a_result_of_the_new_half_year_is_listed_shown_and_deleted_from_the_old_one(
    person: Person, clock: Clock
) -> None:
    new = take(person)
    clock.moment = TURN - MOMENT
    old = take(person)
    assert listed(person) == [new, old]
    cursor = person.get("me/results?limit=1").json["next_cursor"]
    assert listed(person, f"?limit=1&cursor={cursor}") == [old]
    assert person.get(f"me/results/{new}").status_code == 200
    assert len(person.call("POST", "me/export").json["results"]) == 2
    assert person.delete(f"me/results/{new}").status_code == 204
    assert listed(person) == [old]


def test_an_erasure_under_a_clock_that_was_put_back_leaves_no_row(person: Person, clock: Clock) -> None:
    assert rows_after_erasure_behind(person, clock) == 0


@pytest.mark.parametrize("behind", [False, True])
def test_a_late_autosave_is_known_on_either_side(person: Person, clock: Clock, behind: bool) -> None:
    body = submission(PHQ9)
    take(person, body)
    clock.moment = TURN - MOMENT if behind else TURN + timedelta(days=1)
    late = {"version": "1.0.0", "attempt_id": body["attempt_id"], "answers": {"q1": {"value": 1, "revision": 1}}}
    assert person.put("scales/phq9/draft", late).status_code == 409


def test_control_reading_only_windows_that_have_begun_hides_it(
    person: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "with_the_next", tuple)
    take(person)
    clock.moment = TURN - MOMENT
    assert listed(person) == []


def test_control_looking_only_at_windows_that_have_begun_stores_it_twice(
    person: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "with_the_next", tuple)
    assert repeated_behind(person, clock) == 2


def test_control_deleting_only_in_windows_that_have_begun_leaves_a_row(
    person: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shredding, "with_the_next", tuple)
    assert rows_after_erasure_behind(person, clock) == 1
