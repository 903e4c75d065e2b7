"""Opaque tokens: 256 random bits, of which only the SHA-256 is stored, and a public id to speak of them."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime

from heartport.vault.door import current_vault

TOKEN_BYTES = 32
PUBLIC_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh token, shown this once."""

    token: str = field(repr=False)
    expires_at: datetime
    account_id: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A live sign-in as its owner sees it: no address and no device, which nobody notes."""

    id: str
    kind: str
    since: date
    current: bool


def new_token() -> str:
    """Return a new token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """Return what of a token is stored."""
    return hashlib.sha256(token.encode()).digest()


def session_id(token_hash: bytes) -> str:
    """Return the public id of a session: a keyed hash, so that no column is needed for it."""
    digest = current_vault().fingerprint("session id", token_hash)[:PUBLIC_ID_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
