import pytest

from tests.conftest import POLICY, Person, signed_in

OFF = [
    {"purpose": name, "granted": False, "policy_version": None, "required": name == "assessment"}
    for name in ("assessment", "keep_results", "aggregate", "follow_up", "notifications", "personalisation")
]


def test_a_new_employee_signs_in_introduces_herself_agrees_and_leaves(client, emulator):
    signed_in = client.post("auth/wechat", {"code": emulator.login_code("阿敏")})
    assert signed_in.status_code == 201
    assert set(signed_in.json) == {"token", "expires_at", "member"}
    member = signed_in.json["member"]
    assert member == {
        "id": member["id"],
        "nickname": None,
        "age_group": None,
        "unit": None,
        "roles": ["employee"],
        "consents": OFF,
    }

    me = Person(client.app, signed_in.json["token"])
    assert me.get("me").json == {**member, "sex": None, "birth_year": None}
    profile = {"nickname": "阿敏", "sex": "female", "birth_year": 1990, "age_group": "18+"}
    assert me.put("me", profile).json == {**member, **profile}
    assert me.put("me/consents/assessment", {"granted": True, "policy_version": POLICY}).status_code == 200
    agreed = {**OFF[0], "granted": True, "policy_version": POLICY}
    assert me.get("me").json["consents"] == me.get("me/consents").json["items"] == [agreed, *OFF[1:]]

    assert me.delete("auth/session").status_code == 204
    answer = me.get("me")
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")

    again = client.post("auth/wechat", {"code": emulator.login_code("阿敏")}).json["member"]
    assert (again["id"], again["nickname"], again["consents"]) == (member["id"], "阿敏", [agreed, *OFF[1:]])


def test_signing_out_answers_nothing(app):
    answer = signed_in(app, "openid-of-one").delete("auth/session")
    assert (answer.status_code, answer.get_data()) == (204, b"")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "me"),
        ("PUT", "me"),
        ("GET", "me/consents"),
        ("PUT", "me/consents/assessment"),
        ("DELETE", "auth/session"),
    ],
)
def test_without_a_live_token_nothing_of_a_person_answers(client, method, path):
    for person in (client, Person(client.app, "A" * 43)):
        answer = person.call(method, path, {} if method == "PUT" else None)
        assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


def test_a_dead_token_does_not_hinder_signing_in(client, emulator):
    stale = Person(client.app, "A" * 43)
    assert stale.post("auth/wechat", {"code": emulator.login_code()}).status_code == 201


def test_the_token_stays_out_of_every_answer_but_the_first(app):
    person = signed_in(app, "openid-of-one")
    for path in ("me", "me/consents"):
        answer = person.get(path)
        assert person.token not in answer.get_data(as_text=True) + str(answer.headers)


def test_the_texts_of_consent_are_open_to_everybody(client):
    current = client.get("policies/current")
    assert current.status_code == 200
    assert current.json["version"] == POLICY
    assert client.get(f"policies/{POLICY}").json == current.json
    assert [each["purpose"] for each in current.json["consents"]] == [each["purpose"] for each in OFF]


@pytest.mark.parametrize("version", ["2026-10", "..", "x" * 300, "%00", "CURRENT"])
def test_a_policy_that_never_was_is_not_found(client, version):
    assert client.get(f"policies/{version}").status_code == 404
