"""The refusals that rules and services may raise; this module knows no HTTP.

Every refusal carries a stable `code` for programs and a Chinese `detail` that may be shown to the person.
Neither ever holds a received value: an answer, a score, an openid, a phone number or a token.
"""

from collections.abc import Mapping, Sequence
from typing import Any

FieldErrors = Mapping[str, Sequence[str]]
"""Path of a field (`answers.q4`) to what is wrong there, in Chinese."""


class Refusal(Exception):
    """The base of all expected refusals; raise one of the families below."""

    code = "refused"
    detail = "这个请求没有被接受。"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: FieldErrors | None = None,
        retry_after_seconds: int | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        """`members` are further members of the answer, such as the live flags of a refused answer sheet."""
        super().__init__(self.code)
        self.detail = detail or type(self).detail
        self.errors = dict(errors or {})
        self.retry_after_seconds = retry_after_seconds
        self.members = dict(members or {})


class Malformed(Refusal):
    """What was sent cannot be read at all."""

    code = "malformed"
    detail = "收到的内容无法读取。"


class NotSignedIn(Refusal):
    """No token came along, or it is dead."""

    code = "not_signed_in"
    detail = "请重新登录。"


class NotAllowed(Refusal):
    """The caller is known, and lacks the role, the consent or the age for this."""

    code = "not_allowed"
    detail = "您没有权限进行这项操作。"


class NotFound(Refusal):
    """There is no such thing, or it belongs to somebody else; the two look alike."""

    code = "not_found"
    detail = "没有找到您要的内容。"


class Conflict(Refusal):
    """The state of the thing does not permit this, or a race was lost."""

    code = "conflict"
    detail = "当前状态下无法进行这项操作。"


class Stale(Refusal):
    """The caller holds an old version."""

    code = "stale"
    detail = "内容已更新，请刷新后再试。"


class Invalid(Refusal):
    """What was sent can be read, but fields of it are wrong; `errors` names each place."""

    code = "invalid"
    detail = "有些内容需要修改。"


class RangeNotSatisfiable(Refusal):
    """The stretch of bytes that was asked for is none, or lies behind the end."""

    code = "range_not_satisfiable"
    detail = "请求的片段不存在，请从头开始。"


class TooMany(Refusal):
    """The caller asked too often; `retry_after_seconds` says when to come back."""

    code = "too_many_requests"
    detail = "操作太频繁了，请稍后再试。"


class Unavailable(Refusal):
    """Something that we depend on does not answer; nothing was changed."""

    code = "unavailable"
    detail = "服务暂时不可用，请稍后再试。"
