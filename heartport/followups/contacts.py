"""What a person leaves in order to be called: number, name to be called by, time, note and urgency, sealed in one."""

import json
from dataclasses import asdict, dataclass, field

from heartport.followups.models import FollowUp
from heartport.followups.rules.asking import Urgency, When
from heartport.vault.door import current_vault

LONGEST_NUMBER, LONGEST_NAME, LONGEST_NOTE = 30, 20, 300
CONTACT_LENGTH = 1536
"""Bytes of the padded contact; 300 characters of note, 20 of the name, each of four bytes, and the rest take 1,450."""
COLUMN = "follow-up contact"


@dataclass(frozen=True, slots=True)
class Contact:
    """How and when to reach a person; shown to whoever accepted the call-back and to the person alone."""

    phone: str = field(repr=False)
    call_me: str | None = field(repr=False)
    when: When
    voicemail_ok: bool
    note: str | None = field(repr=False)
    urgency: Urgency


def seal_contact(follow_up_id: str, contact: Contact) -> bytes:
    """Return the sealed form, of one length."""
    text = json.dumps(asdict(contact), ensure_ascii=False, separators=(",", ":"))
    return current_vault().seal_column(COLUMN, follow_up_id, text, CONTACT_LENGTH)


def contact_of(row: FollowUp) -> Contact | None:
    """Return what was left with a call-back; None once it has ended."""
    if row.contact_sealed is None:
        return None
    fields = json.loads(current_vault().open_column(COLUMN, row.id, row.contact_sealed))
    return Contact(**{**fields, "when": When(fields["when"]), "urgency": Urgency(fields["urgency"])})
