"""Each request has an id of its own, in its answer and in its one log line."""

from tests.conftest import Logged
from tests.web.bare import bare_app


def test_each_answer_has_an_id_of_its_own_that_the_caller_cannot_choose() -> None:
    client = bare_app({"/": lambda: "here"}).test_client()
    ids = {client.get(path, headers={"X-Request-Id": "chosen"}).headers["X-Request-Id"] for path in ("/", "/", "/nope")}
    assert len(ids) == 3
    assert "chosen" not in ids
    assert {len(each) for each in ids} == {16}


def test_one_line_a_request_holds_the_pattern_and_never_the_path(logged: Logged) -> None:
    app = bare_app({"/things/<thing_id>": lambda thing_id: thing_id})
    answer = app.test_client().get("/things/oSecret42?q=oSecret43")
    (line,) = logged.lines
    assert (line["event"], line["level"]) == ("request", "info")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/things/<thing_id>", 200)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["ms"] >= 0
    assert set(line) == {"event", "level", "timestamp", "method", "route", "status", "ms", "request_id"}


def test_an_unknown_path_or_method_is_logged_without_it(logged: Logged) -> None:
    app = bare_app({"/": lambda: "here"})
    app.test_client().get("/oSecret42")
    app.test_client().open("/", method="OSECRET42")
    assert [line["status"] for line in logged.of("request")] == [404, 405]
    assert "secret42" not in logged.text.lower()


def test_a_failing_request_is_logged_with_its_status(logged: Logged) -> None:
    bare_app({"/": lambda: 1 / 0}).test_client().get("/")
    (line,) = logged.of("request")
    assert line["status"] == 500
    assert line["request_id"] == logged.of("failed")[0]["request_id"]
