"""Every wrong field is named at once, by its path and in Chinese; nothing is guessed and nothing sent back."""

import json

import pytest
from flask import Flask
from marshmallow import fields
from werkzeug.test import TestResponse

from heartport.web.contract import Api, Blueprint
from heartport.web.schemas import BodyIn, Flag, WholeNumber
from tests.web.bare import bare_app


class WishIn(BodyIn):
    hour = WholeNumber(required=True)


class WorkshopIn(BodyIn):
    topic = fields.String(required=True)
    headcount = WholeNumber(required=True)
    public = Flag(load_default=False)
    wishes = fields.List(fields.Nested(WishIn), load_default=list)


class FilterIn(BodyIn):
    size = fields.Integer()


@pytest.fixture(scope="module")
def app() -> Flask:
    """In place of the whole application: one route with a body and one with a query."""
    made = bare_app({})
    workshops = Blueprint("workshops", __name__)
    workshops.post("/workshops")(workshops.arguments(WorkshopIn)(lambda body: body))
    workshops.get("/workshops")(workshops.arguments(FilterIn, location="query")(lambda query: query))
    Api(made, spec_kwargs={"title": "t", "version": "1", "openapi_version": "3.1.0"}).register_blueprint(workshops)
    return made


def post(app: Flask, body: object) -> TestResponse:
    return app.test_client().post("/workshops", data=json.dumps(body), content_type="application/json")


def test_a_good_body_comes_through(app: Flask) -> None:
    body = {"topic": "睡眠", "headcount": 30, "public": True, "wishes": [{"hour": 9}]}
    assert post(app, body).json == body


def test_every_wrong_field_is_named_at_once(app: Flask) -> None:
    answer = post(app, {"headcount": "30", "public": 1, "wishes": [{"hour": 9}, {"hour": None}, {}], "extra": 1})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert answer.json["errors"] == {
        "topic": ["必须填写。"],
        "headcount": ["须为整数。"],
        "public": ["须为 true 或 false。"],
        "wishes.1.hour": ["不能为空。"],
        "wishes.2.hour": ["必须填写。"],
        "extra": ["没有这个字段。"],
    }


@pytest.mark.parametrize("value", [True, False, 1.0, "1", " 1", [1], {}, "true"])
def test_only_a_whole_number_is_one(app: Flask, value: object) -> None:
    assert list(post(app, {"topic": "x", "headcount": value}).json["errors"]) == ["headcount"]


@pytest.mark.parametrize("value", [0, 1, "true", "yes", "", [], None])
def test_only_true_and_false_are_flags(app: Flask, value: object) -> None:
    assert list(post(app, {"topic": "x", "headcount": 1, "public": value}).json["errors"]) == ["public"]


@pytest.mark.parametrize("body", [[], [1], "x", 1, 1.5, True, None])
def test_a_body_that_is_no_object_is_named_as_a_whole(app: Flask, body: object) -> None:
    answer = post(app, body)
    assert answer.status_code == 422
    assert answer.json["errors"] == {"body": ["须为一个 JSON 对象。"]}


def test_all_messages_are_chinese_and_hold_no_received_value(app: Flask) -> None:
    answer = post(app, {"topic": ["oSecret42"], "headcount": "oSecret42", "wishes": "oSecret42"})
    assert "oSecret42" not in answer.text
    for messages in answer.json["errors"].values():
        assert not any(message.isascii() for message in messages)


def test_a_long_unknown_key_is_cut(app: Flask) -> None:
    answer = post(app, {"topic": "x", "headcount": 1, "k" * 10_000: 1})
    assert [len(path) for path in answer.json["errors"]] == [100]


def test_the_strict_reader_stands_before_the_schema(app: Flask) -> None:
    answer = app.test_client().post("/workshops", data=b'{"topic": 1, "topic": 2}', content_type="application/json")
    assert (answer.status_code, list(answer.json["errors"])) == (400, ["topic"])


def test_a_query_is_named_by_its_field(app: Flask) -> None:
    assert app.test_client().get("/workshops?size=3").json == {"size": 3}
    answer = app.test_client().get("/workshops?size=x")
    assert (answer.status_code, answer.json["errors"]) == (422, {"size": ["须为整数。"]})
