"""Sealings, what they spent, and what they published, without a count of people that has no noise; service figures."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import PublicId
from heartport.extensions import Model

LONGEST = 10_000_000
"""Characters of a document; a tree of 5,000 units takes 400,000."""


class Sealing(Model):
    """A half-year that is over and whose answers may be counted, once enough custodians have confirmed it."""

    __tablename__ = "sealings"

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    window: Mapped[str] = mapped_column(String(6), unique=True)
    opened_on: Mapped[date]
    tree: Mapped[str] = mapped_column(String(LONGEST))
    """The units as they stood then, as JSON: what changes later counts from the next half-year on."""


class SealingConfirmation(Model):
    """That a custodian confirmed a sealing."""

    __tablename__ = "sealing_confirmations"

    sealing_id: Mapped[PublicId] = mapped_column(ForeignKey("sealings.id"), primary_key=True)
    staff_id: Mapped[PublicId] = mapped_column(ForeignKey("staff_members.id"), primary_key=True)
    confirmed_on: Mapped[date]


class LedgerEntry(Model):
    """How many thousandths of epsilon a family of items has spent in a window."""

    __tablename__ = "privacy_ledger"
    __table_args__ = (CheckConstraint("milli_epsilon BETWEEN 0 AND 2000", name="milli_epsilon"),)

    family: Mapped[str] = mapped_column(String(40), primary_key=True)
    window: Mapped[str] = mapped_column(String(6), primary_key=True)
    milli_epsilon: Mapped[int]


class Release(Model):
    """What was published of a window: a signed manifest of its units and of all its tables."""

    __tablename__ = "releases"

    window: Mapped[str] = mapped_column(ForeignKey("sealings.window"), primary_key=True)
    id: Mapped[PublicId] = mapped_column(unique=True)
    published_on: Mapped[date]
    synthetic: Mapped[bool]
    """Made of invented people, for the demonstration."""
    manifest: Mapped[str] = mapped_column(String(LONGEST))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


class ReleasedTable(Model):
    """The finished figures of one scale in one window, as JSON; never changed."""

    __tablename__ = "released_tables"

    window: Mapped[str] = mapped_column(ForeignKey("releases.window"), primary_key=True)
    scale: Mapped[str] = mapped_column(String(50), primary_key=True)
    body: Mapped[str] = mapped_column(String(LONGEST))


class BlockMap(Model):
    """In which block each unit is counted, as JSON; kept for a year."""

    __tablename__ = "block_maps"
    __table_args__ = (ForeignKeyConstraint(["window", "scale"], ["released_tables.window", "released_tables.scale"]),)

    window: Mapped[str] = mapped_column(String(6), primary_key=True)
    scale: Mapped[str] = mapped_column(String(50), primary_key=True)
    body: Mapped[str] = mapped_column(String(LONGEST))


class ServicePublication(Model):
    """That one part of the service figures of a month was published, once and for good."""

    __tablename__ = "service_publications"
    __table_args__ = (CheckConstraint("part IN ('sign_ins', 'bookings')", name="part"),)

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    """Such as `2026-11`."""
    part: Mapped[str] = mapped_column(String(10), primary_key=True)
    synthetic: Mapped[bool]
    """Made of invented people, for the demonstration."""


class ServiceFigure(Model):
    """One figure of the service, of a month and a district; what is hidden has no row. Nothing refers to a person."""

    __tablename__ = "service_figures"
    __table_args__ = (
        ForeignKeyConstraint(["month", "part"], ["service_publications.month", "service_publications.part"]),
        CheckConstraint(
            "measure IN ('visitors', 'lectures', 'registered', 'attended', 'workshops', 'workshop_attended',"
            " 'appointments', 'appointments_attended')",
            name="measure",
        ),
        CheckConstraint("(part = 'sign_ins') = (measure = 'visitors')", name="part"),
        CheckConstraint("figure >= 10 OR (measure IN ('lectures', 'workshops') AND figure >= 1)", name="figure"),
    )

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    part: Mapped[str] = mapped_column(String(10))
    district: Mapped[str] = mapped_column(String(60), primary_key=True)
    measure: Mapped[str] = mapped_column(String(24), primary_key=True)
    figure: Mapped[int]
