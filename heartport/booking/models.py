"""The calendar in `main`: what can be booked, when it is open, what is taken, and who did what with which booking.

Times of bookings are ticks of a quarter of an hour (`rules/grid.py`). No row here says why somebody comes.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest, PublicId, Sealed, Utc
from heartport.extensions import Model


class Resource(Model):
    """Whatever can be in one place at a time; a person is bound to a staff account, whose name is theirs."""

    __tablename__ = "resources"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'room', 'equipment')", name="kind"),
        CheckConstraint("(kind = 'person') = (staff_id IS NOT NULL)", name="staff"),
        CheckConstraint("(kind = 'person') = (name IS NULL)", name="name"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    staff_id: Mapped[PublicId | None] = mapped_column(ForeignKey("staff_members.id"), unique=True)
    name: Mapped[str | None] = mapped_column(String(60))
    district: Mapped[str | None] = mapped_column(String(40))
    capacity: Mapped[int | None]
    """How many people a room takes."""
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    """Of its openings: whoever changes them names the version that they read."""


class OpeningRow(Model):
    """One weekly opening of a resource, in local minutes since midnight."""

    __tablename__ = "availability_rules"
    __table_args__ = (
        CheckConstraint(
            "day IN ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'made_up_workday')",
            name="day",
        ),
        CheckConstraint("0 <= starts AND starts < ends AND ends <= 1440", name="stretch"),
        CheckConstraint("starts % 15 = 0 AND ends % 15 = 0", name="grid"),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    resource_id: Mapped[PublicId] = mapped_column(ForeignKey("resources.id"), index=True)
    day: Mapped[str] = mapped_column(String(20))
    starts: Mapped[int]
    ends: Mapped[int]
    modes: Mapped[str] = mapped_column(String(60))
    """Separated by commas; empty means any."""
    reserved: Mapped[bool] = mapped_column(default=False)


class ChangeRow(Model):
    """A stretch of one single day that is open or closed, whatever the week says."""

    __tablename__ = "availability_changes"
    __table_args__ = (
        CheckConstraint("0 <= starts AND starts < ends AND ends <= 1440", name="stretch"),
        CheckConstraint("starts % 15 = 0 AND ends % 15 = 0", name="grid"),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    resource_id: Mapped[PublicId] = mapped_column(ForeignKey("resources.id"), index=True)
    day: Mapped[date]
    starts: Mapped[int]
    ends: Mapped[int]
    opens: Mapped[bool]


class MeetingPlaceRow(Model):
    """Where a person of the calendar is met; the link to their room for video is sealed: whoever has it may enter."""

    __tablename__ = "meeting_places"

    resource_id: Mapped[PublicId] = mapped_column(ForeignKey("resources.id"), primary_key=True)
    version: Mapped[int]
    address: Mapped[str | None] = mapped_column(String(100))
    directions: Mapped[str | None] = mapped_column(String(300))
    link_sealed: Mapped[Sealed | None]


class Occupancy(Model):
    """That a booking takes a resource from `starts` to `ends`, and with its buffers what is blocked around it.

    Until `expires_at` it is only held; a hold whose time is over counts for nothing, whether a sweeper came by or not.
    Confirmed it has none.
    """

    __tablename__ = "occupancies"
    __table_args__ = (
        CheckConstraint("blocked_from <= starts AND starts < ends AND ends <= blocked_until", name="order"),
        Index("ix_occupancies_resource", "resource_id", "blocked_from"),
        ExcludeConstraint(
            ("resource_id", "="),
            (text("int4range(blocked_from, blocked_until)"), "&&"),
            name="ex_occupancies_overlap",
            using="gist",
        ),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    resource_id: Mapped[PublicId] = mapped_column(ForeignKey("resources.id"))
    kind: Mapped[str] = mapped_column(String(12))
    booking_id: Mapped[PublicId] = mapped_column(index=True)
    starts: Mapped[int]
    ends: Mapped[int]
    blocked_from: Mapped[int]
    blocked_until: Mapped[int]
    expires_at: Mapped[datetime | None] = mapped_column(Utc, index=True)


class OccupancyTick(Model):
    """One quarter of an hour of a resource; its key is what no two bookings can have."""

    __tablename__ = "occupancy_ticks"

    resource_id: Mapped[PublicId] = mapped_column(primary_key=True)
    tick: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    occupancy_id: Mapped[PublicId] = mapped_column(ForeignKey("occupancies.id", ondelete="CASCADE"), index=True)


class BookingEvent(Model):
    """One step of one booking, never changed: its number is the version that the step led to, from 1 without a gap.

    The actor is a pseudonym: of a person one that hangs on their own key, of staff a keyed hash. Of the time only the
    local day is kept; the order is told by the numbers.
    """

    __tablename__ = "booking_events"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    booking_id: Mapped[PublicId] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12))
    act: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(24))
    """How the booking stood after it."""
    actor: Mapped[Digest]
    at: Mapped[datetime] = mapped_column(Utc, index=True)
