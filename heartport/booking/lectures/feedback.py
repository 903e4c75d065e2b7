"""Feedback about a lecture: the token of whoever was there, and what all said together."""

from sqlalchemy import select

from heartport import clock
from heartport.booking.feedback.rules import Summary
from heartport.booking.feedback.tokens import feedback_token, is_good, read_summary
from heartport.booking.lectures.check_ins import NotRegistered
from heartport.booking.lectures.models import Lecture
from heartport.booking.lectures.registrations import find_live
from heartport.booking.lectures.rules.states import CHECKED_IN
from heartport.booking.lectures.rules.times import takes_feedback
from heartport.booking.lectures.seats import LectureUnknown
from heartport.errors import Conflict
from heartport.stores import Store, reading


class FeedbackGiven(Conflict):
    """The token was used, or its time is over."""

    code = "feedback_given"
    detail = "您已经评价过，或者评价时间已经结束。谢谢您。"


def own_token(account_id: str, lecture_id: str) -> str:
    """Return a person's token; raises `LectureUnknown`, `NotRegistered` for who was not there, or `FeedbackGiven`."""
    _ends(lecture_id)
    row = find_live(account_id, [lecture_id]).get(lecture_id)
    if row is None or row.state != CHECKED_IN:
        raise NotRegistered
    token = feedback_token(account_id, lecture_id)
    if not is_good(token):
        raise FeedbackGiven
    return token


def summary_of(lecture_id: str) -> tuple[Summary, bool]:
    """Return what all said together and whether feedback is still taken; until then nothing is told."""
    if takes_feedback(_ends(lecture_id), clock.now()):
        return Summary(), True
    return read_summary(lecture_id), False


def _ends(lecture_id: str) -> int:
    with reading(Store.MAIN) as session:
        ends = session.execute(select(Lecture.ends).where(Lecture.id == lecture_id)).scalar()
    if ends is None:
        raise LectureUnknown
    return ends
