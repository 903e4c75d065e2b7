"""Who asks too often waits: sign-ins by address, writes by account, with Redis or without."""

import secrets
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import redis
from flask import Flask

from heartport.app import create_app
from heartport.callers import EMPLOYEE, SIGNED_IN, Caller
from heartport.config import load_settings
from heartport.errors import Invalid, TooMany
from heartport.web import counters, limits
from heartport.web.counters import Limit
from heartport.web.limits import SIGN_INS, WRITES, Limits
from tests.conftest import Logged, Person

THREE = Limit("three", 3)
REDIS = "redis://127.0.0.1:6379"


@pytest.fixture(autouse=True)
def _within_one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever counts in memory across the turn of a minute begins anew."""
    started = time.time()
    monkeypatch.setattr(counters, "time", SimpleNamespace(time=lambda: started))


def test_the_limits_are_the_agreed_ones() -> None:
    assert (SIGN_INS.amount, WRITES.amount, counters.MINUTE) == (600, 120, 60)


def times_until_refused(counters: Limits, who: str = "somebody") -> int:
    return next(number for number in range(20) if not passes(counters, who))


def passes(counters: Limits, who: str) -> bool:
    try:
        counters.count(THREE, who)
    except TooMany:
        return False
    return True


def test_whoever_asks_too_often_is_refused_and_others_are_not() -> None:
    counters = Limits(None)
    assert times_until_refused(counters) == 3
    assert times_until_refused(counters) == 0
    assert times_until_refused(counters, "another") == 3


def test_two_limits_count_the_same_name_apart() -> None:
    counters = Limits(None)
    assert times_until_refused(counters) == 3
    counters.count(WRITES, "somebody")


# Over HTTP, where nobody opens the stores


def house(folder: Path, **environ: str) -> Flask:
    made = create_app(load_settings({"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(folder), **environ}))
    made.extensions["heartport.identify"] = lambda token: Caller(token, b"", frozenset({SIGNED_IN, EMPLOYEE}))
    made.extensions["heartport.login"] = refuse_login
    return made


def refuse_login(_code: str) -> str:
    raise Invalid


def sign_in_from(app: Flask, address: str, forwarded: str = "") -> int:
    answer = Person(app).post(
        "auth/wechat",
        {"code": "?"},
        headers={"X-Forwarded-For": forwarded} if forwarded else {},
        environ_overrides={"REMOTE_ADDR": address},
    )
    return answer.status_code


def write_as(app: Flask, account: str) -> int:
    person = Person(app, token=account.ljust(43, "x"))
    return person.put("me/consents/none", {"granted": True, "policy_version": "x"}).status_code


def test_an_address_may_sign_in_600_times_a_minute(tmp_path: Path) -> None:
    app = house(tmp_path)
    assert {sign_in_from(app, "203.0.113.7") for _ in range(600)} == {422}
    assert sign_in_from(app, "203.0.113.7") == 429
    assert sign_in_from(app, "203.0.113.8") == 422


@pytest.mark.breaks
def test_an_account_may_write_120_times_a_minute_and_read_as_often_as_it_likes(tmp_path: Path) -> None:
    app = house(tmp_path)
    reader = Person(app, token="clerk".ljust(43, "x"))
    for method in ("GET", "HEAD", "OPTIONS"):
        for _ in range(50):
            assert reader.call(method, "me/results/x").status_code != 429
    assert {write_as(app, "clerk") for _ in range(120)} == {404}
    assert write_as(app, "clerk") == 429
    assert write_as(app, "another") == 404
    assert reader.call("OPTIONS", "me").status_code == 200


@pytest.mark.breaks
def test_every_kind_of_write_is_counted_together(tmp_path: Path) -> None:
    app = house(tmp_path)
    person = Person(app, token="clerk".ljust(43, "x"))
    for number in range(120):
        assert (
            person.call(("POST", "PUT")[number % 2], ("scales/none/submissions", "me")[number % 2]).status_code != 429
        )
    assert person.delete("auth/session").status_code == 429


def test_the_refusal_says_when_to_come_back(tmp_path: Path) -> None:
    app = house(tmp_path)
    for _ in range(120):
        write_as(app, "clerk")
    answer = Person(app, token="clerk".ljust(43, "x")).delete("auth/session")
    assert (answer.status_code, answer.json["code"]) == (429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_a_made_up_forwarding_header_is_no_way_round(tmp_path: Path) -> None:
    app = house(tmp_path)
    for number in range(600):
        sign_in_from(app, "203.0.113.7", f"198.51.100.{number % 250}")
    assert sign_in_from(app, "203.0.113.7", "198.51.100.251") == 429


def test_behind_a_trusted_proxy_the_address_before_it_counts(tmp_path: Path) -> None:
    app = house(tmp_path, HEARTPORT_TRUSTED_PROXIES="1")
    for number in range(600):
        sign_in_from(app, "203.0.113.7", f"made.up.{number}, 198.51.100.1")
    assert sign_in_from(app, "203.0.113.7", "made.up, 198.51.100.1") == 429
    assert sign_in_from(app, "203.0.113.7", "198.51.100.2") == 422


# With Redis, and with one that is away


def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_without_redis_counting_goes_on_in_memory(logged: Logged) -> None:
    counters = Limits(f"redis://127.0.0.1:{unused_port()}")
    assert times_until_refused(counters) == 3
    assert logged.of("limits_in_memory")


@contextmanager
def silent_server() -> Iterator[int]:
    """Accept connections and say nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_a_silent_redis_delays_one_call_and_not_each() -> None:
    with silent_server() as port:
        counters = Limits(f"redis://127.0.0.1:{port}")
        started = time.monotonic()
        assert times_until_refused(counters) == 3
        assert time.monotonic() - started < 2  # one second, and not four


def test_a_redis_that_rests_is_asked_again_later(monkeypatch: pytest.MonkeyPatch, logged: Logged) -> None:
    counters = Limits(f"redis://127.0.0.1:{unused_port()}")
    counters.count(THREE, "somebody")
    counters.count(THREE, "somebody")
    assert len(logged.of("limits_in_memory")) == 1
    monkeypatch.setattr(limits, "REST_SECONDS", 0)
    counters._rests_until = 0
    counters.count(THREE, "somebody")
    assert len(logged.of("limits_in_memory")) == 2


def test_a_redis_url_with_its_password_is_never_logged(logged: Logged) -> None:
    Limits(f"redis://:oSecret42@127.0.0.1:{unused_port()}").count(THREE, "somebody-oSecret43")
    assert "oSecret4" not in logged.text


@pytest.fixture
def somebody() -> Iterator[str]:
    """A name that nobody used, whose counters are removed from Redis afterwards; skips where none runs."""
    client = redis.Redis.from_url(REDIS, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.exceptions.RedisError:
        client.close()
        pytest.skip("no Redis on 127.0.0.1:6379")
    name = f"test-{secrets.token_hex(8)}"
    yield name
    for key in client.scan_iter(f"*{name}*"):
        client.delete(key)
    client.close()


def test_processes_share_their_counts_in_redis(somebody: str) -> None:
    ours, theirs = Limits(REDIS), Limits(REDIS)
    ours.count(THREE, somebody)
    theirs.count(THREE, somebody)
    assert times_until_refused(ours, somebody) == 1
    assert times_until_refused(theirs, somebody) == 0


def test_many_threads_together_pass_no_more_often_than_allowed(somebody: str) -> None:
    counters = Limits(REDIS)
    with ThreadPoolExecutor(16) as pool:
        passed = list(pool.map(lambda _: passes(counters, somebody), range(16)))
    assert sum(passed) == 3
