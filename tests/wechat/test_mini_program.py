import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from heartport.wechat import mini_program as module
from heartport.wechat.errors import (
    LoginBlocked,
    LoginCodeInvalid,
    LoginCodeUsed,
    LoginTooOften,
    WeChatUnavailable,
)
from heartport.wechat.mini_program import MiniProgram
from tests.wechat.conftest import LITTLE, SLACK_SECONDS
from tests.wechat.servers import OPENID, http_answer, raw_server, says


def test_a_login_code_gives_the_openid_and_nothing_else(emulator, mini_program):
    openid = mini_program.login(emulator.login_code("阿敏"))
    assert type(openid) is str
    assert openid == emulator.openid_of("阿敏")
    assert emulator.calls() == 1


def test_sign_in_asks_for_no_access_token(emulator, mini_program):
    mini_program.login(emulator.login_code())
    assert emulator.calls("/cgi-bin/token") == emulator.calls("/cgi-bin/stable_token") == 0


def test_an_unknown_code_is_invalid(mini_program):
    with pytest.raises(LoginCodeInvalid):
        mini_program.login("0never-issued")


def test_a_code_is_good_for_five_minutes(emulator, mini_program):
    young, old = emulator.login_code(), emulator.login_code()
    emulator.post("clock", advance_seconds=299)
    mini_program.login(young)
    emulator.post("clock", advance_seconds=1)
    with pytest.raises(LoginCodeInvalid):
        mini_program.login(old)


def test_a_code_works_once(emulator, mini_program):
    code = emulator.login_code()
    mini_program.login(code)
    with pytest.raises(LoginCodeUsed):
        mini_program.login(code)


def test_a_blocked_person_is_told_so_and_can_come_back(emulator, mini_program):
    emulator.post("block", person="小林")
    with pytest.raises(LoginBlocked):
        mini_program.login(emulator.login_code())
    emulator.post("block", person="小林", blocked=False)
    assert mini_program.login(emulator.login_code()) == emulator.openid_of()


def test_the_hundred_and_first_sign_in_of_a_minute_is_too_many(emulator, mini_program):
    for _ in range(100):
        mini_program.login(emulator.world.issue_code("小林"))
    with pytest.raises(LoginTooOften) as refused:
        mini_program.login(emulator.login_code())
    assert refused.value.retry_after_seconds == 60
    assert mini_program.login(emulator.login_code("阿敏"))
    emulator.post("clock", advance_seconds=60)
    assert mini_program.login(emulator.login_code())


@pytest.mark.parametrize("code", ["", "x" * 129, "a b", "a&appid=b ", "代码", "a\r\nHost: b", None, 7])
def test_what_cannot_be_a_code_never_reaches_wechat(emulator, mini_program, code):
    with pytest.raises(LoginCodeInvalid):
        mini_program.login(code)
    assert emulator.calls() == 0


def test_a_code_cannot_add_parameters(emulator, mini_program):
    with pytest.raises(LoginCodeInvalid):
        mini_program.login("a&appid=other&secret=other#?%00+")
    assert emulator.calls() == 1


def test_busy_is_asked_again_once(emulator, mini_program):
    emulator.fault("errcode", errcode=-1, times=1)
    assert mini_program.login(emulator.login_code()) == emulator.openid_of()
    assert emulator.calls() == 2


def test_busy_twice_is_unavailable(emulator, mini_program):
    emulator.fault("errcode", errcode=-1)
    with pytest.raises(WeChatUnavailable) as refused, capture_logs() as logs:
        mini_program.login(emulator.login_code())
    assert refused.value.retry_after_seconds
    assert emulator.calls() == 2
    assert [(line["event"], line["log_level"], line["errcode"]) for line in logs] == [("wechat_error", "warning", -1)]


@pytest.mark.parametrize("errcode", [40001, 40013, 40014, 40125, 40164, 42001, 45009, 41002, 99])
def test_other_error_codes_are_unavailable_after_one_call(emulator, mini_program, errcode):
    emulator.fault("errcode", errcode=errcode)
    with pytest.raises(WeChatUnavailable):
        mini_program.login(emulator.login_code())
    assert emulator.calls() == 1


@pytest.mark.parametrize(("app_id", "app_secret", "errcode"), [("wxother", None, 40013), (None, "wrong-secret", 40125)])
def test_a_wrong_app_is_the_operators_business(emulator, app_id, app_secret, errcode):
    program = MiniProgram(app_id or emulator.app_id, app_secret or emulator.app_secret, emulator.base_url)
    with pytest.raises(WeChatUnavailable) as refused, capture_logs() as logs:
        program.login(emulator.login_code())
    assert refused.value.code == "wechat_unavailable"
    assert logs == [
        {
            "event": "wechat_misconfigured",
            "log_level": "error",
            "errcode": errcode,
        }
    ]


NONSENSE = [
    {"kind": "garbage"},
    {"kind": "truncated"},
    {"kind": "huge"},
    {"kind": "encoding"},
    {"kind": "drop"},
    {"kind": "lost"},
    {"kind": "redirect", "location": "/sns/elsewhere"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502, "text": "<html>bad gateway</html>"},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 403},
    {"kind": "status", "status": 404},
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 201, "text": '{"openid":"oABCDEFGHIJKLMNOPQ"}'},
    {"kind": "status", "status": 204},
    {"kind": "answer", "text": ""},
    {"kind": "answer", "text": "[]"},
    {"kind": "answer", "text": "null"},
    {"kind": "answer", "text": "{}"},
    {"kind": "answer", "text": '{"errcode":0,"errmsg":"ok"}'},
    {"kind": "answer", "text": '{"errcode":"abc"}'},
    {"kind": "answer", "text": '{"base_resp":"text"}'},
    {"kind": "answer", "text": '{"session_key":"k"}'},
    {"kind": "answer", "text": '{"openid":null}'},
    {"kind": "answer", "text": '{"openid":["oABCDEFGHIJKLMNOPQ"]}'},
    {"kind": "answer", "text": '{"openid":"o with spaces and more"}'},
    {"kind": "answer", "text": '{"a":' * 5_000},
]


