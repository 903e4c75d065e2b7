"""HTTP of the messages: the inbox of whoever is signed in, and what an employee accepts of WeChat's."""

from typing import Any

from heartport.callers import EMPLOYEE
from heartport.errors import Invalid
from heartport.members.rules import ConsentNeeded
from heartport.messages import inbox, subscriptions
from heartport.messages.inbox import MessageUnknown
from heartport.messages.outbox import Recipient, to_employee, to_staff
from heartport.messages.schemas import (
    InboxOut,
    MessageOut,
    PurposeOut,
    SubscriptionIn,
    SubscriptionOut,
    message_out,
)
from heartport.web.access import current_caller
from heartport.web.contract import Blueprint
from heartport.web.idempotency import IDEMPOTENCY_KEY, IdempotencyKeyNeeded, IdempotencyKeyReused, create_once
from heartport.web.paging import PAGING, page_out, wanted_page, wrong_cursor
from heartport.web.shapes import PUBLIC_ID, Parameter

MESSAGE = Parameter("message_id", "path", "A message.", {"type": "string", **PUBLIC_ID})

own_messages = Blueprint("messages", __name__, url_prefix="/api/v1/me/messages", description="消息")
own_subscriptions = Blueprint("subscriptions", __name__, url_prefix="/api/v1/me", description="微信提醒")


@own_messages.get("")
@own_messages.takes(*PAGING)
@own_messages.answers(200, InboxOut)
@own_messages.refuses(Invalid)
def list_messages() -> InboxOut:
    """Show one's own messages, the latest first."""
    page, found = wanted_page(), inbox.list_messages(_reader())
    if page.after is not None and not (page.after.isascii() and page.after.isdigit()):
        raise wrong_cursor()
    rest = found[int(page.after or 0) : int(page.after or 0) + page.limit + 1]
    return {**page_out(rest, page, lambda each: str(each.place), message_out), "unread": inbox.count_unread(found)}


@own_messages.post("/<message_id>/read")
@own_messages.takes(MESSAGE)
@own_messages.answers(200, MessageOut)
@own_messages.refuses(MessageUnknown)
def mark_read(message_id: str) -> MessageOut:
    """Mark one message as read; once more changes nothing."""
    return message_out(inbox.mark_read(_reader(), message_id))


@own_subscriptions.post("/subscriptions")
@own_subscriptions.takes(IDEMPOTENCY_KEY)
@own_subscriptions.answers(200, SubscriptionOut)
@own_subscriptions.refuses(ConsentNeeded, beside=PurposeOut)
@own_subscriptions.refuses(IdempotencyKeyNeeded, IdempotencyKeyReused)
@own_subscriptions.arguments(SubscriptionIn, example={"template": "reminder", "accepted": True})
def note_answer(body: dict[str, Any]) -> SubscriptionOut:
    """Count what a person answered when WeChat asked whether one more message may come."""
    account_id, template = current_caller().account_id, body["template"]
    create_once(lambda session: subscriptions.note_answer(session, account_id, template, body["accepted"]))
    return {"template": template.value, "accepted": subscriptions.count_accepted(account_id, template)}


def _reader() -> Recipient:
    caller = current_caller()
    return to_employee(caller.account_id) if EMPLOYEE in caller.roles else to_staff(caller.account_id)
