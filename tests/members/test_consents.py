from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from heartport.errors import NotFound
from heartport.local_time import local
from heartport.members.consents import PolicyOutdated, decide, granted_purposes, read_consents
from heartport.members.models import Consent
from heartport.members.policies import Policies, Purpose
from heartport.stores import Store, reading
from tests.conftest import POLICY, Person, agree, signed_in
from tests.threads import at_once

NEWER = "2027-01"


@pytest.fixture
def person(app: Flask) -> Person:
    return signed_in(app, "openid-of-one")


@pytest.fixture
def newer_policy(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publishes another version, which is the current one from now on."""
    shelf: Policies = app.extensions["heartport.policies"]
    versions = (*shelf.versions, replace(shelf.current, version=NEWER))
    monkeypatch.setitem(app.extensions, "heartport.policies", Policies(versions))


def decided_at(account_id: str, purpose: Purpose) -> object:
    statement = select(Consent.decided_at).where(Consent.account_id == account_id, Consent.purpose == purpose)
    with reading(Store.MAIN) as session:
        return session.execute(statement).scalar_one()


def put(person: Person, purpose: str, granted: object, version: object = POLICY):
    return person.put(f"me/consents/{purpose}", {"granted": granted, "policy_version": version})


def states(person: Person) -> dict[str, bool]:
    return {each["purpose"]: each["granted"] for each in person.get("me/consents").json["items"]}


def test_all_six_are_off_at_first_in_the_order_of_the_policy(person):
    assert person.get("me/consents").json == {
        "items": [
            {"purpose": name, "granted": False, "policy_version": None, "required": name == "assessment"}
            for name in ("assessment", "keep_results", "aggregate", "follow_up", "notifications", "personalisation")
        ]
    }
    assert granted_purposes(person.account_id) == frozenset()


@pytest.mark.parametrize("purpose", list(Purpose))
def test_each_is_its_own_switch(person, purpose):
    answer = put(person, purpose, True)
    assert answer.status_code == 200
    assert answer.json == {
        "purpose": purpose.value,
        "granted": True,
        "policy_version": POLICY,
        "required": purpose is Purpose.ASSESSMENT,
    }
    assert states(person) == {each.value: each is purpose for each in Purpose}
    assert granted_purposes(person.account_id) == {purpose}


def test_a_consent_can_be_withdrawn_and_given_again(person):
    for granted in (True, False, True, False):
        assert put(person, "aggregate", granted).json["granted"] is granted
        assert states(person)["aggregate"] is granted


def test_another_persons_consents_are_untouched(app, person):
    other = signed_in(app, "openid-of-another")
    agree(other, "assessment")
    before = other.get("me/consents").json
    put(person, "assessment", True)
    put(person, "assessment", False)
    assert other.get("me/consents").json == before


@pytest.mark.parametrize("purpose", ["all", "Assessment", "assessment ", "心理测评", "%00", "0", "assessment%00"])
def test_an_unknown_purpose_is_not_found(person, purpose):
    answer = put(person, purpose, True)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert granted_purposes(person.account_id) == frozenset()


@pytest.mark.parametrize("version", ["2026-10", "current", "2026-11 ", "x", "\0"])
@pytest.mark.parametrize("granted", [True, False])
def test_a_version_that_never_was_is_outdated(person, version, granted):
    answer = put(person, "assessment", granted, version)
    assert (answer.status_code, answer.json["code"]) == (412, "policy_outdated")
    assert person.get("me/consents").json["items"][0]["policy_version"] is None


@pytest.mark.parametrize("granted", [1, 0, "true", "yes", "on", None, [], {}, 1.0], ids=repr)
def test_agreeing_takes_a_real_yes_or_no(person, granted):
    answer = put(person, "assessment", granted)
    assert answer.status_code == 422
    assert answer.json["errors"]["granted"] in (["须为 true 或 false。"], ["不能为空。"])
    assert states(person)["assessment"] is False


@pytest.mark.parametrize("version", ["", "x" * 21, 2026, None, True])
def test_a_version_is_a_short_text(person, version):
    answer = put(person, "assessment", True, version)
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"policy_version"})


def test_all_wrong_fields_are_named_at_once(person):
    answer = person.put("me/consents/assessment", {"granted": 1, "more": 2})
    assert set(answer.json["errors"]) == {"granted", "policy_version", "more"}


@pytest.mark.usefixtures("newer_policy")
def test_after_a_new_text_one_agrees_to_the_new_one_only(person):
    assert put(person, "assessment", True).status_code == 412
    assert put(person, "assessment", True, NEWER).json["policy_version"] == NEWER


def test_a_consent_can_be_withdrawn_under_the_text_under_which_it_was_given(app, person, request):
    put(person, "assessment", True)
    request.getfixturevalue("newer_policy")
    assert put(person, "assessment", False).status_code == 200
    assert states(person)["assessment"] is False


def test_a_new_text_leaves_what_was_agreed_as_it_is(app, person, request):
    put(person, "assessment", True)
    request.getfixturevalue("newer_policy")
    first = person.get("me/consents").json["items"][0]
    assert (first["granted"], first["policy_version"]) == (True, POLICY)


def test_of_a_decision_the_day_is_kept_and_not_the_moment(person, clock):
    """The clock stands at noon of 22 November in Shanghai; a little before midnight it is the same day."""
    put(person, "aggregate", True)
    put(person, "follow_up", True)
    assert local(decided_at(person.account_id, Purpose.AGGREGATE)).isoformat() == "2026-11-22T00:00:00+08:00"
    clock.advance(hours=11, minutes=59)
    put(person, "aggregate", False)
    assert decided_at(person.account_id, Purpose.AGGREGATE) == decided_at(person.account_id, Purpose.FOLLOW_UP)
    clock.advance(minutes=2)
    put(person, "aggregate", True)
    assert local(decided_at(person.account_id, Purpose.AGGREGATE)).isoformat() == "2026-11-23T00:00:00+08:00"


def test_repeating_a_decision_answers_the_same_and_keeps_its_day(person, clock):
    first = put(person, "aggregate", True)
    decided = decided_at(person.account_id, Purpose.AGGREGATE)
    clock.advance(days=1)
    assert put(person, "aggregate", True).json == first.json
    assert decided_at(person.account_id, Purpose.AGGREGATE) == decided


def test_a_refusal_is_a_decision_with_text_and_day(person, clock):
    put(person, "aggregate", False)
    assert person.get("me/consents").json["items"][2]["policy_version"] == POLICY
    assert local(decided_at(person.account_id, Purpose.AGGREGATE)).date().isoformat() == "2026-11-22"


def test_all_six_at_once_do_not_disturb_each_other(app, person):
    purposes = list(Purpose)
    at_once(app, lambda number: decide(person.account_id, purposes[number], True, POLICY), 6)
    assert granted_purposes(person.account_id) == set(Purpose)
    assert len(read_consents(person.account_id)) == 6


def test_the_service_refuses_what_the_route_refuses(app, person):
    with pytest.raises(NotFound):
        decide(person.account_id, "all", True, POLICY)
    with pytest.raises(PolicyOutdated):
        decide(person.account_id, "assessment", True, "2026-10")
