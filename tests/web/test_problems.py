"""Every refusal and failure becomes one shape with an honest status, and no failure tells its text."""

from collections.abc import Callable

import pytest
from flask import abort
from werkzeug.test import TestResponse

from heartport import errors
from heartport.web.json_reader import BodyTooLarge, UnsupportedMediaType
from heartport.web.problems import STATUS_OF_FAMILY, TITLES, status_of
from tests.conftest import Logged
from tests.web.bare import bare_app

MEMBERS = {"type", "title", "status", "code", "detail", "errors", "request_id"}
STATUSES = {
    errors.Malformed: 400,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.Invalid: 422,
    errors.TooMany: 429,
    errors.RangeNotSatisfiable: 416,
    errors.Unavailable: 503,
    UnsupportedMediaType: 415,
    BodyTooLarge: 413,
    errors.Refusal: 400,
}


def raising(problem: BaseException) -> Callable[[], object]:
    def view() -> object:
        raise problem

    return view


def answer_to(problem: BaseException) -> TestResponse:
    return bare_app({"/": raising(problem)}).test_client().get("/")


@pytest.mark.parametrize("family", STATUSES)
def test_each_family_has_its_status(family: type[errors.Refusal]) -> None:
    answer = answer_to(family())
    assert answer.status_code == STATUSES[family]
    assert answer.content_type == "application/problem+json"
    assert set(answer.json) == MEMBERS
    assert answer.json["status"] == answer.status_code
    assert answer.json["code"] == family.code
    assert answer.json["type"] == f"urn:heartport:problem:{family.code}"
    assert answer.json["detail"] == family.detail
    assert answer.json["title"] == TITLES[answer.status_code]
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_the_table_above_knows_every_family() -> None:
    families = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.Refusal)}
    assert families <= set(STATUSES)
    assert {family for family, _ in STATUS_OF_FAMILY} == set(STATUSES)


@pytest.mark.parametrize("family", STATUSES)
def test_a_refusal_inherits_the_status_of_its_family(family: type[errors.Refusal]) -> None:
    child = type("WorkshopFull", (family,), {"code": "workshop_full"})
    assert status_of(child()) == STATUSES[family]


def test_fields_and_further_members_come_along() -> None:
    refusal = errors.Invalid(errors={"answers.q4": ["须为整数。"]}, members={"flags": []})
    answer = answer_to(refusal)
    assert answer.json["errors"] == {"answers.q4": ["须为整数。"]}
    assert answer.json["flags"] == []


def test_further_members_never_hide_the_standard_ones() -> None:
    answer = answer_to(errors.Conflict(members={"status": 200, "code": "fine"}))
    assert (answer.json["status"], answer.json["code"]) == (409, "conflict")


def test_401_names_the_scheme() -> None:
    assert answer_to(errors.NotSignedIn()).headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("family", [errors.TooMany, errors.Unavailable])
@pytest.mark.parametrize(("given", "sent"), [(None, "1"), (0, "1"), (-3, "1"), (17, "17")])
def test_429_and_503_say_when_to_come_back(family: type[errors.Refusal], given: int | None, sent: str) -> None:
    assert answer_to(family(retry_after_seconds=given)).headers["Retry-After"] == sent


@pytest.mark.parametrize("status", [429, 503])
def test_so_do_those_that_flask_raises(status: int) -> None:
    answer = bare_app({"/": lambda: abort(status)}).test_client().get("/")
    assert (answer.status_code, answer.json["status"]) == (status, status)
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    "path", ["/nope", "//", "/a//b", "/view//", "//evil.example/", "/view/", "/%00", "/%ff", "/.."]
)
def test_an_unknown_path_is_a_404_problem(path: str) -> None:
    answer = bare_app({"/view": lambda: "here", "/a/b": lambda: "here"}).test_client().get(path)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert set(answer.json) == MEMBERS


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_a_wrong_method_is_a_405_problem_that_names_the_right_ones(method: str) -> None:
    answer = bare_app({"/": lambda: "here"}).test_client().open("/", method=method)
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_an_unexpected_failure_tells_its_text_to_nobody(logged: Logged) -> None:
    def view() -> object:
        secret = "openid-oSecret42"
        try:
            raise KeyError(secret)
        except KeyError as cause:
            raise RuntimeError(f"lookup of {secret} failed") from cause

    answer = bare_app({"/": view}).test_client().get("/?secret=oSecret42")
    assert (answer.status_code, answer.json["code"]) == (500, "failed")
    assert set(answer.json) == MEMBERS
    assert "oSecret42" not in answer.text
    assert "oSecret42" not in logged.text


def test_an_unexpected_failure_is_logged_once_with_its_place_and_the_request_id(logged: Logged) -> None:
    answer = answer_to(ZeroDivisionError("7/0"))
    (line,) = logged.of("failed")
    assert line["level"] == "error"
    assert line["exception"] == "builtins.ZeroDivisionError"
    assert line["request_id"] == answer.json["request_id"]
    assert any("test_problems.py" in place and place.endswith(" view") for place in line["places"])


def test_an_expected_refusal_is_logged_quietly(logged: Logged) -> None:
    answer_to(errors.Invalid("密码 oSecret42", errors={"phone.13800138000": ["oSecret42"]}))
    (line,) = logged.of("refused")
    assert line["level"] == "info"
    assert "oSecret42" not in logged.text
    assert "13800138000" not in logged.text


def test_a_failure_after_the_view_is_a_problem_too(logged: Logged) -> None:
    app = bare_app({"/": lambda: "here"})
    app.after_request(raising_after)
    answer = app.test_client().get("/")
    assert answer.status_code == 500
    assert "oSecret42" not in answer.text
    assert "oSecret42" not in logged.text


def raising_after(_response: object) -> object:
    raise RuntimeError("oSecret42")


def test_the_real_application_answers_in_this_shape(client: object) -> None:
    for method, path, status in [("GET", "/nope", 404), ("PATCH", "/healthz", 405), ("GET", "me", 401)]:
        answer = client.call(method, path)
        assert answer.status_code == status
        assert set(answer.json) == MEMBERS
