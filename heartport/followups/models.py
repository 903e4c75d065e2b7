"""Call-backs and what happened to them, in `main`; nothing here refers to a scale or a result."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest, PublicId, Sealed, Utc
from heartport.extensions import Model

LIVE = text("ended_at IS NULL")


class FollowUp(Model):
    """One request to be called; what the person left is one sealed column, which goes in the moment it has ended.

    Who asked stands here so that the person can see and withdraw it; no member of staff is ever shown it.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'accepted', 'closed', 'withdrawn', 'lapsed')", name="state"),
        CheckConstraint("(state IN ('open', 'accepted')) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(contact_sealed IS NULL) = (ended_at IS NOT NULL)", name="contact"),
        CheckConstraint("(state = 'accepted') = (accepted_by IS NOT NULL)", name="accepted_by"),
        CheckConstraint("(accepted_by IS NULL) = (accepted_at IS NULL)", name="accepted_at"),
        Index("uq_follow_ups_live", "account_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    account_id: Mapped[PublicId] = mapped_column(ForeignKey("accounts.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    contact_sealed: Mapped[Sealed | None]
    asked_at: Mapped[datetime] = mapped_column(Utc)
    accepted_by: Mapped[PublicId | None] = mapped_column(ForeignKey("staff_members.id"))
    accepted_at: Mapped[datetime | None] = mapped_column(Utc)
    tried_at: Mapped[datetime | None] = mapped_column(Utc)
    """When it was last tried to call; what came of it stands in the events."""
    ended_at: Mapped[datetime | None] = mapped_column(Utc, index=True)
    outcome: Mapped[str | None] = mapped_column(String(20))


class FollowUpEvent(Model):
    """One step of one call-back, never changed; it outlives the call-back and names nobody.

    Both names are pseudonyms: of a person one that hangs on their own key, so that erasure cuts it off for good, of
    staff a keyed hash. Numbers of one call-back begin at 1 and have no gap.
    """

    __tablename__ = "follow_up_events"

    follow_up_id: Mapped[PublicId] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[Digest] = mapped_column(index=True)
    """Whose call-back it is."""
    actor: Mapped[Digest]
    """Who took the step."""
    act: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Utc, index=True)
    waited_minutes: Mapped[int | None]
    """At the first contact alone: how many minutes of duty the person had waited."""
