"""Seats that are kept for somebody, as one kind of offer; its id is that of the registration."""

from sqlalchemy import select

from heartport import clock
from heartport.booking.lectures.models import Lecture, Registration
from heartport.booking.lectures.registrations import accept_offer, decline_offer
from heartport.booking.offers.kinds import Offer, OfferKind
from heartport.booking.rules.grid import moment_of
from heartport.stores import Store, reading


def list_offers(account_id: str) -> list[Offer]:
    """Return the seats that are kept for a person."""
    own = select(Registration, Lecture).join(Lecture, Lecture.id == Registration.lecture_id)
    live = own.where(Registration.account_id == account_id, Registration.offered_until > clock.now())
    with reading(Store.MAIN) as session:
        return [_offer(row, lecture) for row, lecture in session.execute(live)]


LECTURE_OFFERS = OfferKind(list_offers, accept_offer, decline_offer)


def _offer(row: Registration, lecture: Lecture) -> Offer:
    assert row.offered_until is not None
    return Offer(
        id=row.id,
        kind="lecture",
        about_id=lecture.id,
        title=lecture.title,
        starts_at=moment_of(lecture.starts),
        ends_at=moment_of(lecture.ends),
        expires_at=row.offered_until,
    )
