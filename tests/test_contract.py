"""The check that all HTTP tests pass through finds each kind of broken word, and lets what is documented pass."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from heartport.web import access
from tests.conftest import Person
from tests.contract import ContractBroken
from tests.web.crooked import ROLES, crooked_app


@pytest.fixture
def crooked(monkeypatch: pytest.MonkeyPatch) -> Flask:
    for blueprint, role in ROLES.items():
        monkeypatch.setitem(access.ROLE_OF_BLUEPRINT, blueprint, role)
    return crooked_app()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("wrong-type", r"\['size'\] breaks"),
        ("further-member", "additionalProperties"),
        ("wrong-status", "an undocumented status"),
        ("wrong-content", "is text/plain"),
        ("wrong-headers", "without the header ETag"),
        ("breaks", "500: an undocumented status"),
        ("unknown-code", r"\['code'\] breaks"),
        ("reads-more", "reads undocumented: Accept-Language, If-None-Match, colour"),
    ],
)
def test_a_broken_word_is_found(crooked: Flask, path: str, why: str) -> None:
    with pytest.raises(ContractBroken, match=why):
        Person(crooked).get(path)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "takes-another-method", 200),
        ("HEAD", "takes-another-method", 200),
        ("OPTIONS", "takes-another-method", 200),
        ("POST", "things", 201),
        ("DELETE", "things/thing-0", 404),
        ("GET", "nowhere", 404),
        ("PUT", "things", 405),
    ],
)
def test_what_is_documented_passes(crooked: Flask, method: str, path: str, status: int) -> None:
    assert Person(crooked).call(method, path).status_code == status


def test_a_refusal_says_where_the_answer_is_wrong_and_not_what_it_holds(crooked: Flask) -> None:
    with pytest.raises(ContractBroken) as caught:
        Person(crooked).get("wrong-type")
    assert "big" not in str(caught.value)


@pytest.mark.breaks
def test_a_service_that_is_broken_on_purpose_may_fail(crooked: Flask) -> None:
    answer: TestResponse = Person(crooked).get("breaks")
    assert (answer.status_code, answer.json["code"]) == (500, "failed")


def test_an_undocumented_method_is_found(crooked: Flask) -> None:
    with pytest.raises(ContractBroken):
        Person(crooked).call("PATCH", "takes-another-method")
