"""Turns refusals and failures into RFC 9457 problem details; the only place that knows their statuses.

An answer names fields and allowed values, never a received value. Expected refusals are logged quietly,
unexpected failures once, with the request id and the places in the code but without the exception's text,
which may hold data of a person.
"""

import traceback
from typing import Annotated, Any, TypedDict

import structlog
from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from heartport import errors
from heartport.web.current import REQUEST_ID, current_request
from heartport.web.json_reader import BodyTooLarge, UnsupportedMediaType

log = structlog.get_logger("heartport.web")

STATUS_OF_FAMILY: tuple[tuple[type[errors.Refusal], int], ...] = (
    (UnsupportedMediaType, 415),
    (BodyTooLarge, 413),
    (errors.RangeNotSatisfiable, 416),
    (errors.Malformed, 400),
    (errors.NotSignedIn, 401),
    (errors.NotAllowed, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Stale, 412),
    (errors.Invalid, 422),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
    (errors.Refusal, 400),
)
TITLES = {
    400: "无法读取",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "方法不对",
    409: "状态不允许",
    412: "内容已更新",
    413: "内容太大",
    415: "格式不对",
    416: "片段不存在",
    422: "内容有误",
    429: "操作太频繁",
    500: "服务出错",
    503: "暂时不可用",
}
PROBLEM = "application/problem+json"
SHORTEST_WAIT_SECONDS = 1
HEADERS_OF_STATUS = {
    401: {"WWW-Authenticate": "Bearer"},
    429: {"Retry-After": str(SHORTEST_WAIT_SECONDS)},
    503: {"Retry-After": str(SHORTEST_WAIT_SECONDS)},
}


class ProblemOut(TypedDict):
    """A refusal or a failure, RFC 9457."""

    type: Annotated[str, "`urn:heartport:problem:` and the code."]
    title: Annotated[str, "What such a status means, in Chinese."]
    status: int
    code: Annotated[str, "What happened, for programs; it never changes."]
    detail: Annotated[str, "What happened, in Chinese, to be shown to the person."]
    errors: Annotated[dict[str, list[str]], "What is wrong where, by path, such as `answers.q4`; in Chinese."]
    request_id: str


def init_app(app: Flask) -> None:
    """Answer every refusal and failure of this application with a problem."""
    app.url_map.merge_slashes = False  # A doubled slash is an unknown path, not a redirect in HTML.
    app.register_error_handler(errors.Refusal, answer_refusal)
    app.register_error_handler(HTTPException, answer_http_exception)
    app.register_error_handler(Exception, answer_failure)


def status_of(refusal: errors.Refusal) -> int:
    """Return the HTTP status of a refusal, which its family decides."""
    return next(status for family, status in STATUS_OF_FAMILY if isinstance(refusal, family))


def answer_refusal(refusal: errors.Refusal) -> Response:
    """Answer an expected refusal."""
    status = status_of(refusal)
    log.info("refused", code=refusal.code, status=status, request_id=_request_id())
    response = problem(status, refusal.code, refusal.detail, refusal.errors, refusal.members)
    if "Retry-After" in response.headers:
        wait = max(refusal.retry_after_seconds or 0, SHORTEST_WAIT_SECONDS)
        response.headers["Retry-After"] = str(wait)
    return response


def answer_http_exception(exception: HTTPException) -> Response:
    """Answer what Flask or Werkzeug refused: unknown path, wrong method, oversized body."""
    if isinstance(exception, RequestEntityTooLarge):
        return answer_refusal(BodyTooLarge())
    status = exception.code or 500
    code, detail = {
        404: ("not_found", errors.NotFound.detail),
        405: ("method_not_allowed", "这个地址不支持这种请求方法。"),
    }.get(status, ("malformed" if status < 500 else "failed", "请求无法处理。"))
    response = problem(status, code, detail)
    for name, value in exception.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def answer_failure(exception: Exception) -> Response:
    """Answer an unexpected failure and log where it happened, without its text."""
    frames = traceback.extract_tb(exception.__traceback__)
    log.error(
        "failed",
        exception=f"{type(exception).__module__}.{type(exception).__qualname__}",
        places=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
        request_id=_request_id(),
    )
    return problem(500, "failed", "服务出了点问题，我们已经记下。请稍后再试。")


def problem(
    status: int,
    code: str,
    detail: str,
    fields: errors.FieldErrors | None = None,
    members: dict[str, Any] | None = None,
) -> Response:
    """Build one problem answer; `members` are added beside the standard ones, which they cannot replace."""
    body: dict[str, Any] = {
        "type": f"urn:heartport:problem:{code}",
        "title": TITLES.get(status, "请求无法处理"),
        "status": status,
        "code": code,
        "detail": detail,
        "errors": {path: list(messages) for path, messages in (fields or {}).items()},
        "request_id": _request_id(),
    }
    body = {**body, **(members or {}), **body}
    headers = HEADERS_OF_STATUS.get(status)
    return Response(json.dumps(body), status=status, headers=headers, content_type=PROBLEM)


def _request_id() -> str | None:
    return current_request().environ.get(REQUEST_ID)
