"""Who signed a scale file off for this deployment; answers and results live sealed in the vault, not here."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest
from heartport.extensions import Model


class ScaleReview(Model):
    """One file of one scale, named by its hash, and the professional who answers for it."""

    __tablename__ = "scale_reviews"

    file_hash: Mapped[Digest] = mapped_column(primary_key=True)
    scale_id: Mapped[str] = mapped_column(String(40))
    scale_version: Mapped[str] = mapped_column(String(20))
    reviewer: Mapped[str] = mapped_column(String(80))
    credential: Mapped[str] = mapped_column(String(120))
    signed_on: Mapped[date]
