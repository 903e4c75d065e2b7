"""Where the deployment's keys come from: a file, the environment, or (demo only) a development key.

A provider wraps the keys of persons with a key-encryption key and derives keyed secrets for the rest. A KMS or
HSM fits behind the same few methods. Keys are loaded once, at start.
"""

import base64
import hashlib
import hmac
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from heartport.config import Settings, SettingsError

KEY_BYTES = 32
NONCE_BYTES = 12
HIGHEST_NUMBER = 255
"""The number of a key-encryption key is one byte."""


class WrongKey(Exception):
    """What was to be opened was sealed under another key, or altered."""


class KeyProvider(Protocol):
    """What the vault asks of whoever holds the deployment's keys."""

    header_bytes: int
    """So many bytes at the beginning of a wrapped key tell under which number it is wrapped."""

    @property
    def current(self) -> int:
        """The number of the key-encryption key that wraps now."""

    def number_of(self, wrapped: bytes) -> int:
        """Return the number of the key-encryption key under which a key is wrapped, from its header."""

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt a person's key under the current key-encryption key, bound to `context`."""

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return a wrapped key; raises `WrongKey`."""

    def derive(self, purpose: str) -> bytes:
        """Return the 32-byte secret for one purpose, the same at every start."""


class LocalKeys:
    """A provider that holds its keys in memory: numbered key-encryption keys and one root secret."""

    header_bytes = 1

    def __init__(self, current: int, key_encryption_keys: Mapping[int, bytes], root: bytes) -> None:
        self._current = current
        self._ciphers = {number: AESGCM(key) for number, key in key_encryption_keys.items()}
        self._root = root

    @property
    def current(self) -> int:
        """The number that wraps now."""
        return self._current

    def number_of(self, wrapped: bytes) -> int:
        """Return the first byte."""
        return wrapped[0]

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Return `number of the key (1 byte) ‖ nonce (12) ‖ ciphertext and tag`."""
        nonce = os.urandom(NONCE_BYTES)
        header = bytes([self._current])
        return header + nonce + self._ciphers[self._current].encrypt(nonce, key, header + context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the key within; raises `WrongKey`."""
        cipher = self._ciphers.get(wrapped[0]) if wrapped else None
        if cipher is None:
            raise WrongKey
        nonce, sealed = wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, sealed, wrapped[:1] + context)
        except (InvalidTag, ValueError):
            raise WrongKey from None

    def derive(self, purpose: str) -> bytes:
        """Return one block of HKDF-Expand (RFC 5869) of the root secret."""
        return expand(self._root, purpose)


def expand(secret: bytes, purpose: str) -> bytes:
    """Return the first 32-byte block of HKDF-Expand with SHA-256; `secret` is uniform, so no extraction is due."""
    return hmac.digest(secret, purpose.encode() + b"\x01", "sha256")


DEVELOPMENT_ROOT = hashlib.sha256(b"heartport development key, for demonstrations only").digest()
DEVELOPMENT_KEY_ENCRYPTION_KEY = expand(DEVELOPMENT_ROOT, "key-encryption key")
DEVELOPMENT_KEYS = frozenset({DEVELOPMENT_ROOT, DEVELOPMENT_KEY_ENCRYPTION_KEY})
"""Whoever reads this file knows them, so neither may stand in any place of production's keys."""


def provider_for(settings: Settings) -> KeyProvider:
    """Return the provider that the settings name; raises `SettingsError` with one line."""
    name = "HEARTPORT_KEY_FILE"
    if settings.key_file is not None:
        current, numbered, root = _parse(name, _read_private(settings.key_file, settings.demo))
    elif settings.keys is not None:
        name = "HEARTPORT_KEYS"
        current, numbered, root = _parse(name, settings.keys.encode(errors="replace"))
    else:
        current, numbered, root = 1, {1: DEVELOPMENT_KEY_ENCRYPTION_KEY}, DEVELOPMENT_ROOT
    if not settings.demo and not DEVELOPMENT_KEYS.isdisjoint({root, *numbered.values()}):
        raise SettingsError(f"{name}: holds the development key, which serves only with HEARTPORT_DEMO=1")
    return LocalKeys(current, numbered, root)


def new_keys() -> str:
    """Return the text of a new key file with fresh random keys."""
    return _key_file(1, {1: os.urandom(KEY_BYTES)}, os.urandom(KEY_BYTES))


def with_another_key(content: bytes) -> tuple[str, int]:
    """Return the text of a key file with one key-encryption key more, which is the current one, and its number.

    Raises `SettingsError` where the content is no key file, or its 255 numbers are used up.
    """
    _, numbered, root = _parse("FILE", content)
    number = max(numbered) + 1
    if number > HIGHEST_NUMBER:
        raise SettingsError(f"FILE: holds key {HIGHEST_NUMBER} already, and there is no higher number")
    numbered[number] = os.urandom(KEY_BYTES)
    return _key_file(number, numbered, root), number


def _key_file(current: int, numbered: Mapping[int, bytes], root: bytes) -> str:
    keys = {str(number): base64.b64encode(key).decode() for number, key in numbered.items()}
    document = {"current": current, "key_encryption_keys": keys, "root": base64.b64encode(root).decode()}
    return json.dumps(document, indent=2) + "\n"


def _read_private(path: Path, demo: bool) -> bytes:
    try:
        others_may_read = path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        content = path.read_bytes()
    except OSError:
        raise SettingsError("HEARTPORT_KEY_FILE: this file cannot be read") from None
    if others_may_read and not demo:
        raise SettingsError("HEARTPORT_KEY_FILE: others than its owner may read it (chmod 600)")
    return content


def _parse(name: str, content: bytes) -> tuple[int, dict[int, bytes], bytes]:
    try:
        document = json.loads(content.decode("utf-8"))
        numbered = {int(number): _key(value) for number, value in document["key_encryption_keys"].items()}
        current, root = document["current"], _key(document["root"])
        if (
            type(current) is not int
            or current not in numbered
            or not all(0 < number <= HIGHEST_NUMBER for number in numbered)
        ):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        problem = SettingsError(
            f'{name}: must be JSON like {{"current": 1, "key_encryption_keys": {{"1": "<base64 of 32 bytes>"}}, '
            '"root": "<base64 of 32 bytes>"}'
        )
    else:
        return current, numbered, root
    raise problem


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError
    return key
