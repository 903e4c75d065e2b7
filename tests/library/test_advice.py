"""A result leads to something that helps: advice brings what the library has about its topics."""

import pytest
from flask import Flask

from heartport.library.rules import ThingKind
from heartport.library.shelf import list_things
from tests.conftest import Person
from tests.library.shelves import load_shipped
from tests.library.test_loading import edit_here

SHEET = {f"q{number}": 2 for number in range(1, 22)}


def submitted(person: Person, scale_id: str = "dass21", answers: dict | None = None) -> dict:
    body = {"version": "1.0.0", "attempt_id": f"attempt-of-{scale_id}", "answers": answers or SHEET}
    answer = person.post(f"scales/{scale_id}/submissions", body)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_advice_brings_things_that_can_be_opened(app: Flask, employee: Person):
    load_shipped()
    told = [each for advice in submitted(employee)["advice"] for each in advice["content"]]
    assert told
    for each in told:
        path = {"article": "articles", "track": "tracks", "news": "news"}[each["kind"]]
        assert employee.get(f"{path}/{each['id']}").json["title"] == each["title"]


def test_each_advice_has_its_reason_and_something_to_hear_where_there_is_room(app: Flask, employee: Person):
    load_shipped()
    result = submitted(employee, "phq4", dict.fromkeys(("q1", "q2", "q3", "q4"), 1))
    with_content = [each for each in result["advice"] if each["content"]]
    assert with_content
    assert all(each["reason"] for each in with_content)
    assert any({"article", "track"} <= {thing["kind"] for thing in each["content"]} for each in with_content)


@pytest.mark.parametrize("scale_id", ["phq9", "gad7"])
def test_what_speaks_of_self_harm_is_not_put_before_whoever_did_not_ask(app: Flask, employee: Person, scale_id: str):
    load_shipped()
    items = {"phq9": 8, "gad7": 7}[scale_id]
    result = submitted(
        employee, scale_id, {f"q{n}": 1 for n in range(1, items + 1)} | ({"q9": 0} if items == 8 else {})
    )
    crisis = {each.id for each in list_things() if each.crisis}
    assert not crisis & {each["id"] for advice in result["advice"] for each in advice["content"]}


def test_an_empty_library_leaves_the_advice_as_it_is(app: Flask, employee: Person):
    result = submitted(employee)
    assert result["advice"]
    assert all(each["content"] == [] for each in result["advice"])


def test_what_was_retired_is_no_longer_advised(app: Flask, employee: Person):
    load_shipped()
    result = submitted(employee)
    first = next(each for advice in result["advice"] for each in advice["content"] if each["kind"] == "article")
    edit_here((ThingKind.ARTICLE, first["id"]), status="retired")
    app.extensions["heartport.library"].looked_at = 0.0
    again = employee.get(f"me/results/{result['id']}").json
    assert first["id"] not in {each["id"] for advice in again["advice"] for each in advice["content"]}
