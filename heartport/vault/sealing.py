"""Sealing: AES-256-GCM with a header that names suite and key version, and room for others (SM4-GCM).

Layout: `suite (1 byte) ‖ key version (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`. The header and what the
caller names as the place (a column and its owner, a slot) are associated data: a ciphertext that is moved
elsewhere does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from heartport.vault.providers import NONCE_BYTES, WrongKey

AES_256_GCM = 1
KEY_VERSION = 1
HEADER = bytes([AES_256_GCM, KEY_VERSION])
OVERHEAD_BYTES = len(HEADER) + NONCE_BYTES + 16


class Sealer:
    """Seals and opens under one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """Return the sealed form, `OVERHEAD_BYTES` longer than `plain`."""
        nonce = os.urandom(NONCE_BYTES)
        return HEADER + nonce + self._cipher.encrypt(nonce, plain, HEADER + place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Return what was sealed at this place; raises `WrongKey`."""
        if sealed[:2] != HEADER:
            raise WrongKey
        try:
            return self._cipher.decrypt(sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :], HEADER + place)
        except (InvalidTag, ValueError):
            raise WrongKey from None


def pad(plain: bytes, length: int) -> bytes:
    """Return `length` bytes: a two-byte count, the content, zeros; raises `ValueError` where it does not fit."""
    if len(plain) + 2 > length:
        raise ValueError(f"{len(plain)} bytes do not fit into {length - 2}")
    return len(plain).to_bytes(2) + plain.ljust(length - 2, b"\0")


def unpad(padded: bytes) -> bytes:
    """Return the content of a padded text."""
    return padded[2 : 2 + int.from_bytes(padded[:2])]
