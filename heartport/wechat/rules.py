"""What WeChat's answers mean: pure decisions about bodies, error codes and openids."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from heartport.errors import Refusal
from heartport.wechat.errors import (
    LoginBlocked,
    LoginCodeInvalid,
    LoginCodeUsed,
    LoginTooOften,
    WeChatUnavailable,
)

BUSY = -1
CODE_INVALID = 40029

# Both tables: WeChat's page on code2Session and its list of global return codes.
_PERSONS_OWN: dict[int, Callable[[], Refusal]] = {
    CODE_INVALID: lambda: LoginCodeInvalid(errors={"code": [LoginCodeInvalid.detail]}),
    40163: lambda: LoginCodeUsed(errors={"code": [LoginCodeUsed.detail]}),
    40226: LoginBlocked,
    45011: lambda: LoginTooOften(retry_after_seconds=60),
}
_OURS_TO_MEND = frozenset(
    {
        40001,  # the secret is wrong or was reset
        40002,  # grant_type
        40013,  # the app id
        40066,  # the URL
        40125,  # the secret
        40164,  # our address is not on the list
        41002, 41004, 41008,  # app id, secret or code missing
        43001,  # GET required
        48001,  # the app lacks this permission
        50002,  # the app is restricted
    }
)  # fmt: skip

_LOGIN_CODE = re.compile(r"[!-~]{1,128}")
_OPENID = re.compile(r"[A-Za-z0-9_-]{8,128}")


def is_login_code(code: object) -> bool:
    """Could WeChat have given this: up to 128 visible ASCII characters?"""
    return isinstance(code, str) and _LOGIN_CODE.fullmatch(code) is not None


def read_answer(body: bytes) -> dict[str, Any] | None:
    """Return WeChat's answer, or None unless it is one JSON object in UTF-8 with a whole `errcode`, if any.

    wechatpy itself drops the bytes that it cannot decode, which would turn one openid into another.
    """
    try:
        answer = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or type(answer.get("errcode", 0)) is not int:
        return None
    return answer


def openid_in(answer: Mapping[str, Any]) -> str | None:
    """Return the openid, or None unless it looks like one; all else in the answer is left behind."""
    openid = answer.get("openid")
    return openid if isinstance(openid, str) and _OPENID.fullmatch(openid) else None


def is_ours_to_mend(errcode: int) -> bool:
    """Is this a mistake in our configuration, which only the operator can put right?"""
    return errcode in _OURS_TO_MEND


def is_persons_own(errcode: int) -> bool:
    """Does this say something about the person or the code, and nothing about us?"""
    return errcode in _PERSONS_OWN


def login_refusal(errcode: int) -> Refusal:
    """Return what the person is told when WeChat answers a sign-in with this code."""
    if is_persons_own(errcode):
        return _PERSONS_OWN[errcode]()
    return unavailable(60 if is_ours_to_mend(errcode) else 10)


def unavailable(retry_after_seconds: int = 10) -> WeChatUnavailable:
    """Return the refusal for every failure that is not the person's."""
    return WeChatUnavailable(retry_after_seconds=retry_after_seconds)
