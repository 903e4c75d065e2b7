"""Results and the crisis card offer a call-back when, and only when, somebody is on duty now or later."""

import pytest

from tests.conftest import Clock, Person
from tests.duty.teams import Team, put_on_duty, shift

BODY = {"version": "1.0.0", "attempt_id": "attempt-of-offers", "answers": {f"q{n}": 1 for n in range(1, 10)}}
OFFER = {"name": "请人回电", "on_duty_now": True, "expected_at": None}


def offered(result: dict) -> list[dict]:
    found = [offer for advice in result["advice"] for offer in advice["offer"] if offer["kind"] == "call_back"]
    return [item for offer in found for item in offer["items"]]


def take(person: Person) -> dict:
    answer = person.post("scales/phq9/submissions", BODY)
    assert answer.status_code == 201
    return answer.json


def test_a_result_and_its_card_offer_a_call_back(person: Person) -> None:
    result = take(person)
    (card,) = [flag["card"] for flag in result["flags"]]
    assert {name: card["call_back"][name] for name in OFFER} == OFFER
    assert offered(result)
    assert {name: offered(result)[0][name] for name in OFFER} == OFFER
    assert result == person.get(f"me/results/{result['id']}").json


def test_the_offer_says_when_somebody_will_call(person: Person, clock: Clock) -> None:
    result = take(person)
    clock.advance(hours=10)
    later = person.get(f"me/results/{result['id']}").json["flags"][0]["card"]["call_back"]
    assert (later["on_duty_now"], later["text"]) == (False, "明天 9:00 后会有人联系您。")


@pytest.mark.parametrize("roster", [[], [shift(9, 18)]], ids=["none", "over"])
def test_without_a_roster_there_is_no_such_button_but_hotlines(
    person: Person, team: Team, clock: Clock, roster: list
) -> None:
    put_on_duty(*roster)
    clock.advance(hours=7)
    result = take(person)
    (card,) = [flag["card"] for flag in result["flags"]]
    assert (card["call_back"], offered(result)) == (None, [])
    assert card["hotlines"]
    assert "call_back" not in {offer["kind"] for advice in result["advice"] for offer in advice["offer"]}
    assert "hotline" in {offer["kind"] for advice in result["advice"] for offer in advice["offer"]}
