"""Reads responses from JSON lines; a line that cannot be read is told by its column and what is wrong there.

No message repeats anything of a line.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from heartport.scoring.headers import CODECS

LONGEST_LINE_BYTES = 1 << 20


class Response(NamedTuple):
    """What one line holds."""

    answers: Mapping[str, object]
    profile: Mapping[str, object]
    respondent: str | None


class LineRefused(Exception):
    """A line that is no response; `column` counts from 1."""

    def __init__(self, column: int, detail: str) -> None:
        super().__init__(detail)
        self.column = column
        self.detail = detail


def read_response(line: bytes, first: bool = False, encoding: str = "utf-8") -> Response:
    """Read one line; raise `LineRefused`. The first one of a file may begin with a byte order mark."""
    response = _object(_parsed(_decoded(line, first, encoding)), "a response is an object with answers")
    respondent = response.get("respondent")
    if respondent is not None and not isinstance(respondent, str):
        raise LineRefused(1, "respondent must be a text")
    return Response(
        _object(response.get("answers"), "answers must be an object"),
        _object(response.get("profile") or {}, "profile must be an object"),
        respondent,
    )


def _decoded(line: bytes, first: bool, encoding: str) -> str:
    if len(line) >= LONGEST_LINE_BYTES:
        raise LineRefused(1, f"longer than {LONGEST_LINE_BYTES} bytes")
    try:
        text = line.decode("utf-8-sig" if first and encoding == "utf-8" else CODECS[encoding]).rstrip("\r\n")
    except UnicodeDecodeError as error:
        before = line[: error.start].decode(CODECS[encoding], "replace")
        raise LineRefused(len(before) + 1, f"not {encoding.upper()}") from None
    if not text.strip():
        raise LineRefused(1, "empty line")
    return text


def _parsed(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise LineRefused(error.colno, f"not JSON: {error.msg}") from None
    except RecursionError:
        raise LineRefused(1, "nested too deeply") from None
    except ValueError:
        raise LineRefused(1, "a number is too long") from None


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise LineRefused(1, "a key stands twice in one object")
    return found


def _no_number(_name: str) -> NoReturn:
    raise LineRefused(1, "NaN and Infinity are not JSON")


def _object(value: object, detail: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise LineRefused(1, detail)
    return value
