"""What stands around every result: the crisis card, what is on offer here and now, the privacy note."""

from functools import cache, partial
from typing import get_args

from flask import Flask

from heartport.assessments.cards import CardOut, CrisisCard, card_out, load_card
from heartport.assessments.privacy_note import PrivacyNotes, load_privacy_notes, privacy_note
from heartport.assessments.records import Record
from heartport.assessments.schemas import ContentOut, Offers, Surroundings
from heartport.booking.counselling.offers import list_counselling
from heartport.config import Settings
from heartport.extensions import registry
from heartport.followups.offers import list_offers
from heartport.hotlines.service import list_clinics, list_crisis_hotlines
from heartport.library.rules import ThingKind
from heartport.library.shelf import things_about
from heartport.members.policies import Purpose
from heartport.scoring.constructs import Content, ContentKind

OFFERS: Offers = {
    "clinic": list_clinics,
    "hotline": list_crisis_hotlines,
    "call_back": list_offers,
    "counselling": list_counselling,
}
"""What may exist in this deployment; where there is nothing of a kind just now, it is not offered."""


def init_app(app: Flask, settings: Settings) -> CrisisCard:
    """Load the card and the notes; raises `ContentRefused`."""
    card = load_card(settings.content_dir / "cards" / "crisis.yaml")
    app.extensions["heartport.crisis_card"] = card
    app.extensions["heartport.privacy_notes"] = load_privacy_notes(settings.content_dir / "privacy_note.yaml")
    return card


def surroundings_of(record: Record, *, kept: bool, language: str) -> Surroundings:
    """Return what stands around this result."""
    notes: PrivacyNotes = registry()["heartport.privacy_notes"]
    return Surroundings(
        card=partial(crisis_card, language),
        offers={kind: cache(make) for kind, make in OFFERS.items()},  # Several advices may offer one thing.
        content=list_content,
        privacy_note=privacy_note(notes, kept=kept, aggregate=Purpose.AGGREGATE in record.consents),
    )


def list_content(wanted: Content) -> list[ContentOut]:
    """Return what the library has to read or to hear about these topics."""
    kinds = [ThingKind(kind) for kind in wanted.kinds or get_args(ContentKind)]
    found = things_about(wanted.topics, kinds, wanted.limit)
    return [{"kind": each.kind.value, "id": each.id, "title": each.title} for each in found]


def crisis_card(language: str) -> CardOut:
    """Return the card with the lines that are open now first, and a call-back where somebody would call."""
    card: CrisisCard = registry()["heartport.crisis_card"]
    return card_out(card, list_crisis_hotlines(), next(iter(list_offers()), None), language)
