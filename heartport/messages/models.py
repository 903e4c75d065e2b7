"""Messages and acceptances of WeChat's templates, in `main`; what a message says is one sealed column."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest, PublicId, Sealed, Utc
from heartport.extensions import Model

UNSENT = text("unsent")


class Message(Model):
    """One message to one person: a line of their inbox, and while it is `unsent` a row of the outbox.

    The table tells to whom and for which day; kind, words and what it is about are sealed.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (staff_id IS NULL)", name="recipient"),
        CheckConstraint("staff_id IS NULL OR NOT unsent", name="unsent"),
        Index("ix_messages_unsent", "due_at", sqlite_where=UNSENT, postgresql_where=UNSENT),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    dedupe: Mapped[Digest] = mapped_column(unique=True)
    """A keyed hash of whom it is for, its kind and its occasion: the same is never said twice."""
    account_id: Mapped[PublicId | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    staff_id: Mapped[PublicId | None] = mapped_column(ForeignKey("staff_members.id"), index=True)
    due_at: Mapped[datetime] = mapped_column(Utc)
    """The first moment of the day on which it was written, or the evening for which it was written."""
    content_sealed: Mapped[Sealed]
    unsent: Mapped[bool]
    """Whether it is still to go out through WeChat; never for staff, nor without the consent to be reminded."""
    read: Mapped[bool] = mapped_column(default=False)


class Subscription(Model):
    """How many messages of one template a person has accepted, each of which WeChat lets through once."""

    __tablename__ = "subscriptions"
    __table_args__ = (CheckConstraint("accepted >= 0", name="accepted"),)

    account_id: Mapped[PublicId] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    template: Mapped[str] = mapped_column(String(20), primary_key=True)
    accepted: Mapped[int]
