"""HTTP of feedback: whoever holds a token says once how it was; who that is, nobody asks."""

from typing import Any

from heartport.booking.feedback.rules import Said
from heartport.booking.feedback.schemas import FeedbackIn
from heartport.booking.feedback.tokens import FeedbackTokenUnknown, give_feedback
from heartport.web.contract import Blueprint

EXAMPLE = {"token": "a" * 43, "rating": 5, "useful": 4, "again": True}

feedback = Blueprint("feedback", __name__, url_prefix="/api/v1/feedback", description="不记名评价")


@feedback.post("")
@feedback.answers(204)
@feedback.refuses(FeedbackTokenUnknown)
@feedback.arguments(FeedbackIn, example=EXAMPLE)
def give(body: dict[str, Any]) -> tuple[str, int]:
    """Say how it was, once; the token is used up by it. Send no `Authorization` along."""
    give_feedback(body.pop("token"), Said(**body))
    return "", 204
