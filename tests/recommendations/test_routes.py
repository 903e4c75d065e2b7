"""Recommendations over HTTP: reasons after a result, nothing without consent, calm under a flag, feedback once."""

from typing import Any

import pytest
from sqlalchemy import func, select

from heartport.library.loading import take_over
from heartport.stores import Store, reading
from heartport.vault.models import SealedRecord
from tests.conftest import Clock, Person, agree, signed_in
from tests.library.shelves import shipped_library

STRESSED = {f"q{n}": 3 if n in (1, 6, 8) else 1 if n in (11, 12) else 0 for n in range(1, 22)}
"""22 points of stress: the band that counts as 需要关注; no item about danger."""
SOMEWHAT = {f"q{n}": 2 if n in (1, 6, 8, 11) else 0 for n in range(1, 22)}
"""16 points of stress: some, and nothing that counts as 需要关注."""


@pytest.fixture(autouse=True)
def shelf(app: object) -> None:
    take_over(shipped_library())


def take(person: Person, scale: str, answers: dict[str, int], attempt: str = "attempt-0001") -> None:
    body = {"version": person.get(f"scales/{scale}").json["version"], "attempt_id": attempt, "answers": answers}
    assert person.post(f"scales/{scale}/submissions", body).status_code == 201


def shown(person: Person) -> dict[str, Any]:
    answer = person.get("recommendations")
    assert answer.status_code == 200, answer.json
    return answer.json


def rows() -> int:
    with reading(Store.VAULT) as session:
        return session.execute(select(func.count()).select_from(SealedRecord)).scalar_one()


def whys(found: dict[str, Any]) -> list[str]:
    return [each["why"] for each in found["items"]]


def ids(found: dict[str, Any]) -> list[str]:
    return [each["thing_id"] for each in found["items"]]


def test_after_a_result_each_recommendation_says_why(employee: Person, clock: Clock) -> None:
    agree(employee, "personalisation")
    take(employee, "dass21", SOMEWHAT)
    found = shown(employee)
    reasons = {each["reason"] for each in found["items"] if each["why"] == "result"}
    assert "因为您的压力分数高于平常范围" in reasons
    assert (found["personalised"], found["card"], len(found["items"])) == (True, None, 5)
    assert {"light", "random"} <= set(whys(found))
    assert {each["kind"] for each in found["items"]} == {"article", "track"}
    assert shown(employee) == found


def test_without_consent_everybody_is_shown_the_same_and_nothing_is_looked_at_or_kept(
    employee: Person, stranger: Person
) -> None:
    take(employee, "dass21", STRESSED)
    before = rows()
    mine, theirs = shown(employee), shown(stranger)
    assert mine == theirs
    assert (mine["personalised"], set(whys(mine)), {each["id"] for each in mine["items"]}) == (
        False,
        {"everyone"},
        {None},
    )
    assert "每个人看到的都一样" in mine["note"]
    assert rows() == before


def test_in_a_high_band_nothing_is_random(employee: Person) -> None:
    agree(employee, "personalisation")
    take(employee, "dass21", STRESSED)
    assert "random" not in whys(shown(employee))


def test_under_an_urgent_flag_the_card_comes_first_and_what_follows_is_calm(employee: Person, clock: Clock) -> None:
    agree(employee, "personalisation")
    take(employee, "phq9", {f"q{n}": 1 for n in range(1, 10)})
    before, found = rows(), shown(employee)
    assert "没有人实时查看答案,系统不会自动联系您。" in found["card"]["lines"]
    assert {each["kind"] for each in found["items"]} == {"track"}
    assert set(whys(found)) == {"light"}
    assert rows() == before
    clock.advance(days=15)
    assert shown(employee)["card"] is None


def test_a_draft_that_speaks_of_danger_asks_for_calm_too(employee: Person) -> None:
    agree(employee, "personalisation")
    draft = {"version": employee.get("scales/phq9").json["version"], "answers": {"q9": {"value": 2, "revision": 1}}}
    assert employee.put("scales/phq9/draft", draft).status_code == 200
    assert shown(employee)["card"]["hotlines"]
    assert employee.delete("scales/phq9/draft").status_code == 204
    assert shown(employee)["card"] is None


def test_never_twice_the_same_in_a_row_and_a_new_result_counts_at_once(employee: Person, clock: Clock) -> None:
    agree(employee, "personalisation")
    first = shown(employee)
    assert "result" not in whys(first)
    take(employee, "dass21", SOMEWHAT)
    second = shown(employee)
    assert "result" in whys(second)
    clock.advance(days=1)
    third = shown(employee)
    assert not set(ids(first)) & set(ids(second))
    assert not set(ids(second)) & set(ids(third))


def test_what_was_finished_leads_to_more_of_it_and_not_to_itself(employee: Person) -> None:
    agree(employee, "personalisation")
    employee.put("me/history/article/awake-at-two", {"finished": True})
    found = shown(employee)
    reason = next(each["reason"] for each in found["items"] if each["why"] == "history")
    assert reason.startswith("因为您读完了《")
    assert "awake-at-two" not in ids(found)


def test_what_speaks_of_self_harm_is_never_recommended(employee: Person, clock: Clock) -> None:
    agree(employee, "personalisation")
    crisis = {each["id"] for each in employee.get("articles?limit=100").json["items"] if each["crisis"]}
    assert crisis
    for _ in range(6):
        assert not crisis & set(ids(shown(employee)))
        clock.advance(days=1)


def test_where_nothing_is_left_that_is_said_and_the_day_after_it_comes_again(
    employee: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(employee, "personalisation")
    few = employee.app.extensions["heartport.library"].shown_now().things[-3:]
    monkeypatch.setattr("heartport.recommendations.service.list_things", lambda: few)
    first = shown(employee)
    assert first["items"]
    clock.advance(days=1)
    for _ in range(2):
        second = shown(employee)
        assert (second["items"], second["card"]) == ([], None)
        assert "不硬凑" in second["note"]
    clock.advance(days=1)
    assert set(ids(shown(employee))) == set(ids(first))


def test_an_empty_library_says_that_it_is_being_prepared(employee: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heartport.recommendations.service.list_things", list)
    assert "还在准备" in shown(employee)["note"]


def test_feedback_counts_once_and_another_persons_is_not_there(employee: Person, stranger: Person) -> None:
    agree(employee, "personalisation")
    wanted = shown(employee)["items"][0]
    path = f"recommendations/{wanted['id']}/feedback"
    for _ in range(2):
        assert employee.post(path, {"opinion": "helpful"}).json == {"id": wanted["id"], "opinion": "helpful"}
    assert employee.post(path, {"opinion": "unhelpful"}).json["code"] == "opinion_given"
    assert shown(employee)["items"][0]["feedback"] == "helpful"
    assert stranger.post(path, {"opinion": "helpful"}).json["code"] == "recommendation_unknown"
    for wrong in ({}, {"opinion": "great"}, {"opinion": 1}, {"opinion": "helpful", "stars": 5}):
        assert employee.post(path, wrong).status_code == 422
    assert employee.post("recommendations/nothing/feedback", {"opinion": "helpful"}).status_code == 404


def test_who_is_younger_than_18_is_recommended_something_too(app: Any) -> None:
    pupil = signed_in(app, "openid-of-a-pupil-000000000001")
    assert pupil.put("me", {"age_group": "under_16"}).status_code == 200
    assert shown(pupil)["items"]
    agree(pupil, "personalisation")
    assert shown(pupil)["personalised"]
