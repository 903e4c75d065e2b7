"""What is published to editors, in `main`: a month, and figures of things; nothing here refers to a person."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from heartport.extensions import Model

Month = String(7)
"""Such as `2026-11`."""


class LibraryReport(Model):
    """One month that was counted, once and for good."""

    __tablename__ = "library_reports"

    month: Mapped[str] = mapped_column(Month, primary_key=True)


class LibraryReportRow(Model):
    """How many people did what with one thing, or with what was recommended for one reason; None is too few to say."""

    __tablename__ = "library_report_rows"
    __table_args__ = (
        CheckConstraint("opened IS NULL OR opened >= 10", name="opened"),
        CheckConstraint("finished IS NULL OR finished >= 10", name="finished"),
        CheckConstraint("helpful IS NULL OR helpful >= 10", name="helpful"),
        CheckConstraint("unhelpful IS NULL OR unhelpful >= 10", name="unhelpful"),
    )

    month: Mapped[str] = mapped_column(ForeignKey("library_reports.month"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    """`article`, `track`, `news`, or `why` for all that was recommended for one reason."""
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    opened: Mapped[int | None]
    finished: Mapped[int | None]
    helpful: Mapped[int | None]
    unhelpful: Mapped[int | None]
