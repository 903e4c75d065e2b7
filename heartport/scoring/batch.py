"""Scores many responses, one JSON line each; a line that cannot be read becomes an error line in its place.

No message repeats anything of a line: it names the line, the column and what is wrong there.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, NamedTuple, NoReturn

from heartport.scoring.exact import Exact, number
from heartport.scoring.language import Scale
from heartport.scoring.plans import Outcome
from heartport.scoring.sheets import read_loosely

LONGEST_LINE_BYTES = 1 << 20


class Line(NamedTuple):
    """What becomes of one line: the text to write, and whether it could be scored."""

    text: str
    scored: bool


class LineRefused(Exception):
    """A line that is no response; `column` counts from 1."""

    def __init__(self, column: int, detail: str) -> None:
        super().__init__(detail)
        self.column = column
        self.detail = detail


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Give the lines of a file in constant memory: of one that is too long, only its beginning."""
    while line := stream.readline(LONGEST_LINE_BYTES + 1):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE_BYTES)
        yield line


def score_lines(scale: Scale, lines: Iterable[bytes]) -> Iterator[Line]:
    """Score each line, in order."""
    for at, line in enumerate(lines, start=1):
        try:
            yield Line(json.dumps(_scored(scale, line, first=at == 1)), True)
        except LineRefused as error:
            where = {"line": at, "column": error.column, "detail": error.detail}
            yield Line(json.dumps({"error": where}), False)


def _scored(scale: Scale, line: bytes, first: bool) -> Mapping[str, object]:
    response = _object(_parsed(_decoded(line, first)), "a response is an object with answers")
    answers = _object(response.get("answers"), "answers must be an object")
    profile = _object(response.get("profile") or {}, "profile must be an object")
    sheet = read_loosely(scale, answers, profile)
    found = _line(scale, scale.plan.score(sheet))
    return {**found, "ignored": sheet.ignored} if sheet.ignored else found


def _line(scale: Scale, outcome: Outcome) -> dict[str, object]:
    return {
        "scores": {score.id: _json(outcome.scores[score.id]) for score in scale.scores if score.shown},
        "bands": outcome.bands,
        "flags": outcome.flags,
        "missing": outcome.missing,
        "invalid": outcome.invalid,
    }


def _json(value: Exact | None) -> int | float | None:
    return None if value is None else number(value)


def _decoded(line: bytes, first: bool) -> str:
    if len(line) > LONGEST_LINE_BYTES:
        raise LineRefused(1, f"longer than {LONGEST_LINE_BYTES} bytes")
    try:
        text = line.decode("utf-8-sig" if first else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        before = line[: error.start].decode("utf-8", "replace")
        raise LineRefused(len(before) + 1, "not UTF-8") from None
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
