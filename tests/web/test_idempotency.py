"""A creating request that arrives twice creates once, whoever sends it and however many arrive together."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import TypedDict

import pytest
from flask import Flask, request
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from heartport.callers import EMPLOYEE
from heartport.columns import new_public_id
from heartport.errors import Conflict
from heartport.members import erasures
from heartport.members.models import Account
from heartport.stores import Store, reading, write_transaction
from heartport.web import access
from heartport.web.contract import Blueprint
from heartport.web.idempotency import (
    IDEMPOTENCY_KEY,
    IdempotencyKeyNeeded,
    IdempotencyKeyReused,
    create_once,
    delete_expired_keys,
)
from heartport.web.json_reader import read_json
from heartport.web.models import IdempotencyKey
from heartport.web.schemas import BodyIn
from tests.conftest import Clock, Person, dispose, empty_stores, make_app
from tests.contract import api_of
from tests.emulator import Emulator
from tests.overtaking import overtaken
from tests.threads import at_once

KEY = "key-of-a-test-0001"
BODY = {"phone": "13800138000", "note": "请回电"}


class ThingIn(BodyIn):
    phone = fields.String()


class ThingOut(TypedDict):
    id: str
    first: bool


@pytest.fixture(scope="module")
def app_with_things(stores_environ: dict[str, str], emulator: Emulator) -> Iterator[Flask]:
    """The application with one more route, which makes a row in `main`."""
    things = Blueprint("things", __name__, url_prefix="/api/v1/things")
    things.post("")(make_thing)
    things.post("/others")(make_thing)
    made = make_app(stores_environ, emulator)
    api_of(made).register_blueprint(things)
    yield made
    dispose(made)


@pytest.fixture
def app(app_with_things: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """In place of the usual application."""
    monkeypatch.setitem(access.ROLE_OF_BLUEPRINT, "things", EMPLOYEE)
    app_with_things.extensions.pop("heartport.clock", None)
    app_with_things.extensions["heartport.limits"].reset()
    with app_with_things.app_context():
        empty_stores()
        yield app_with_things


@Blueprint.reads(ThingIn, example={"phone": "13800138000"})
@Blueprint.takes(IDEMPOTENCY_KEY)
@Blueprint.answers(201, ThingOut)
@Blueprint.refuses(IdempotencyKeyNeeded, IdempotencyKeyReused, Conflict)
def make_thing() -> tuple[ThingOut, int]:
    body = read_json(request)
    thing_id, first = create_once(lambda session: insert_thing(session, body))
    return {"id": thing_id, "first": first}, 201


def insert_thing(session: Session, body: dict[str, object]) -> str:
    """An account serves as a thing, since it can stand alone."""
    made = Account(id=new_public_id(), openid_sealed=b"", profile_sealed=b"", since_window="2026H2")
    made.openid_index = hashlib.sha256(b"thing" + made.id.encode()).digest()
    session.add(made)
    session.flush()
    if body.get("full"):
        raise Conflict
    if body.get("broken"):
        raise RuntimeError("broken on purpose")
    return made.id


def count_things() -> int:
    with reading(Store.MAIN) as session:
        return len(session.scalars(select(Account).where(Account.openid_sealed == b"")).all())


def keys() -> list[IdempotencyKey]:
    with reading(Store.MAIN) as session:
        return list(session.scalars(select(IdempotencyKey)))


def post(person: Person, body: object = BODY, key: str | None = KEY, path: str = "things") -> TestResponse:
    return person.post(path, body, headers={} if key is None else {"Idempotency-Key": key})


def test_the_same_request_again_answers_the_same_id_and_creates_nothing(employee: Person) -> None:
    first, again = post(employee), post(employee)
    assert (first.status_code, first.json["first"]) == (201, True)
    assert (again.status_code, again.json) == (201, {"id": first.json["id"], "first": False})
    assert count_things() == 1


def test_another_key_creates_another(employee: Person) -> None:
    assert post(employee).json["id"] != post(employee, key=KEY + "x").json["id"]
    assert count_things() == 2


def test_the_same_key_with_another_body_is_refused(employee: Person) -> None:
    first = post(employee)
    other = post(employee, {**BODY, "note": "不用回电"})
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert count_things() == 1
    assert post(employee).json["id"] == first.json["id"]


def test_a_body_is_the_same_only_byte_for_byte(employee: Person) -> None:
    post(employee)
    spaced = employee.call(
        "POST",
        "things",
        headers={"Idempotency-Key": KEY},
        data=json.dumps(BODY, indent=1),
        content_type="application/json",
    )
    assert spaced.json["code"] == "idempotency_key_reused"


def test_two_people_may_use_the_same_key(employee: Person, stranger: Person) -> None:
    assert post(employee).json["id"] != post(stranger, {"other": True}).json["id"]
    assert count_things() == 2


def test_two_routes_may_get_the_same_key(employee: Person) -> None:
    assert post(employee).json["id"] != post(employee, {"other": True}, path="things/others").json["id"]
    assert count_things() == 2


@pytest.mark.parametrize("key", [None, "", "short-7", "x" * 129, "has a space", "schlüssel-1", "tab\tbed-key"])
def test_a_key_that_is_missing_or_odd_is_refused(employee: Person, key: str | None) -> None:
    answer = post(employee, key=key)
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_needed")
    assert count_things() == 0
    assert keys() == []


@pytest.mark.parametrize("key", ["x" * 8, "x" * 128, "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"])
def test_a_key_of_visible_characters_is_taken(employee: Person, key: str) -> None:
    assert post(employee, key=key).status_code == 201


def test_a_key_lives_48_hours(employee: Person, clock: Clock) -> None:
    first = post(employee)
    clock.advance(hours=48)
    assert post(employee).json["id"] == first.json["id"]
    clock.advance(seconds=1)
    late = post(employee, {"other": True})
    assert (late.status_code, late.json["first"]) == (201, True)
    assert count_things() == 2
    assert len(keys()) == 1


def test_expired_keys_are_deleted_and_live_ones_stay(employee: Person, clock: Clock) -> None:
    post(employee, key="an-old-key")
    clock.advance(hours=24)
    post(employee, key="a-young-key")
    assert delete_expired_keys() == 0
    clock.advance(hours=24, seconds=1)
    assert delete_expired_keys() == 1
    assert post(employee, key="a-young-key").json["first"] is False
    assert post(employee, key="an-old-key").json["first"] is True


@pytest.mark.parametrize(("body", "status"), [({"full": True}, 409), ({"broken": True}, 500)])
@pytest.mark.breaks
def test_a_creation_that_fails_leaves_no_row_and_may_be_tried_again(
    employee: Person, body: dict[str, bool], status: int
) -> None:
    for _ in range(2):
        assert post(employee, body).status_code == status
        assert keys() == []
        assert count_things() == 0
    assert post(employee).status_code == 201


def test_of_many_requests_at_once_one_creates_and_all_get_its_id(app: Flask, employee: Person) -> None:
    answers = at_once(app, lambda _: post(employee), 16)
    assert Counter(answer.status_code for answer in answers) == {201: 16}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert sum(answer.json["first"] for answer in answers) == 1
    assert count_things() == 1


def test_of_different_bodies_at_once_under_one_key_one_wins(app: Flask, employee: Person) -> None:
    answers = at_once(app, lambda number: post(employee, {"number": number}), 8)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 7}
    assert count_things() == 1


@pytest.mark.breaks
def test_after_a_failure_others_waiting_with_the_same_key_succeed(app: Flask, employee: Person) -> None:
    bodies = [{"broken": True}, BODY] * 6
    answers = at_once(app, lambda number: post(employee, bodies[number]), len(bodies))
    good = [answer.json for answer in answers[1::2] if answer.status_code == 201]
    assert len({answer["id"] for answer in good}) == 1
    assert count_things() == 1


def test_checking_first_and_inserting_later_would_create_twice(app: Flask, employee: Person) -> None:
    """The negative control of the races above: a naive check lets several through."""
    gate = at_once(app, lambda _: keys() == [], 8)

    def naive(number: int) -> str:
        if gate[number]:
            return write_transaction(Store.MAIN, lambda session: insert_thing(session, BODY))
        raise AssertionError

    at_once(app, naive, 8)
    assert count_things() > 1


def test_neither_key_nor_body_can_be_guessed_from_the_row(app: Flask, employee: Person) -> None:
    post(employee)
    (row,) = keys()
    sent = json.dumps(BODY).encode()
    parts = (KEY.encode(), sent, employee.account_id.encode(), b"POST /api/v1/things")
    guesses = {*parts, *(a + b for a in parts for b in parts), *(a + b"\n" + b for a in parts for b in parts)}
    stored = {bytes(row.key_hash), bytes(row.body_hash)}
    assert not stored & {hashlib.new(name, guess).digest() for name in ("sha256", "sha3_256") for guess in guesses}
    vault = app.extensions["heartport.vault"]
    scope = f"{employee.account_id}\nPOST /api/v1/things\n".encode()
    assert stored == {
        vault.fingerprint("idempotency key", scope + KEY.encode()),
        vault.fingerprint("idempotency body", scope + sent),
    }


def test_a_caller_who_is_erased_meanwhile_creates_nothing_and_leaves_no_key(app: Flask, employee: Person) -> None:
    """A row of theirs would name an account for two days that is gone."""
    with overtaken(app, erasures._mark):
        answer = post(employee)
    assert answer.status_code == 401
    assert (count_things(), keys()) == (0, [])
