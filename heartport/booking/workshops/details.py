"""What a unit leaves with its request in order to be reached: venue, contact and note, sealed in one column."""

import json
from dataclasses import asdict, dataclass, field

from heartport.booking.workshops.models import Workshop
from heartport.vault.door import current_vault

LONGEST_VENUE, LONGEST_CONTACT, LONGEST_NOTE, LONGEST_COMMENT = 80, 60, 300, 300
DETAILS_LENGTH, COMMENT_LENGTH = 2048, 1280
"""Bytes of the padded texts; every character may take four, and JSON doubles a quotation mark."""
DETAILS, COMMENT = "workshop details", "workshop comment"


@dataclass(frozen=True, slots=True)
class Details:
    """Where it is to take place (None is a room of ours), whom to call, and what else is to be known."""

    venue: str | None
    contact: str = field(repr=False)
    note: str | None = field(default=None, repr=False)


def seal_details(workshop_id: str, details: Details) -> bytes:
    """Return the sealed form, of one length."""
    text = json.dumps(asdict(details), ensure_ascii=False, separators=(",", ":"))
    return current_vault().seal_column(DETAILS, workshop_id, text, DETAILS_LENGTH)


def details_of(row: Workshop) -> Details | None:
    """Return what was left; None once the workshop has ended."""
    if row.details_sealed is None:
        return None
    return Details(**json.loads(current_vault().open_column(DETAILS, row.id, row.details_sealed)))


def seal_comment(workshop_id: str, comment: str | None) -> bytes | None:
    """Return the sealed form of what a unit says afterwards."""
    return current_vault().seal_column(COMMENT, workshop_id, comment, COMMENT_LENGTH) if comment else None


def comment_of(row: Workshop) -> str | None:
    """Return what a unit said afterwards."""
    return current_vault().open_column(COMMENT, row.id, row.comment_sealed) if row.comment_sealed else None
