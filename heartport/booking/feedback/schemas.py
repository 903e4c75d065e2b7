"""What comes in and goes out about feedback."""

from typing import Annotated, TypedDict

from marshmallow import fields, validate

from heartport.booking.feedback.rules import BEST, FLOOR, WORST, Summary
from heartport.web.schemas import BodyIn, Flag, WholeNumber

FORM = r"[A-Za-z0-9_-]{43}"
IN_RANGE = validate.Range(WORST, BEST, error=f"须为 {WORST} 至 {BEST} 的整数。")


class FeedbackIn(BodyIn):
    """What somebody says who was there."""

    token = fields.String(required=True, validate=validate.Regexp(f"{FORM}\\Z", error="评价凭证不对。"))
    rating = WholeNumber(required=True, validate=IN_RANGE)
    useful = WholeNumber(required=True, validate=IN_RANGE)
    again = Flag(required=True)


class FeedbackSummaryOut(TypedDict):
    """What all said together; every figure is null until no more is taken, and where fewer than ten said anything."""

    smallest_group: Annotated[int, "How many must have said something."]
    still_open: bool
    responses: int | None
    rating: Annotated[float | None, "From 1 to 5."]
    useful: Annotated[float | None, "From 1 to 5."]
    again_percent: int | None


def summary_out(summary: Summary, still_open: bool) -> FeedbackSummaryOut:
    """Return a summary."""
    return {
        "smallest_group": FLOOR,
        "still_open": still_open,
        "responses": summary.responses,
        "rating": summary.rating,
        "useful": summary.useful,
        "again_percent": summary.again_percent,
    }
