"""Accounts, consents, access tokens and unfinished erasures in `main`; whatever identifies a person is sealed."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest, PublicId, Sealed, Utc
from heartport.extensions import Model


class Account(Model):
    """One person: the openid as ciphertext beside a keyed blind index, the profile as ciphertext."""

    __tablename__ = "accounts"

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    openid_index: Mapped[Digest] = mapped_column(unique=True)
    openid_sealed: Mapped[Sealed]
    profile_sealed: Mapped[Sealed]
    since_window: Mapped[str] = mapped_column(String(6))
    """The half-year of sign-up, where the search for this person's sealed records ends."""


class Consent(Model):
    """One switch of one person; all rows are made at sign-up, so that their existence says nothing."""

    __tablename__ = "consents"

    account_id: Mapped[PublicId] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    granted: Mapped[bool] = mapped_column(default=False)
    policy_version: Mapped[str | None] = mapped_column(String(20))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    """The local day of the decision, as its first moment; never more exact than that."""


class AccessToken(Model):
    """A live sign-in: the SHA-256 of the token; never updated, gone at sign-out or at its end, a midnight."""

    __tablename__ = "access_tokens"

    token_hash: Mapped[Digest] = mapped_column(primary_key=True)
    account_id: Mapped[PublicId] = mapped_column(ForeignKey("accounts.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Utc, index=True)


class Erasure(Model):
    """An account that is being erased; the row goes with the account, at the end."""

    __tablename__ = "erasures"

    account_id: Mapped[PublicId] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
