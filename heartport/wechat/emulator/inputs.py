"""Reads what is posted to `/_emu`: one JSON object with the named fields, or a clear complaint."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from werkzeug.wrappers import Request

LARGEST_BODY = 64 * 1024
_REQUIRED = object()


class BadInput(Exception):
    """What was posted cannot be used; the text says why."""


class Field(NamedTuple):
    """One field: whether a value fits, what to say when it does not, and what stands in for an absent one."""

    fits: Callable[[Any], bool]
    wanted: str
    default: object = _REQUIRED

    def optional(self, default: object) -> "Field":
        """Return this field with a default."""
        return self._replace(default=default)


def one_of(*words: str) -> Field:
    """Return a field that is one of these words."""
    return Field(lambda value: isinstance(value, str) and value in words, f"one of {', '.join(words)}")


def whole_number(lowest: int, highest: int) -> Field:
    """Return a field that is a whole number within these limits."""
    return Field(lambda v: type(v) is int and lowest <= v <= highest, f"a whole number from {lowest} to {highest}")


def seconds(highest: float) -> Field:
    """Return a field that is a duration in seconds."""
    return Field(
        lambda v: type(v) in (int, float) and math.isfinite(v) and 0 <= v <= highest,
        f"a number of seconds from 0 to {highest:g}",
    )


TEXT = Field(lambda value: isinstance(value, str), "a text")
YES_NO = Field(lambda value: isinstance(value, bool), "true or false")
PERSON = Field(
    lambda value: isinstance(value, str) and 1 <= len(value) <= 64 and value.isprintable(),
    "a name of 1 to 64 printable characters",
)


def read_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body; an empty body is an empty object."""
    if (request.content_length or 0) > LARGEST_BODY:
        raise BadInput(f"the body is larger than {LARGEST_BODY} bytes")
    body = request.get_data()
    if not body:
        return {}
    if request.mimetype != "application/json":
        # A page in a browser cannot send this type across sites without asking first.
        raise BadInput("the content type must be application/json")
    try:
        posted = json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput("the body is not JSON") from None
    if not isinstance(posted, dict):
        raise BadInput("the body must be a JSON object")
    return posted


def pick(posted: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Return the value of every field; complains of unknown, missing and unfit ones."""
    unknown = sorted(set(posted) - set(fields))
    if unknown:
        raise BadInput(f"unknown field {unknown[0]!r}; known: {', '.join(fields) or 'none'}")
    return {name: _value(name, field, posted) for name, field in fields.items()}


def _value(name: str, field: Field, posted: Mapping[str, Any]) -> object:
    if name not in posted:
        if field.default is _REQUIRED:
            raise BadInput(f"{name} is missing: it must be {field.wanted}")
        return field.default
    value = posted[name]
    if value != field.default and not field.fits(value):
        raise BadInput(f"{name} must be {field.wanted}")
    return value
