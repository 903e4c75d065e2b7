"""Reads files of content (hotlines, cards, policies, pages) once; a wrong one is refused with all its problems."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, validate

NOT_BLANK = validate.Regexp(r"\s*\S", error="Must not be empty.")


class ContentRefused(Exception):
    """A file of content is wrong; `problems` lists everything, each with its file and path."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file taken apart: its checked front matter, and its text with the line on which that begins."""

    head: dict[str, Any]
    body: str
    body_line: int


def read_content(path: Path, schema: Schema) -> dict[str, Any]:
    """Read one YAML file and check it against a schema; raises `ContentRefused`.

    Problems read `FILE › hotlines › 2 › number: Not a valid string.`; entries of a list count from 1.
    """
    return _checked(path, schema, _parse_yaml(path, read_text(path)))


def read_page(path: Path, schema: Schema) -> Page:
    """Read one Markdown file whose front matter stands between two lines of `---`; raises `ContentRefused`.

    Problems of the front matter read as in `read_content`, broken YAML with its line in the file.
    """
    lines = read_text(path).split("\n")
    if lines[0].rstrip() != "---":
        raise ContentRefused([f"{path}, line 1: The front matter is missing; it begins with a line of ---."])
    end = next((place for place, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    if end is None:
        raise ContentRefused([f"{path}, line 1: The front matter has no end; it ends with a line of ---."])
    # An empty line in the place of the first --- lets the reader count lines as the file does.
    head = _checked(path, schema, _parse_yaml(path, "\n".join(["", *lines[1:end]])))
    return Page(head, "\n".join(lines[end + 1 :]), end + 2)


def read_text(path: Path) -> str:
    """Return the text of a file, with or without the mark that some editors put first; raises `ContentRefused`."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        problem = "cannot be opened"
    except ValueError:
        problem = "is not UTF-8"
    raise ContentRefused([f"{path}: {problem}"])


def be_a_day(value: date) -> None:
    """Raise `ValidationError` for a date that carries a time of day, which YAML lets through."""
    if isinstance(value, datetime):
        raise ValidationError("Must be a date without a time of day.")


def _checked(path: Path, schema: Schema, raw: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the file holds
    try:
        loaded: dict[str, Any] = schema.load(raw)
    except ValidationError as problem:
        raise ContentRefused(_flat(problem.messages, str(path))) from None
    return loaded


class _EachKeyOnce(yaml.CSafeLoader):
    """YAML's safe loader that refuses a repeated key, of which PyYAML alone silently keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for place, (key, _) in enumerate(node.value):
            if key.value in keys[:place]:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key.value} is there twice", problem_mark=key.start_mark
                )
        return super().construct_mapping(node, deep=deep)


def _parse_yaml(path: Path, text: str) -> Any:  # noqa: ANN401 - whatever the file holds; a schema checks it
    try:
        return yaml.load(text, Loader=_EachKeyOnce)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = f"is not YAML, line {line}: {error.problem}"
    except (ValueError, yaml.YAMLError) as error:
        problem = f"is not YAML: {error}"
    raise ContentRefused([f"{path}: {problem}"])


def _flat(messages: dict[Any, Any] | list[Any], path: str) -> list[str]:
    if isinstance(messages, list):
        return [f"{path}: {message}" for message in messages]
    found = []
    for key, inner in messages.items():
        place = key + 1 if isinstance(key, int) else key
        found += _flat(inner, path if key == "_schema" else f"{path} › {place}")
    return found
