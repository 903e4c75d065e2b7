"""One-time codes of staff: TOTP after RFC 6238 (SHA-1, six digits, 30 seconds), as every authenticator app has it."""

import hmac
from collections.abc import Iterator
from datetime import datetime

import pyotp

STEP_SECONDS = 30
TOLERATED_STEPS = 1
"""How many steps a clock may be ahead or behind (RFC 6238, section 5.2, recommends one for delays)."""
ISSUER = "HeartPort"
DECOY_SECRET = "A" * 32
"""What a code is compared with where there is no secret, so that the comparison takes its usual time."""


def new_secret() -> str:
    """Return a new secret of 160 random bits, in base32."""
    return pyotp.random_base32(32)


def secret_address(secret: str, username: str) -> str:
    """Return the otpauth URI that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def code_at(secret: str, moment: datetime) -> str:
    """Return the code of a moment."""
    return pyotp.TOTP(secret).generate_otp(step_of(moment))


def step_of(moment: datetime) -> int:
    """Return the number of the 30-second step in which a moment lies."""
    return int(moment.timestamp()) // STEP_SECONDS


def matching_steps(secret: str | None, code: str, moment: datetime) -> frozenset[int]:
    """Return the steps around a moment whose code this is; without a secret none, after the same work."""
    found = frozenset(_matching(secret or DECOY_SECRET, code.replace(" ", "").encode(), step_of(moment)))
    return found if secret else frozenset()


def _matching(secret: str, code: bytes, now: int) -> Iterator[int]:
    codes = pyotp.TOTP(secret)
    for step in range(now - TOLERATED_STEPS, now + TOLERATED_STEPS + 1):
        if hmac.compare_digest(codes.generate_otp(step).encode(), code):
            yield step
