import pytest

from heartport.errors import Invalid, NotAllowed, TooMany, Unavailable
from heartport.wechat import rules


@pytest.mark.parametrize("code", ["0", "x" * 128, "0712cDoV0cfty22AeloV0daMoV02cDog", "!~"])
def test_what_a_phone_may_send_is_a_login_code(code):
    assert rules.is_login_code(code)


@pytest.mark.parametrize(
    "code",
    ["", "x" * 129, "a b", "a\n", "a\x00", "é", "代码", "a\x7f", None, 7, b"abc", ["a"], {"a": 1}, True],
)
def test_anything_else_is_no_login_code(code):
    assert not rules.is_login_code(code)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b'{"openid":"o\xffABCDEFGH"}',
        b"<html></html>",
        b"[]",
        b'"text"',
        b"null",
        b"12",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b'{"errcode":"40029"}',
        b'{"errcode":null}',
        b'{"errcode":true}',
        b'{"errcode":1.5}',
        b'{"errcode":Infinity}',
        b'{"errcode":[]}',
        b'{"openid":"o"',
        b'{"openid":"o"} {"openid":"p"}',
    ],
)
def test_what_is_not_one_json_object_with_a_whole_error_code_is_no_answer(body):
    assert rules.read_answer(body) is None


def test_an_object_is_an_answer():
    assert rules.read_answer(b'{"errcode":0,"openid":"o"}') == {"errcode": 0, "openid": "o"}


@pytest.mark.parametrize(
    "openid",
    [
        None,
        "",
        7,
        True,
        [],
        {},
        "short",
        "o" * 129,
        "o with spaces",
        "o\n1234567",
        "中文中文中文中文",
        "o/../../1",
    ],
)
def test_an_openid_that_is_not_sane_is_none(openid):
    assert rules.openid_in({"openid": openid}) is None


def test_the_openid_alone_is_taken():
    assert rules.openid_in({"openid": "oABC_def-123", "session_key": "k", "unionid": "u"}) == "oABC_def-123"
    assert rules.openid_in({"unionid": "oABC_def-123"}) is None


@pytest.mark.parametrize(
    ("errcode", "family", "code"),
    [
        (40029, Invalid, "login_code_invalid"),
        (40163, Invalid, "login_code_used"),
        (40226, NotAllowed, "login_blocked"),
        (45011, TooMany, "login_too_often"),
        (-1, Unavailable, "wechat_unavailable"),
        (40013, Unavailable, "wechat_unavailable"),
        (40125, Unavailable, "wechat_unavailable"),
        (40164, Unavailable, "wechat_unavailable"),
        (45009, Unavailable, "wechat_unavailable"),
        (123456, Unavailable, "wechat_unavailable"),
    ],
)
def test_each_error_code_has_its_refusal(errcode, family, code):
    refusal = rules.login_refusal(errcode)
    assert isinstance(refusal, family)
    assert refusal.code == code
    assert refusal.detail.endswith("。")
    assert str(errcode) not in refusal.detail


def test_those_that_pass_say_when_to_come_back():
    assert rules.login_refusal(45011).retry_after_seconds == 60
    assert rules.login_refusal(-1).retry_after_seconds == 10
    assert rules.login_refusal(40125).retry_after_seconds == 60


def test_a_refused_code_is_named_as_the_field():
    assert list(rules.login_refusal(40029).errors) == ["code"]
    assert list(rules.login_refusal(40163).errors) == ["code"]


def test_each_call_makes_a_refusal_of_its_own():
    assert rules.login_refusal(40226) is not rules.login_refusal(40226)
