"""Every answer carries the security headers, and what belongs to a person is stored nowhere on the way."""

import pytest
from flask import Flask, Response, abort, request

from heartport.web.current import CALLER
from heartport.web.headers import HEADERS
from tests.conftest import Person
from tests.web.bare import bare_app


@pytest.fixture
def views() -> Flask:
    return bare_app(
        {
            "/public": lambda: "anyone",
            "/own": own,
            "/tagged": tagged,
            "/broken": lambda: 1 / 0,
            "/forbidden": lambda: abort(403),
        }
    )


def own() -> str:
    request.environ[CALLER] = object()
    return "mine"


def tagged() -> Response:
    request.environ[CALLER] = object()
    return Response("same for all", headers={"Cache-Control": "private, no-cache", "X-Frame-Options": "SAMEORIGIN"})


@pytest.mark.parametrize("path", ["/public", "/own", "/broken", "/forbidden", "/nope"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_every_answer_carries_the_security_headers(views: Flask, path: str, method: str) -> None:
    answer = views.test_client().open(path, method=method)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_the_policy_allows_nothing_to_be_loaded_framed_or_sent() -> None:
    policy = HEADERS["Content-Security-Policy"]
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"):
        assert rule in policy


@pytest.mark.parametrize("path", ["/own", "/broken", "/forbidden", "/nope"])
def test_an_answer_to_somebody_and_every_refusal_is_not_stored(views: Flask, path: str) -> None:
    assert views.test_client().get(path).headers["Cache-Control"] == "no-store"


def test_what_a_view_says_itself_stays(views: Flask) -> None:
    answer = views.test_client().get("/tagged")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_answer_to_a_write_is_not_stored(views: Flask) -> None:
    assert views.test_client().post("/public").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in views.test_client().get("/public").headers


def test_the_answer_that_holds_a_token_is_not_stored(client: Person, emulator: object) -> None:
    answer = client.post("auth/wechat", {"code": emulator.login_code()})
    assert answer.json["token"]
    assert answer.headers["Cache-Control"] == "no-store"
