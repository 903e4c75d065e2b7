"""Passwords of staff: Argon2id hashes, and a verification that takes as long where there is no hash at all."""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs whoever computes it."""

    memory_kib: int
    passes: int
    lanes: int


OWASP = Cost(memory_kib=19 * 1024, passes=2, lanes=1)
"""Argon2id with 19 MiB, t=2, p=1: OWASP Password Storage Cheat Sheet.

RFC 9106's second choice (64 MiB, t=3, p=4) takes eight times as long. Anybody may try a password here, in eight
threads at once, so that the dearer hash would be a way to keep the service busy; a one-time code and a lock-out
after five failures stand beside this one.
"""

TRIFLING = Cost(memory_kib=8, passes=1, lanes=1)
"""For tests only: about a thousandth of the work."""


class Passwords:
    """Hashes and verifies at one cost."""

    def __init__(self, cost: Cost) -> None:
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)

    def hash(self, password: str) -> str:
        """Return the encoded hash, which names its own cost and salt."""
        return self._hasher.hash(_normal(password))

    def verify(self, encoded: str | None, password: str) -> bool:
        """Tell whether a password fits; without a hash the same work is done and the answer is no."""
        decoy = (
            self._decoy
        )  # Made at the first verification of all, so that an unknown name takes no longer than others.
        try:
            fits = self._hasher.verify(encoded or decoy, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return fits and encoded is not None

    def is_outdated(self, encoded: str) -> bool:
        """Tell whether a hash was made at another cost, so that verifying it would take another time."""
        return self._hasher.check_needs_rehash(encoded)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("nobody's password")


def init_app(app: Flask, cost: Cost) -> None:
    """Hash the passwords of this application at this cost."""
    app.extensions["heartport.passwords"] = Passwords(cost)


def current_passwords() -> Passwords:
    """Return the hasher of the current application."""
    passwords: Passwords = current_app.extensions["heartport.passwords"]
    return passwords


def _normal(password: str) -> str:
    """Return the one form of a password, whichever keyboard composed its letters (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
