"""HTTP of offers: what is kept for a person, of all kinds of bookings, and their answer."""

from heartport.booking.audit import BookingChanged
from heartport.booking.offers import kinds
from heartport.booking.offers.kinds import OfferExpired, OfferUnknown
from heartport.booking.offers.schemas import AcceptedOut, KeptOfferOut, offer_out
from heartport.web.access import current_caller
from heartport.web.contract import Blueprint
from heartport.web.shapes import PUBLIC_ID, PageOut, Parameter

OFFER = Parameter("offer_id", "path", "An offer.", {"type": "string", **PUBLIC_ID})

own_offers = Blueprint("offers", __name__, url_prefix="/api/v1/offers", description="候补名额")


@own_offers.get("")
@own_offers.answers(200, PageOut[KeptOfferOut])
def list_offers() -> PageOut[KeptOfferOut]:
    """Show what is kept for oneself; what must be answered soonest comes first."""
    found = kinds.list_offers(current_caller().account_id)
    return {"items": [offer_out(offer) for offer in found], "next_cursor": None}


@own_offers.post("/<offer_id>/accept")
@own_offers.takes(OFFER)
@own_offers.answers(200, AcceptedOut)
@own_offers.refuses(OfferUnknown, OfferExpired, BookingChanged)
def accept_offer(offer_id: str) -> AcceptedOut:
    """Accept it; once more answers the same."""
    return {"booking_id": kinds.accept_offer(current_caller().account_id, offer_id)}


@own_offers.post("/<offer_id>/decline")
@own_offers.takes(OFFER)
@own_offers.answers(204)
@own_offers.refuses(OfferUnknown, BookingChanged)
def decline_offer(offer_id: str) -> tuple[str, int]:
    """Decline it: it goes to the next in line; once more changes nothing."""
    kinds.decline_offer(current_caller().account_id, offer_id)
    return "", 204
