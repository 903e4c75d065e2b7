"""What comes in and goes out of recommendations."""

from typing import Annotated, TypedDict

from marshmallow import fields

from heartport.assessments.cards import CardOut
from heartport.library.rules import ThingKind
from heartport.own_library.rules import Opinion, Why
from heartport.recommendations.service import Recommendation
from heartport.web.schemas import BodyIn
from heartport.web.shapes import Keywords, one_of

ID_SHAPE = Keywords(pattern="^[0-9]{8}[0-9a-f]{12}$")


class OpinionIn(BodyIn):
    """Whether it helped."""

    opinion = fields.Enum(Opinion, by_value=True, required=True, error_messages={"unknown": "只能是 {choices} 之一。"})


class OpinionOut(TypedDict):
    """What was noted."""

    id: str
    opinion: Annotated[str, one_of(Opinion)]


class RecommendationOut(TypedDict):
    """One thing with its reason."""

    id: Annotated[str | None, "For feedback; null where everybody is shown the same."]
    why: Annotated[str, one_of(Why)]
    reason: str
    kind: Annotated[str, one_of((ThingKind.ARTICLE, ThingKind.TRACK))]
    thing_id: str
    title: str
    summary: str
    minutes: int | None
    seconds: int | None
    feedback: Annotated[str | None, "helpful or unhelpful, as the person said."]


class RecommendationsOut(TypedDict):
    """What to show: the card first, where there is one."""

    card: CardOut | None
    note: Annotated[str, "What to say above them, or in their place."]
    personalised: bool
    items: list[RecommendationOut]


def recommendation_out(found: Recommendation) -> RecommendationOut:
    """Return one thing with its reason."""
    return {
        "id": found.id,
        "why": found.why.value,
        "reason": found.reason,
        "kind": found.thing.kind.value,
        "thing_id": found.thing.id,
        "title": found.thing.title,
        "summary": found.thing.summary,
        "minutes": found.thing.minutes,
        "seconds": found.thing.seconds,
        "feedback": found.opinion.value if found.opinion else None,
    }
