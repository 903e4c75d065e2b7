"""Duty shifts in `main`; two of them never overlap."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import PublicId, Utc
from heartport.extensions import Model


class DutyRoster(Model):
    """The one row that whoever changes the roster holds; its version tells them that somebody else was quicker."""

    __tablename__ = "duty_rosters"

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    version: Mapped[int]


class DutyShift(Model):
    """A stretch of time and the three members of staff who are on duty in it.

    SQLite knows no exclusion constraint; there the row of the roster keeps two writers apart, as everywhere.
    """

    __tablename__ = "duty_shifts"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint(
            "primary_id <> backup_id AND primary_id <> supervisor_id AND backup_id <> supervisor_id", name="people"
        ),
        ExcludeConstraint((text("tstzrange(starts_at, ends_at)"), "&&"), name="ex_duty_shifts_overlap", using="gist"),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(Utc)
    ends_at: Mapped[datetime] = mapped_column(Utc, index=True)
    primary_id: Mapped[PublicId] = mapped_column(ForeignKey("staff_members.id"))
    backup_id: Mapped[PublicId] = mapped_column(ForeignKey("staff_members.id"))
    supervisor_id: Mapped[PublicId] = mapped_column(ForeignKey("staff_members.id"))
