"""Workshops with their wishes, and the entitlements of units with their ledger, in `main`.

When and with whom a workshop takes place stands in the calendar alone (`occupancies`), so that there is one truth about
it; nobody's name, phone or attendance stands here in clear.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import PublicId, Sealed, Utc
from heartport.extensions import Model

STATES = (
    "state IN ('draft', 'submitted', 'waitlisted', 'proposed', 'confirmed', 'reschedule_requested',"
    " 'reschedule_proposed', 'merged', 'delivered', 'closed', 'rejected', 'withdrawn', 'cancelled_by_unit',"
    " 'cancelled_by_provider', 'cancelled_under_minimum')"
)


class Workshop(Model):
    """One request of one unit; the topic stands here as it was when it was asked for, whatever editors change later."""

    __tablename__ = "workshops"
    __table_args__ = (
        CheckConstraint(STATES, name="state"),
        CheckConstraint("headcount >= 1 AND headcount <= max_people", name="headcount"),
        CheckConstraint("attended IS NULL OR attended >= 0", name="attended"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint(
            "(responses IS NULL) = (satisfied IS NULL)"
            " AND (responses IS NULL OR (0 <= satisfied AND satisfied <= responses AND responses <= attended))",
            name="responses",
        ),
        CheckConstraint("state <> 'merged' OR merged_into IS NOT NULL", name="merged_into"),
        Index("ix_workshops_state", "state", "held_until"),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    unit_id: Mapped[PublicId] = mapped_column(ForeignKey("units.id"), index=True)
    charged_unit_id: Mapped[PublicId] = mapped_column(ForeignKey("units.id"), index=True)
    """Whose entitlement it counts against: the enterprise of a department."""
    requested_by: Mapped[PublicId] = mapped_column(ForeignKey("staff_members.id"))
    state: Mapped[str] = mapped_column(String(24))
    version: Mapped[int]
    topic_code: Mapped[str] = mapped_column(String(3))
    title: Mapped[str] = mapped_column(String(40))
    format: Mapped[str] = mapped_column(String(10))
    duration_min: Mapped[int]
    min_people: Mapped[int]
    max_people: Mapped[int]
    headcount: Mapped[int]
    district: Mapped[str | None] = mapped_column(String(40))
    """Where it takes place, as far as travel is concerned."""
    details_sealed: Mapped[Sealed | None]
    """Venue, contact and note; gone once the workshop has ended."""
    submitted_on: Mapped[date | None]
    rounds: Mapped[int] = mapped_column(default=0)
    """How many proposals came to nothing since the last one that was confirmed."""
    moves: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[datetime | None] = mapped_column(Utc)
    first_in_line: Mapped[bool] = mapped_column(default=False)
    merged_into: Mapped[PublicId | None] = mapped_column(ForeignKey("workshops.id"), index=True)
    reason: Mapped[str | None] = mapped_column(String(200))
    """Why the service said no, for the unit to read."""
    attended: Mapped[int | None]
    responses: Mapped[int | None]
    satisfied: Mapped[int | None]
    rating: Mapped[int | None]
    comment_sealed: Mapped[Sealed | None]


class Wish(Model):
    """One wished start, in ticks; number 1 is wished most."""

    __tablename__ = "workshop_wishes"
    __table_args__ = (CheckConstraint("number BETWEEN 1 AND 3", name="number"),)

    workshop_id: Mapped[PublicId] = mapped_column(ForeignKey("workshops.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts: Mapped[int]


class FacilitatorQualification(Model):
    """Something that a bookable person may lead."""

    __tablename__ = "facilitator_qualifications"

    resource_id: Mapped[PublicId] = mapped_column(ForeignKey("resources.id"), primary_key=True)
    qualification: Mapped[str] = mapped_column(String(30), primary_key=True)


class Entitlement(Model):
    """How many workshops a unit may have in a year, and how many it has; the ledger says why."""

    __tablename__ = "entitlements"
    __table_args__ = (
        CheckConstraint("used >= 0 AND used <= allowed", name="used"),
        CheckConstraint("allowed <= 50", name="allowed"),
    )

    unit_id: Mapped[PublicId] = mapped_column(ForeignKey("units.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    allowed: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)


class EntitlementEntry(Model):
    """One charge (-1) or return (+1), never changed; entries of one workshop are numbered from 1 and take turns."""

    __tablename__ = "entitlement_entries"
    __table_args__ = (CheckConstraint("change IN (-1, 1)", name="change"),)

    workshop_id: Mapped[PublicId] = mapped_column(ForeignKey("workshops.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[PublicId] = mapped_column(ForeignKey("units.id"), index=True)
    year: Mapped[int]
    change: Mapped[int]
    entered_on: Mapped[date]
