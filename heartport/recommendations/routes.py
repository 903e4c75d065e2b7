"""HTTP of recommendations: what to read or to hear next, and whether it helped."""

from typing import Any

from heartport.assessments.surroundings import crisis_card
from heartport.members.standing import standing_of
from heartport.recommendations.schemas import (
    ID_SHAPE,
    OpinionIn,
    OpinionOut,
    RecommendationsOut,
    recommendation_out,
)
from heartport.recommendations.service import OpinionGiven, RecommendationUnknown, give_opinion, recommend
from heartport.web.access import current_caller
from heartport.web.contract import Blueprint
from heartport.web.languages import CHINESE
from heartport.web.shapes import Parameter

RECOMMENDATION = Parameter("recommendation_id", "path", "As `id` has it.", {"type": "string", **ID_SHAPE})

recommendations = Blueprint(
    "recommendations", __name__, url_prefix="/api/v1/recommendations", description="推荐 Recommendations"
)


@recommendations.get("")
@recommendations.answers(200, RecommendationsOut)
def show_recommendations() -> RecommendationsOut:
    """Show what might help now, each with its reason; under an urgent flag the crisis card first."""
    found = recommend(standing_of(current_caller()))
    return {
        "card": crisis_card(CHINESE) if found.urgent else None,
        "note": found.note,
        "personalised": found.personalised,
        "items": [recommendation_out(each) for each in found.items],
    }


@recommendations.post("/<recommendation_id>/feedback")
@recommendations.takes(RECOMMENDATION)
@recommendations.answers(200, OpinionOut)
@recommendations.refuses(RecommendationUnknown, OpinionGiven)
@recommendations.arguments(OpinionIn, example={"opinion": "helpful"})
def give_feedback(body: dict[str, Any], recommendation_id: str) -> OpinionOut:
    """Say once whether it helped; the same once more changes nothing."""
    opinion = give_opinion(standing_of(current_caller()), recommendation_id, body["opinion"])
    return {"id": recommendation_id, "opinion": opinion.value}
