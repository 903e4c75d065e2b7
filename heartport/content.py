"""Reads files of content (hotlines, cards, policies) once, at start; a wrong one is refused with all its problems."""

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


def read_content(path: Path, schema: Schema) -> dict[str, Any]:
    """Read one YAML file and check it against a schema; raises `ContentRefused`.

    Problems read `FILE › hotlines › 2 › number: Not a valid string.`; entries of a list count from 1.
    """
    try:
        loaded: dict[str, Any] = schema.load(_read_yaml(path))
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


def _read_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds; a schema checks it
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_EachKeyOnce)  # noqa: S506 - a SafeLoader
    except OSError:
        problem = "cannot be opened"
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
