"""A person's messages in the document of everything that is held about them."""

from typing import TypedDict

from heartport.members.standing import Standing
from heartport.messages.inbox import list_held
from heartport.messages.outbox import to_employee
from heartport.messages.schemas import MessageOut, SubscriptionOut, message_out
from heartport.messages.subscriptions import all_accepted


class MessagesPartOut(TypedDict):
    """What is held of a person's messages, those to come too."""

    messages: list[MessageOut]
    subscriptions: list[SubscriptionOut]


def export_messages(standing: Standing) -> MessagesPartOut:
    """Return all messages and what the person accepted."""
    return {
        "messages": [message_out(each) for each in list_held(to_employee(standing.account_id))],
        "subscriptions": [
            {"template": template, "accepted": accepted}
            for template, accepted in all_accepted(standing.account_id).items()
        ],
    }
