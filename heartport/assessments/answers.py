"""What the two ways of sending answers, autosave and submission, share."""

from typing import Any

from marshmallow import fields, validate

from heartport.assessments.rules import HIGHEST_REVISION
from heartport.errors import Invalid
from heartport.members.standing import Standing
from heartport.scoring.language import Scale
from heartport.web.shapes import Schema

VALUE: Schema = {
    "type": ["integer", "number", "string", "array", "null"],
    "minimum": -HIGHEST_REVISION,
    "maximum": HIGHEST_REVISION,
    "items": {"type": "integer", "minimum": -HIGHEST_REVISION, "maximum": HIGHEST_REVISION},
}
"""What an answer may be at all, in the document; the scale says which of these an item takes."""


class AnswersRefused(Invalid):
    """Some fields are wrong; nothing is stored, and live flags come along."""

    code = "answers_refused"
    detail = "有些题目还没有答好，请看一下标出的地方。"


class AttemptId(fields.String):
    """The client's own name of one filling-in."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - marshmallow's
        shape = validate.Regexp(r"[A-Za-z0-9_-]{8,64}\Z", error="须为 8 至 64 个字母、数字、- 或 _。")
        super().__init__(validate=shape, **options)


def answers_field(answer: Schema) -> fields.Dict:
    """Return the field of the answers, whose inside the scale alone can check; `answer` is the schema of one."""
    told = {"description": "By item. What the items are and take, the scale says.", "additionalProperties": answer}
    return fields.Dict(required=True, metadata=told, error_messages={"invalid": "须为一个 JSON 对象，键是题号。"})


def own_profile(scale: Scale, standing: Standing) -> dict[str, Any]:
    """Return what the scale asks for of the person's own profile."""
    own = ((word, getattr(standing.profile, word, None)) for word in scale.form.profile)
    return {word: value for word, value in own if value is not None}
