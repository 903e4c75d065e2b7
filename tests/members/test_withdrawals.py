"""What follows when a consent is withdrawn: as much as `content/policies` promises, and no more."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from heartport.assessments.records import decode
from heartport.members.policies import Policies, Purpose
from heartport.stores import Store, reading
from heartport.vault.door import current_vault
from heartport.vault.models import SealedRecord
from heartport.vault.records import RESULT
from tests.conftest import Person, agree, ready_person
from tests.duty.teams import put_somebody_on_duty
from tests.followups.desk import ask, asked, row_of

ANSWERS = {f"q{number}": 1 for number in range(1, 10)}
OPTIONAL = [purpose for purpose in Purpose if not purpose.required]


@pytest.fixture
def person(app: Flask) -> Person:
    """Somebody who agreed to everything, with one stored result."""
    made = ready_person(app, "openid-of-one-who-agreed-0001")
    for purpose in Purpose:
        agree(made, purpose)
    assert take(made, "attempt-before").json["id"]
    return made


def take(person: Person, attempt_id: str):
    return person.post("scales/phq9/submissions", {"version": "1.0.0", "attempt_id": attempt_id, "answers": ANSWERS})


def results(person: Person) -> list[dict]:
    return person.get("me/results").json["items"]


def rows() -> int:
    with reading(Store.VAULT) as session:
        return session.execute(select(func.count()).select_from(SealedRecord)).scalar_one()


def sealed_consents(person: Person) -> list[set[str]]:
    entries = current_vault().records(person.account_id, RESULT).live(["2026H2"])
    return [set(decode(entry.payload).consents) for entry in entries]


def promise(app: Flask, purpose: str) -> str:
    policies: Policies = app.extensions["heartport.policies"]
    return next(text.when_withdrawn for text in policies.current.consents if text.purpose == purpose)


def test_the_promises_are_those_that_are_tested_here(app: Flask) -> None:
    """Whoever rewrites a promise is led to its test."""
    assert {purpose.value: promise(app, purpose) for purpose in Purpose} == {
        "assessment": "从此不能再做测评。已保存的结果仍在，只有您能看到，可以另行删除。",
        "keep_results": "以后的结果不再保存。以前保存的仍在，可以逐份删除或一次抹去。",
        "aggregate": "还没有做的统计不再计入您；已经发布的统计无法撤回，里面不识别个人。",
        "follow_up": "不能再请人回电；还没打来的回电同时撤回，您留下的电话、称呼和备注立刻删除。",
        "notifications": "不再发微信提醒。",
        "personalisation": "推荐恢复为大家都一样的顺序；收藏和进度仍在，可以自己删除。",
    }


def test_without_assessment_no_scale_is_taken_and_what_is_stored_stays_the_persons_own(person: Person) -> None:
    (result,) = results(person)
    draft = {"version": "1.0.0", "answers": {"q1": {"value": 1, "revision": 1}}}
    assert person.put("scales/gad7/draft", draft).status_code == 200
    before = rows()
    agree(person, "assessment", granted=False)
    for answer in (take(person, "attempt-after"), person.put("scales/phq9/draft", draft)):
        assert (answer.status_code, answer.json["code"]) == (403, "consent_needed")
    assert rows() == before
    assert results(person) == [result]
    assert person.get(f"me/results/{result['id']}").status_code == 200
    assert person.get("scales/gad7/draft").json["answers"] == {"q1": {"value": 1, "revision": 1}}
    assert len(person.call("POST", "me/export").json["results"]) == 1
    assert person.delete(f"me/results/{result['id']}").status_code == 204
    assert person.delete("scales/gad7/draft").status_code == 204
    assert results(person) == []


def test_without_keep_results_nothing_further_is_stored_and_the_old_ones_stay(person: Person) -> None:
    (result,) = results(person)
    before = rows()
    agree(person, "keep_results", granted=False)
    answer = take(person, "attempt-after")
    assert (answer.status_code, answer.json["id"]) == (201, None)
    assert "没有保存" in answer.json["privacy_note"]["title"]
    assert rows() == before
    assert results(person) == [result]
    assert person.delete(f"me/results/{result['id']}").status_code == 204


def test_a_repeated_attempt_that_was_stored_before_is_not_said_to_be_unsaved(person: Person) -> None:
    """Its answer was lost on the way, and the switch was turned off before it was sent again."""
    agree(person, "keep_results", granted=False)
    answer = take(person, "attempt-before")
    assert answer.json["id"] == results(person)[0]["id"]
    assert "已为您加密保存" in answer.json["privacy_note"]["title"]
    assert len(results(person)) == 1


def test_without_aggregate_later_results_are_not_to_be_counted(person: Person) -> None:
    """The consents that held are sealed with each result; statistics will ask for both moments."""
    agree(person, "aggregate", granted=False)
    take(person, "attempt-after")
    after, before = sealed_consents(person)
    assert "aggregate" in before
    assert "aggregate" not in after


@pytest.mark.parametrize("purpose", OPTIONAL)
def test_nothing_but_assessment_stands_in_the_way_of_a_scale(person: Person, purpose: str) -> None:
    agree(person, purpose, granted=False)
    assert take(person, "attempt-after").status_code == 201


@pytest.mark.parametrize("purpose", list(Purpose))
def test_withdrawing_touches_neither_results_nor_the_other_switches(person: Person, purpose: str) -> None:
    before, stored = person.get("me/consents").json["items"], results(person)
    agree(person, purpose, granted=False)
    after = person.get("me/consents").json["items"]
    assert [each for each in after if each not in before] == [
        {"purpose": purpose, "granted": False, "policy_version": "2026-11", "required": purpose == "assessment"}
    ]
    assert results(person) == stored


def test_without_follow_up_nobody_calls_any_more_and_the_number_is_gone(app: Flask, person: Person) -> None:
    put_somebody_on_duty(app)
    follow_up_id = asked(person)
    agree(person, "follow_up", granted=False)
    row = row_of(follow_up_id)
    assert (row.state, row.contact_sealed) == ("withdrawn", None)
    answer = ask(person)
    assert (answer.status_code, answer.json["code"]) == (403, "consent_needed")


@pytest.mark.parametrize("purpose", ["notifications", "personalisation"])
def test_what_is_not_built_yet_asks_for_nothing(person: Person, purpose: str) -> None:
    """No message, no recommendation exists; the day it does, its own tests belong here."""
    answers = {path: person.get(path).json for path in ("me/results", "scales", "hotlines")}
    agree(person, purpose, granted=False)
    assert {path: person.get(path).json for path in answers} == answers
