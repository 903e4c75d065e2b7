"""The table behind idempotent creation; it lives in `main`, in the same transaction as what was created."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest, PublicId, Utc
from heartport.extensions import Model


class IdempotencyKey(Model):
    """One creating request of one caller, employee or staff: keyed hashes of its key and body, and what it made."""

    __tablename__ = "idempotency_keys"

    account_id: Mapped[PublicId] = mapped_column(primary_key=True)
    key_hash: Mapped[Digest] = mapped_column(primary_key=True)
    body_hash: Mapped[Digest]
    resource_id: Mapped[PublicId | None]
    created_at: Mapped[datetime] = mapped_column(Utc, index=True)
