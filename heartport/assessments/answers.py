"""What the two ways of sending answers, autosave and submission, share."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from heartport.errors import Invalid
from heartport.members.standing import Standing
from heartport.scoring.language import Scale
from heartport.web.schemas import field_errors

Errors = dict[str, list[str]]
"""Path of a field to what is wrong there, in Chinese; never what was received."""


class AnswersRefused(Invalid):
    """Some fields are wrong; nothing is stored, and live flags come along."""

    code = "answers_refused"
    detail = "有些题目还没有答好，请看一下标出的地方。"


class AttemptId(fields.String):
    """The client's own name of one filling-in."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - marshmallow's
        shape = validate.Regexp(r"[A-Za-z0-9_-]{8,64}\Z", error="须为 8 至 64 个字母、数字、- 或 _。")
        super().__init__(validate=shape, **options)


def answers_field() -> fields.Dict:
    """Return the field of the answers, whose inside the scale alone can check."""
    return fields.Dict(required=True, error_messages={"invalid": "须为一个 JSON 对象，键是题号。"})


def load_fields(schema: Schema, body: object) -> tuple[dict[str, Any], Errors]:
    """Return the fields that are right and the errors of the others."""
    try:
        loaded: dict[str, Any] = schema.load(body)  # type: ignore[arg-type]
    except ValidationError as problem:
        right = problem.valid_data if isinstance(problem.valid_data, dict) else {}
        return right, field_errors(problem)
    return loaded, {}


def own_profile(scale: Scale, standing: Standing) -> dict[str, Any]:
    """Return what the scale asks for of the person's own profile."""
    own = ((word, getattr(standing.profile, word, None)) for word in scale.form.profile)
    return {word: value for word, value in own if value is not None}
