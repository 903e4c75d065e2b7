"""A person sees where they are signed in, and ends it; what a session shows leads to no device and no address."""

import pytest

from heartport.members import open_sessions
from heartport.tokens import session_id
from tests.conftest import Person, signed_in


@pytest.fixture
def pair(app, clock) -> tuple[Person, Person]:
    """Two sessions of one person, a day apart."""
    first = signed_in(app, "openid-of-one")
    clock.advance(days=1)
    return first, signed_in(app, "openid-of-one")


def test_a_person_sees_their_sessions(pair):
    first, second = pair
    items = second.get("me/sessions").json["items"]
    assert [set(each) for each in items] == [{"id", "kind", "since", "current"}] * 2
    assert [(each["kind"], each["since"], each["current"]) for each in items] == [
        ("wechat", "2026-11-22", False),
        ("wechat", "2026-11-23", True),
    ]
    assert [each["current"] for each in first.get("me/sessions").json["items"]] == [True, False]
    assert [each["id"] for each in first.get("me/sessions").json["items"]] == [each["id"] for each in items]


def test_a_session_that_is_ended_is_dead_at_once_and_the_other_is_not(pair):
    second = pair[1]
    (other,) = [each["id"] for each in second.get("me/sessions").json["items"] if not each["current"]]
    answer = second.delete(f"me/sessions/{other}")
    assert (answer.status_code, answer.get_data()) == (204, b"")
    assert [person.get("me").status_code for person in pair] == [401, 200]
    assert second.delete(f"me/sessions/{other}").status_code == 404


def test_one_may_end_the_session_one_is_in(pair):
    first = pair[0]
    (own,) = [each["id"] for each in first.get("me/sessions").json["items"] if each["current"]]
    assert first.delete(f"me/sessions/{own}").status_code == 204
    assert [person.get("me").status_code for person in pair] == [401, 200]


def test_another_persons_session_is_not_found_and_lives_on(pair, stranger):
    (item,) = stranger.get("me/sessions").json["items"]
    for person in pair:
        answer = person.delete(f"me/sessions/{item['id']}")
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert stranger.get("me").status_code == 200


@pytest.mark.parametrize("wrong", ["x", "A" * 22, "..", "%00", "' OR 1=1", "心"])
def test_a_session_that_never_was_is_not_found(pair, wrong):
    assert pair[0].delete(f"me/sessions/{wrong}").status_code == 404


def test_expired_sessions_are_not_shown(pair, clock):
    clock.advance(days=29, hours=1)
    assert len(pair[1].get("me/sessions").json["items"]) == 1


def test_a_session_is_dated_by_the_local_day(app, clock):
    clock.moment = clock.moment.replace(hour=16, minute=30)
    person = signed_in(app, "openid-of-one")
    assert person.get("me/sessions").json["items"][0]["since"] == "2026-11-23"


def test_the_id_of_a_session_is_neither_token_nor_hash(pair):
    first, _ = pair
    caller = open_sessions.identify(first.token)
    shown = session_id(caller.token_hash)
    assert len(shown) == 22
    assert shown not in (first.token, caller.token_hash.hex())
    assert Person(first.app, shown.ljust(43, "A")).get("me").status_code == 401


@pytest.mark.parametrize(("method", "path"), [("GET", "me/sessions"), ("DELETE", "me/sessions/x")])
def test_without_a_live_token_no_session_shows(client, method, path):
    assert client.call(method, path).status_code == 401
