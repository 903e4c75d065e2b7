"""The one strict JSON reader: what it lets through is plain, finite, unambiguous data.

It stands in for the usual reader, which keeps the last of two equal keys, lets lone surrogates through, and
fails with a server error on ten thousand nines or a thousand brackets.
"""

import json
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from heartport.errors import Malformed, Refusal

MAX_BODY_BYTES = 256 * 1024
MAX_DEPTH = 32
MOST_PLACES = 20
MAX_INTEGER = 2**63 - 1

# Whatever begins with a quotation mark matches, closed or not, and nothing is tried twice: an open string full of
# escaped quotation marks would otherwise cost the square of its length.
STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
DOUBTFUL = re.compile(r"[0-9]{19}|" + SURROGATE_ESCAPE.pattern)
"""What may be an integer beyond 64 bits or a lone surrogate; neither stops the usual decoder."""


class UnsupportedMediaType(Refusal):
    """The body is not declared as JSON in UTF-8."""

    code = "unsupported_media_type"
    detail = "请以 application/json（UTF-8）发送内容。"


class BodyTooLarge(Refusal):
    """The body is larger than any honest request."""

    code = "body_too_large"
    detail = f"内容太大了，最多 {MAX_BODY_BYTES // 1024} KiB。"


NOT_READABLE = (Malformed, UnsupportedMediaType, BodyTooLarge)
"""The refusals of a body that cannot be read."""


class _Object(dict[str, Any]):
    """An object in which some key stood twice."""

    repeated: str


@dataclass(frozen=True, slots=True)
class _Unfit:
    """Stands where a number was that cannot be taken; its place is known only once all is read."""

    detail: str


class _Doubtful(Exception):
    """Something may be wrong, and only the careful reading finds its place."""


def read_json(request: Request) -> Any:  # noqa: ANN401 - JSON is any plain value
    """Return the body of a request as plain data.

    Raises `UnsupportedMediaType`, `BodyTooLarge`, or `Malformed` whose `errors` name the place.
    """
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise UnsupportedMediaType
    try:
        body = request.get_data(cache=True)
    except RequestEntityTooLarge:
        raise BodyTooLarge from None
    if request.content_length is None and len(body) >= MAX_BODY_BYTES:
        raise BodyTooLarge  # A chunked body is cut off at the limit without a word.
    return parse_json(body)


def parse_json(body: bytes) -> Any:  # noqa: ANN401 - JSON is any plain value
    """Return the value of a JSON text in UTF-8; raises `Malformed`."""
    text = _decode(body)
    _check_depth(text)
    if not DOUBTFUL.search(text):
        with suppress(_Doubtful, json.JSONDecodeError):
            return QUICK.decode(text)
    try:
        value = CAREFUL.decode(text)
    except json.JSONDecodeError as problem:
        _refuse(f"第 {problem.lineno} 行第 {problem.colno} 列不是合法的 JSON。")
    _check_places(value, may_hold_surrogates=SURROGATE_ESCAPE.search(text) is not None)
    return value


def salvage_json(request: Request) -> list[Any]:
    """Return what a body that was refused may mean, at most two readings: each first and each last of equal keys.

    Never for storing: it serves to look for signs of danger in answers that cannot be accepted.
    """
    try:
        text = request.get_data(cache=True).decode("utf-8", "replace")
        _check_depth(text)
        return [
            json.loads(text, parse_int=_salvaged, object_pairs_hook=lambda pairs: dict(reversed(pairs))),
            json.loads(text, parse_int=_salvaged),
        ]
    except (ValueError, Malformed, RequestEntityTooLarge):
        return []


def _salvaged(digits: str) -> int | None:
    return int(digits) if len(digits) < 20 else None


def _refuse(detail: str) -> NoReturn:
    raise Malformed(detail) from None


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as problem:
        _refuse(f"第 {problem.start + 1} 个字节不是合法的 UTF-8。")


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for character in STRING.sub("", text):
        depth += (character in "[{") - (character in "]}")
        if depth > MAX_DEPTH:
            _refuse(f"嵌套超过 {MAX_DEPTH} 层。")


def _integer(digits: str) -> int | _Unfit:
    if len(digits) > 20 or not -MAX_INTEGER - 1 <= int(digits) <= MAX_INTEGER:
        return _Unfit("数字超出 64 位整数的范围。")
    return int(digits)


def _number(digits: str) -> float | _Unfit:
    value = float(digits) if len(digits) <= 40 else math.inf
    return _Unfit("数字太长或太大。") if math.isinf(value) else value


def _constant(_name: str) -> _Unfit:
    return _Unfit("NaN 和 Infinity 不是合法的 JSON 数字。")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = _Object(pairs)
    if len(made) == len(pairs):
        return dict(pairs)
    seen: set[str] = set()
    made.repeated = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return made


def _quick_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Doubtful
    return made


def _quick_number(digits: str) -> float:
    value = _number(digits)
    if isinstance(value, _Unfit):
        raise _Doubtful
    return value


def _quick_constant(_name: str) -> NoReturn:
    raise _Doubtful


QUICK = json.JSONDecoder(object_pairs_hook=_quick_object, parse_float=_quick_number, parse_constant=_quick_constant)
"""Reads what is right, which is nearly all that ever comes, and gives up on anything else."""
CAREFUL = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant)
"""Reads on where something is wrong, so that every such place can be named."""


def _check_places(value: Any, *, may_hold_surrogates: bool) -> None:  # noqa: ANN401 - JSON is any plain value
    errors: dict[str, list[str]] = {}
    for path, found in _walk(value, ""):
        if isinstance(found, _Object):
            place = f"{path}.{found.repeated}" if path else found.repeated
            errors.setdefault(_printable(place), []).append("同一个键出现了两次。")
        elif isinstance(found, _Unfit):
            errors.setdefault(_printable(path), []).append(found.detail)
        elif may_hold_surrogates and isinstance(found, str) and not _is_unicode(found):
            errors.setdefault(_printable(path), []).append("文字里有不完整的字符（孤立代理项）。")
        if len(errors) == MOST_PLACES:
            break
    if errors:
        raise Malformed(next(iter(errors.values()))[0], errors=errors)


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON is any plain value
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            place = f"{path}.{key}" if path else key
            yield place, key
            yield from _walk(inner, place)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk(inner, f"{path}.{number}" if path else str(number))


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _printable(path: str) -> str:
    """Return a path that is safe to send back: well-formed and short."""
    return path.encode("utf-8", "replace").decode()[:100] or "body"
