"""Tokens that are still good, and what was said, in `main`; nothing leads from one to the other, nor to a person."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest, PublicId
from heartport.extensions import Model


class FeedbackToken(Model):
    """A token that has not been used, by its hash; the row is deleted in the transaction that uses it."""

    __tablename__ = "feedback_tokens"

    token_hash: Mapped[Digest] = mapped_column(primary_key=True)
    about_id: Mapped[PublicId] = mapped_column(index=True)
    """The lecture or workshop."""


class Feedback(Model):
    """What one person said of one lecture or workshop, under an id of its own; without words and without a time."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("useful BETWEEN 1 AND 5", name="useful"),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    about_id: Mapped[PublicId] = mapped_column(index=True)
    rating: Mapped[int]
    useful: Mapped[int]
    again: Mapped[bool]
