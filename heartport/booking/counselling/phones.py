"""How person and counsellor find each other without names: a number to call, sealed, and four digits for the door."""

from heartport.booking.counselling.models import Appointment
from heartport.vault.door import current_vault

COLUMN = "appointment phone"
PHONE_LENGTH = 64
"""Bytes of the padded number, which has at most 30 characters."""


def seal_phone(appointment_id: str, phone: str) -> bytes:
    """Return the sealed form, of one length."""
    return current_vault().seal_column(COLUMN, appointment_id, phone, PHONE_LENGTH)


def phone_of(row: Appointment) -> str | None:
    """Return the number of an appointment, or None where there is none any more."""
    return current_vault().open_column(COLUMN, row.id, row.phone_sealed) if row.phone_sealed else None


def code_of(appointment_id: str) -> str:
    """Return the four digits that a person says at the door."""
    digest = current_vault().fingerprint("appointment code", appointment_id.encode())
    return f"{int.from_bytes(digest[:4]) % 10_000:04}"
