"""What clients see of an offer."""

from typing import Annotated, TypedDict

from heartport.booking.offers.kinds import Offer
from heartport.local_time import instant_out
from heartport.web.shapes import Id, Instant, one_of

KINDS = ("lecture", "appointment")


class KeptOfferOut(TypedDict):
    """A place or a time that is kept for this person."""

    id: Id
    kind: Annotated[str, one_of(KINDS)]
    about_id: Annotated[Id, "The lecture, or the counsellor whose time it is."]
    title: str
    starts_at: Instant
    ends_at: Instant
    expires_at: Annotated[Instant, "Until when to answer; from 22 to 8 no time runs."]


class AcceptedOut(TypedDict):
    """What came of accepting: the registration or the appointment."""

    booking_id: Id


def offer_out(offer: Offer) -> KeptOfferOut:
    """Return an offer."""
    return {
        "id": offer.id,
        "kind": offer.kind,
        "about_id": offer.about_id,
        "title": offer.title,
        "starts_at": instant_out(offer.starts_at),
        "ends_at": instant_out(offer.ends_at),
        "expires_at": instant_out(offer.expires_at),
    }
