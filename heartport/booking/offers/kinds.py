"""Every kind of offer behind one list: whoever keeps a waiting list names its offers here, in `heartport.features`.

An offer lives in its own feature, as a row of a waiting list in the state `offered`; this room only finds it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from heartport.errors import Conflict, NotFound


class OfferUnknown(NotFound):
    """This person has no such offer: never had, answered already, or its time is over."""

    code = "offer_unknown"
    detail = "没有找到这个名额，可能已经答复过，或者过了确认时间。"


class OfferExpired(Conflict):
    """The offer was not answered in time, and goes to the next in line."""

    code = "offer_expired"
    detail = "确认时间已经过了，名额留给了下一位。还需要的话，可以重新排队。"


@dataclass(frozen=True, slots=True)
class Offer:
    """A place or a time that is kept for one person until `expires_at`."""

    id: str
    kind: str
    """In one word of the API: `lecture` or `appointment`."""
    about_id: str
    """What it leads to: the lecture, or the counsellor whose time it is."""
    title: str
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OfferKind:
    """How one feature lists a person's offers and answers one; it raises `OfferUnknown` for what is not its own.

    `accept` returns the id of the booking that came of it. Both may be repeated: accepting what was accepted returns
    the same id, declining what is not there any more does nothing.
    """

    list_offers: Callable[[str], Sequence[Offer]]
    accept: Callable[[str, str], str]
    decline: Callable[[str, str], None]


def init_app(app: Flask, kinds: Sequence[OfferKind]) -> None:
    """Name every kind of offer."""
    app.extensions["heartport.offers"] = tuple(kinds)


def list_offers(account_id: str) -> list[Offer]:
    """Return a person's live offers of all kinds; what must be answered soonest comes first."""
    found = [offer for kind in _kinds() for offer in kind.list_offers(account_id)]
    return sorted(found, key=lambda offer: (offer.expires_at, offer.id))


def accept_offer(account_id: str, offer_id: str) -> str:
    """Accept one and return the id of the booking; raises `OfferUnknown` or `OfferExpired`."""
    for kind in _kinds():
        try:
            return kind.accept(account_id, offer_id)
        except OfferUnknown:
            continue
    raise OfferUnknown


def decline_offer(account_id: str, offer_id: str) -> None:
    """Decline one; raises `OfferUnknown` where the person never had it."""
    for kind in _kinds():
        try:
            return kind.decline(account_id, offer_id)
        except OfferUnknown:
            continue
    raise OfferUnknown


def _kinds() -> tuple[OfferKind, ...]:
    kinds: tuple[OfferKind, ...] = current_app.extensions["heartport.offers"]
    return kinds
