"""Open lectures, the seats that units have of them, and who has registered, in `main`."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import PublicId, Utc
from heartport.extensions import Model

LIVE = text("state IN ('registered', 'waiting', 'offered', 'checked_in', 'absent')")


class Lecture(Model):
    """One open lecture; `taken` is changed only together with the registration that takes or gives back a seat."""

    __tablename__ = "lectures"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'open', 'closed', 'held', 'archived', 'cancelled', 'postponed')", name="state"
        ),
        CheckConstraint("starts < ends", name="order"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("0 <= taken AND taken <= capacity", name="taken"),
        CheckConstraint("unit_quota IS NULL OR unit_quota > 0", name="unit_quota"),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10), index=True)
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(60))
    summary: Mapped[str] = mapped_column(String(600))
    venue: Mapped[str] = mapped_column(String(80))
    """What people read of where it is: a room with its address, or how to watch."""
    starts: Mapped[int]
    ends: Mapped[int]
    """In ticks; of a postponed lecture those that it had."""
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    unit_quota: Mapped[int | None]
    """How many seats people of one enterprise may have; None is as many as there are."""
    lecturer_id: Mapped[PublicId] = mapped_column(ForeignKey("resources.id"))
    room_id: Mapped[PublicId | None] = mapped_column(ForeignKey("resources.id"))
    attended: Mapped[int | None]
    """How many came, once it was held."""


class UnitSeats(Model):
    """How many of a lecture's seats people of one enterprise have; shown to nobody, gone when it is archived."""

    __tablename__ = "lecture_unit_seats"
    __table_args__ = (CheckConstraint("0 <= taken AND taken <= quota", name="taken"),)

    lecture_id: Mapped[PublicId] = mapped_column(ForeignKey("lectures.id"), primary_key=True)
    unit_id: Mapped[PublicId] = mapped_column(ForeignKey("units.id"), primary_key=True)
    quota: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)


class Registration(Model):
    """One person's registration; of the live ones there is one for each person and lecture.

    A seat is counted from `registered` or `offered` on. `unit_id` is the enterprise whose quota it counts against.
    """

    __tablename__ = "lecture_registrations"
    __table_args__ = (
        CheckConstraint(
            "state IN ('registered', 'waiting', 'offered', 'checked_in', 'absent', 'cancelled', 'left', 'expired')",
            name="state",
        ),
        CheckConstraint("(state = 'offered') = (offered_until IS NOT NULL)", name="offered"),
        CheckConstraint("state <> 'waiting' OR turn IS NOT NULL", name="turn"),
        Index(
            "uq_lecture_registrations_live",
            "lecture_id",
            "account_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    lecture_id: Mapped[PublicId] = mapped_column(ForeignKey("lectures.id"), index=True)
    account_id: Mapped[PublicId] = mapped_column(ForeignKey("accounts.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    unit_id: Mapped[PublicId | None] = mapped_column(ForeignKey("units.id"))
    turn: Mapped[int | None]
    """Where in the line, of who came to wait."""
    offered_until: Mapped[datetime | None] = mapped_column(Utc, index=True)
