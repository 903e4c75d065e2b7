"""Appointments and what goes with them, in `main`; nothing says why somebody comes, nor which kind of slot it was."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest, PublicId, Sealed
from heartport.extensions import Model


class Appointment(Model):
    """One hour with one counsellor, in ticks; how to be called is sealed and goes when it is over.

    Whose it was is forgotten at an erasure; that somebody was there goes, as all of it does, some time after its year.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint(
            "state IN ('held', 'offered', 'booked', 'checked_in', 'attended', 'no_show', 'cancelled',"
            " 'late_cancelled', 'cancelled_by_counsellor', 'expired', 'declined')",
            name="state",
        ),
        CheckConstraint("mode IN ('in_person', 'phone', 'video')", name="mode"),
        CheckConstraint("starts < ends", name="order"),
        CheckConstraint("account_id IS NOT NULL OR state IN ('checked_in', 'attended', 'no_show')", name="account"),
        Index("ix_appointments_counsellor", "counsellor_id", "starts"),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    account_id: Mapped[PublicId | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    counsellor_id: Mapped[PublicId] = mapped_column(ForeignKey("resources.id"))
    state: Mapped[str] = mapped_column(String(24))
    version: Mapped[int]
    starts: Mapped[int]
    ends: Mapped[int]
    mode: Mapped[str] = mapped_column(String(10))
    phone_sealed: Mapped[Sealed | None]
    """Where to call, for an appointment by phone that is still to come."""
    reschedules: Mapped[int] = mapped_column(default=0)
    follow_up_suggested: Mapped[bool] = mapped_column(default=False)


class CounsellingConsent(Model):
    """That a person agreed to a version of the text before counselling; gone with the account."""

    __tablename__ = "counselling_consents"

    account_id: Mapped[PublicId] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    agreed_on: Mapped[date]


class Waiting(Model):
    """One person in the line of one counsellor; the row goes when a time is offered to them, or when they leave."""

    __tablename__ = "counselling_waiting"
    __table_args__ = (
        CheckConstraint("mode IS NULL OR mode IN ('in_person', 'phone', 'video')", name="mode"),
        Index("ix_counselling_waiting_turn", "counsellor_id", "turn"),
    )

    account_id: Mapped[PublicId] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    counsellor_id: Mapped[PublicId] = mapped_column(ForeignKey("resources.id"), primary_key=True)
    turn: Mapped[int]
    """Of two the lower is first; whom the counsellor had to cancel goes before everybody, with a turn below zero."""
    mode: Mapped[str | None] = mapped_column(String(10))


class CalendarFeed(Model):
    """The secret address under which a member of staff subscribes to their calendar; only its hash is kept."""

    __tablename__ = "calendar_feeds"

    staff_id: Mapped[PublicId] = mapped_column(ForeignKey("staff_members.id"), primary_key=True)
    secret_hash: Mapped[Digest] = mapped_column(unique=True)
