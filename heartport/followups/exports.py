"""A person's call-backs in the document of everything that is held about them, and what an erasure leaves of them."""

from datetime import timedelta
from typing import TypedDict

from heartport import clock
from heartport.followups.events import events_about
from heartport.followups.requests import list_own
from heartport.followups.schemas import EventOut, OwnFollowUpOut, event_out, own_follow_up_out
from heartport.members.personal_data import Remainder
from heartport.members.standing import Standing
from heartport.web.shapes import Id

EVENTS_STAY = Remainder(
    "值班记录（如果您请人回过电）：什么时候提出、接手、拨打、结束",
    "用来查证值班是否尽责。里面没有电话、备注和账号，只有一个代号；您的密钥销毁后，谁也查不出这个代号是谁。",
    timedelta(days=396),
)


class EventHeldOut(EventOut):
    """One step of a call-back."""

    follow_up: Id


class FollowUpsPartOut(TypedDict):
    """What is held about a person's call-backs."""

    follow_ups: list[OwnFollowUpOut]
    follow_up_events: list[EventHeldOut]


def export_follow_ups(standing: Standing) -> FollowUpsPartOut:
    """Return all call-backs that are kept, and all that is noted about them."""
    now = clock.now()
    return {
        "follow_ups": [own_follow_up_out(each, now) for each in list_own(standing.account_id)],
        "follow_up_events": [
            {"follow_up": event.follow_up_id, **event_out(event)} for event in events_about(standing.account_id)
        ],
    }
