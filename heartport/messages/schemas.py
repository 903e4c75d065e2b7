"""What comes in and goes out about messages."""

from typing import Annotated, TypedDict

from marshmallow import fields

from heartport.local_time import instant_out
from heartport.messages.inbox import Received
from heartport.messages.rules import About, Kind, Template
from heartport.messages.words import TITLE, text_of
from heartport.web.schemas import BodyIn, Flag
from heartport.web.shapes import Id, Instant, one_of


class AboutOut(TypedDict):
    """What a message leads to."""

    kind: Annotated[str, one_of(About)]
    id: Id


class MessageOut(TypedDict):
    """One message; its title is the same whatever it is about."""

    id: Id
    kind: Annotated[str, one_of(Kind)]
    title: str
    text: str
    said_at: Annotated[Instant, "From when on it could be read, to the minute."]
    at: Annotated[Instant | None, "When that takes place which it is about."]
    until: Annotated[Instant | None, "Until when to answer."]
    about: AboutOut
    read: bool


class InboxOut(TypedDict):
    """One page of the messages, and how many of all are still to be read."""

    items: list[MessageOut]
    next_cursor: Annotated[str | None, "Send it as `cursor` for the next page; null on the last."]
    unread: int


class SubscriptionOut(TypedDict):
    """How many messages of this template are let through yet."""

    template: Annotated[str, one_of(Template)]
    accepted: int


class PurposeOut(TypedDict):
    """Which consent is needed."""

    purpose: str


class SubscriptionIn(BodyIn):
    """What a person answered when WeChat asked."""

    template = fields.Enum(
        Template, by_value=True, required=True, error_messages={"unknown": "只能是 {choices} 之一。"}
    )
    accepted = Flag(required=True)


def message_out(received: Received) -> MessageOut:
    """Return a message in words."""
    content = received.content
    return {
        "id": received.id,
        "kind": content.kind.value,
        "title": TITLE,
        "text": text_of(content.kind, content.at, content.until),
        "said_at": instant_out(content.said_at),
        "at": instant_out(content.at) if content.at else None,
        "until": instant_out(content.until) if content.until else None,
        "about": {"kind": content.about.value, "id": content.about_id},
        "read": received.read,
    }
