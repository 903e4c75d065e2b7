"""Signatures under what the deployment publishes: Ed25519, so that whoever has the public key can check them."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def sign(seed: bytes, content: bytes) -> bytes:
    """Return the 64 bytes of a signature, under the key that 32 secret bytes make."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(content)


def public_key(seed: bytes) -> bytes:
    """Return the 32 bytes with which such signatures are checked."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def is_signed(public: bytes, signature: bytes, content: bytes) -> bool:
    """Tell whether a signature belongs to this content."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except InvalidSignature:
        return False
    return True
