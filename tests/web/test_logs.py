"""No log line leads to a person: no address, account, token, openid, path with an id, query or body."""

import json
import logging

import pytest
import structlog
from flask import request
from sqlalchemy import text

from heartport.stores import Store, engine_of
from tests.conftest import Logged, Person
from tests.emulator import Emulator

ADDRESS = "203.0.113.77"
PROXIED = "198.51.100.88"
MARK = "oSecret42"


def test_real_requests_leave_nothing_of_a_person(logged: Logged, client: Person, emulator: Emulator) -> None:
    secrets = drive(client, emulator)
    assert len(logged.of("request")) >= 12
    assert [each for each in secrets if each in logged.text] == []


def drive(person: Person, emulator: Emulator) -> list[str]:
    """Sign in and do a bit of everything, rightly and wrongly; returns what must not be found afterwards."""
    person.headers = {"X-Forwarded-For": PROXIED, "User-Agent": MARK, "Referer": MARK, "Cookie": MARK}
    code = emulator.login_code()
    answer = person.post("auth/wechat", {"code": code}, environ_overrides={"REMOTE_ADDR": ADDRESS})
    assert answer.status_code == 201
    person.token = answer.json["token"]
    account_id = answer.json["member"]["id"]
    person.post("auth/wechat", {"code": code})
    person.post("auth/wechat", {"code": MARK, MARK: MARK})
    person.put("me", {"age_group": "18+", "nickname": MARK, "birth_year": 1987})
    person.put("me", {"age_group": MARK, MARK: MARK})
    person.put("me", {"age_group": "18+", "birth_year": 1066})
    person.put(f"me/consents/{MARK}", {"granted": True, "policy_version": MARK})
    person.call("PUT", "me", data=f'{{"{MARK}": 1, "{MARK}": 2'.encode(), content_type="application/json")
    person.call("PUT", "me", data=f'{{"{MARK}": 1, "{MARK}": 2}}'.encode(), content_type="application/json")
    person.get(f"me/results/{MARK}?q={MARK}")
    person.get(f"scales?q={MARK}&category={MARK}")
    person.get(f"/{MARK}/{account_id}?token={person.token}")
    person.call(MARK.upper(), "me")
    Person(person.app, MARK.ljust(43, "x")).get("me")
    person.delete("auth/session")
    return [
        ADDRESS,
        PROXIED,
        MARK,
        MARK.upper(),
        code,
        person.token,
        account_id,
        emulator.openid_of(),
        emulator.app_secret,
    ]


def test_the_search_above_finds_what_a_careless_line_would_hold(
    logged: Logged, client: Person, emulator: Emulator
) -> None:
    """The negative control: one more line a request, as servers usually write it."""
    client.app.before_request_funcs.setdefault(None, []).append(careless)
    try:
        secrets = drive(client, emulator)
    finally:
        client.app.before_request_funcs[None].remove(careless)
    assert {ADDRESS, MARK, client.token} <= {each for each in secrets if each in logged.text}


def careless() -> None:
    structlog.get_logger().info("access", address=request.remote_addr, url=request.url)


def test_each_line_is_one_json_object(logged: Logged) -> None:
    structlog.get_logger().warning("two\nlines", detail='引号 " 和\n换行')
    (line,) = logged.text.splitlines()
    assert json.loads(line)["detail"] == '引号 " 和\n换行'


def test_a_library_may_say_where_and_never_what(logged: Logged) -> None:
    try:
        raise ValueError(MARK)
    except ValueError:
        logging.getLogger("some.library").exception("failed for %s", MARK)
    (line,) = logged.of("library")
    assert (line["logger"], line["level"], line["exception"]) == ("some.library", "error", "ValueError")
    assert line["place"].startswith("test_logs:")
    assert MARK not in logged.text


def test_a_library_is_silent_below_warning(logged: Logged) -> None:
    logging.getLogger("some.library").info("hello")
    logging.getLogger("werkzeug").info('127.0.0.1 "GET /"')
    assert logged.text == ""


def test_a_failing_statement_leaves_no_parameter(logged: Logged, app: object) -> None:
    with pytest.raises(Exception, match="nowhere") as caught, engine_of(Store.MAIN).connect() as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": MARK})
    logging.getLogger("sqlalchemy.engine").error("failed", exc_info=caught.value)
    assert MARK not in str(caught.value)
    assert MARK not in logged.text