@pytest.mark.parametrize("fault", NONSENSE, ids=lambda fault: " ".join(str(v)[:30] for v in fault.values()))
def test_nonsense_is_unavailable_once_and_then_sign_in_works_again(emulator, mini_program, fault):
    emulator.fault(**fault, times=1)
    with pytest.raises(WeChatUnavailable) as refused, capture_logs() as logs:
        mini_program.login(emulator.login_code())
    assert refused.value.retry_after_seconds
    assert [line["event"] for line in logs] == ["wechat_unanswered"]
    assert emulator.calls() == 1
    assert mini_program.login(emulator.login_code()) == emulator.openid_of()


SLOWNESS = [
    ({"kind": "delay", "seconds": 30}, LITTLE.read_seconds),
    ({"kind": "drip", "part": "head", "seconds_per_byte": 0.05}, LITTLE.total_seconds),
    ({"kind": "drip", "part": "body", "seconds_per_byte": 0.05}, LITTLE.total_seconds),
]


@pytest.mark.parametrize(("fault", "bound_seconds"), SLOWNESS, ids=["delay", "drip head", "drip body"])
def test_a_slow_wechat_is_left_in_time_and_not_asked_again(emulator, hasty, fault, bound_seconds):
    emulator.fault(**fault, times=1)
    code, started = emulator.login_code(), time.monotonic()
    with pytest.raises(WeChatUnavailable):
        hasty.login(code)
    assert bound_seconds - 0.05 <= time.monotonic() - started <= bound_seconds + SLACK_SECONDS
    assert emulator.calls() == 1
    assert hasty.login(emulator.login_code()) == emulator.openid_of()


def test_an_answer_that_is_lost_leaves_the_code_spent(emulator, mini_program):
    emulator.fault("lost", times=1)
    code = emulator.login_code()
    with pytest.raises(WeChatUnavailable):
        mini_program.login(code)
    with pytest.raises(LoginCodeUsed):
        mini_program.login(code)


def test_busy_and_then_silence_stay_within_one_deadline(emulator, hasty):
    emulator.fault("errcode", errcode=-1, times=1)
    emulator.fault("drip", part="head", seconds_per_byte=0.05, times=1)
    code, started = emulator.login_code(), time.monotonic()
    with pytest.raises(WeChatUnavailable):
        hasty.login(code)
    assert time.monotonic() - started <= LITTLE.total_seconds + SLACK_SECONDS


def test_one_code_gives_exactly_one_of_sixteen_callers_the_openid(emulator):
    program = MiniProgram(emulator.app_id, emulator.app_secret, emulator.base_url, at_once=16)
    code, line_up = emulator.login_code(), threading.Barrier(16)

    def call(_: int) -> str:
        line_up.wait()
        try:
            return program.login(code)
        except LoginCodeUsed as refused:
            return refused.code

    with ThreadPoolExecutor(16) as pool:
        outcomes = sorted(pool.map(call, range(16)))
    assert outcomes == ["login_code_used"] * 15 + [emulator.openid_of()]


def test_eight_threads_get_each_their_own_person(emulator, mini_program):
    people = [f"person {number}" for number in range(80)]

    def call(person: str) -> bool:
        return mini_program.login(emulator.world.issue_code(person)) == emulator.openid_of(person)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(call, people))


def test_a_slow_wechat_takes_some_threads_and_never_all(emulator, monkeypatch):
    monkeypatch.setattr(module, "QUEUE_SECONDS", 0.05)
    program = MiniProgram(emulator.app_id, emulator.app_secret, emulator.base_url, at_once=2)
    emulator.fault("delay", seconds=1, times=2)
    with ThreadPoolExecutor(2) as pool, capture_logs() as logs:
        slow = [pool.submit(program.login, emulator.login_code()) for _ in range(2)]
        while emulator.calls() < 2:
            time.sleep(0.005)
        with pytest.raises(WeChatUnavailable):
            program.login(emulator.login_code())
        assert [call.result() for call in slow] == [emulator.openid_of()] * 2
    assert [line["why"] for line in logs] == ["too_many_at_once"]
    assert program.login(emulator.login_code()) == emulator.openid_of()


def test_failures_of_every_kind_give_their_place_back(emulator):
    program = MiniProgram(emulator.app_id, emulator.app_secret, emulator.base_url, at_once=1)
    for fault in NONSENSE:
        emulator.fault(**fault, times=1)
        with pytest.raises(WeChatUnavailable):
            program.login(emulator.login_code())
    assert program.login(emulator.login_code())


def test_wechat_down_is_unavailable_and_sign_in_returns_with_it(program_at, free_port):
    program = program_at(f"http://127.0.0.1:{free_port}")
    started = time.monotonic()
    with pytest.raises(WeChatUnavailable):
        program.login("0code")
    assert time.monotonic() - started < SLACK_SECONDS
    with raw_server(says(http_answer()), port=free_port):
        assert program.login("0code") == OPENID


@pytest.mark.parametrize(("app_id", "app_secret"), [("", "s"), ("a", "")])
def test_a_program_without_an_app_is_not_made(app_id, app_secret):
    with pytest.raises(ValueError, match="app id and an app secret"):
        MiniProgram(app_id, app_secret)
