"""Column types that several features share: random public ids, UTC instants, digests."""

import secrets
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import DateTime, Dialect, LargeBinary, String, TypeDecorator
from sqlalchemy.orm import mapped_column

PublicId = Annotated[str, mapped_column(String(22))]
"""An id that is seen outside: almost 128 random bits in URL-safe base64."""

Digest = Annotated[bytes, mapped_column(LargeBinary(32))]
"""A SHA-256 or HMAC-SHA-256 value."""

Sealed = Annotated[bytes, mapped_column(LargeBinary())]
"""Ciphertext of the vault."""


def new_public_id() -> str:
    """Return a new random id, which does not begin like an option of a command."""
    while (made := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return made


class Utc(TypeDecorator[datetime]):
    """An instant, stored in UTC and returned aware, on SQLite too; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Store UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Return an aware instant."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)
