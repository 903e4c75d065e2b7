"""Who is calling, as every room sees it: an account behind a live token, and its roles."""

from dataclasses import dataclass

ANYONE = "anyone"
SIGNED_IN = "signed_in"
EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True)
class Caller:
    """The account behind a live token."""

    account_id: str
    token_hash: bytes
    roles: frozenset[str]
