"""What stands around every result: the crisis card, what is on offer here and now, the privacy note."""

from functools import partial
from typing import Any

from flask import Flask, current_app

from heartport.assessments.cards import CrisisCard, card_out, load_card
from heartport.assessments.privacy_note import PrivacyNotes, load_privacy_notes, privacy_note
from heartport.assessments.records import Record
from heartport.assessments.schemas import Offers, Surroundings
from heartport.config import Settings
from heartport.hotlines.service import list_clinics, list_crisis_hotlines
from heartport.members.policies import Purpose

OFFERS: Offers = {"clinic": list_clinics, "hotline": list_crisis_hotlines}
"""What exists in this deployment today."""


def init_app(app: Flask, settings: Settings) -> CrisisCard:
    """Load the card and the notes; raises `ContentRefused`."""
    card = load_card(settings.content_dir / "cards" / "crisis.yaml")
    app.extensions["heartport.crisis_card"] = card
    app.extensions["heartport.privacy_notes"] = load_privacy_notes(settings.content_dir / "privacy_note.yaml")
    return card


def surroundings_of(record: Record, *, kept: bool, language: str) -> Surroundings:
    """Return what stands around this result."""
    notes: PrivacyNotes = current_app.extensions["heartport.privacy_notes"]
    return Surroundings(
        card=partial(crisis_card, language),
        offers=OFFERS,
        privacy_note=privacy_note(notes, kept=kept, aggregate=Purpose.AGGREGATE in record.consents),
    )


def crisis_card(language: str) -> dict[str, Any]:
    """Return the card with the lines that are open now first."""
    card: CrisisCard = current_app.extensions["heartport.crisis_card"]
    return card_out(card, list_crisis_hotlines(), language)
