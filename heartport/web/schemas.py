"""What all schemas share: every error gathered with its path and in Chinese, unknown keys refused."""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from marshmallow import RAISE, Schema, ValidationError, fields

from heartport.errors import Invalid

IN_CHINESE = {
    "Missing data for required field.": "必须填写。",
    "Field may not be null.": "不能为空。",
    "Unknown field.": "没有这个字段。",
    "Invalid input type.": "须为一个 JSON 对象。",
    "Not a valid string.": "须为文字。",
    "Not a valid integer.": "须为整数。",
    "Not a valid boolean.": "须为 true 或 false。",
}
LONGEST_PATH = 100
Errors = dict[str, list[str]]
"""Path of a field to what is wrong there, in Chinese; never what was received."""


IN_64_BITS = {"minimum": -(2**63), "maximum": 2**63 - 1}


class BodyIn(Schema):
    """A JSON object that comes in."""

    class Meta:
        """Strict by default."""

        unknown = RAISE


class Flag(fields.Boolean):
    """true or false and nothing that merely resembles them, such as 1 or "yes"."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> bool:  # noqa: ANN401 - marshmallow's
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class WholeNumber(fields.Integer):
    """An integer and nothing that merely resembles one, such as true or 1.0 or "1"; of 64 bits."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - marshmallow's
        if "validate" not in options:
            options["metadata"] = IN_64_BITS
        super().__init__(**options)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> int:  # noqa: ANN401 - marshmallow's
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


def load_body(schema: Schema, body: object) -> dict[str, Any]:
    """Check a body and return its fields; raises `Invalid` with all errors at once, by dotted path."""
    try:
        loaded: dict[str, Any] = schema.load(body)  # type: ignore[arg-type]
    except ValidationError as problem:
        refuse(problem)
    return loaded


def load_fields(schema: Schema, body: object) -> tuple[dict[str, Any], Errors]:
    """Return the fields that are right and the errors of the others."""
    try:
        loaded: dict[str, Any] = schema.load(body)  # type: ignore[arg-type]
    except ValidationError as problem:
        right = problem.valid_data if isinstance(problem.valid_data, dict) else {}
        return right, field_errors(problem)
    return loaded, {}


def refuse(problem: ValidationError) -> NoReturn:
    """Raise the refusal that holds marshmallow's findings and nothing that was received."""
    raise Invalid(errors=field_errors(problem)) from None


def field_errors(problem: ValidationError) -> dict[str, list[str]]:
    """Flatten marshmallow's nested messages to `{"answers.q4": [...]}`, in Chinese."""
    messages = problem.normalized_messages()
    if set(messages) in ({"json"}, {"query"}):  # webargs names the place that it read.
        (messages,) = messages.values()
    return dict(_flat(messages, ""))


def _flat(messages: Mapping[Any, Any] | list[Any] | str, path: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(messages, str):
        messages = [messages]
    if isinstance(messages, list):
        yield path or "body", [_in_chinese(str(message)) for message in messages]
        return
    for key, inner in messages.items():
        place = path if key == "_schema" else f"{path}.{key}" if path else str(key)
        yield from _flat(inner, place[:LONGEST_PATH])


def _in_chinese(message: str) -> str:
    return IN_CHINESE.get(message) or (message if not message.isascii() else "内容不对。")
