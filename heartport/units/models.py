"""The unit tree, invites, and who belongs to which unit, in the store `main`; when somebody came is kept nowhere."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest, PublicId, Utc
from heartport.extensions import Model


class Unit(Model):
    """One unit; `key` is its name in files, by which it is found again when it is renamed or moved."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("parent_id", "name"),
        CheckConstraint("level IN ('city', 'district', 'industry', 'enterprise', 'department')", name="level"),
        CheckConstraint("(level = 'city') = (parent_id IS NULL)", name="parent"),
        Index(
            "uq_units_city_name",
            "name",
            unique=True,
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    parent_id: Mapped[PublicId | None] = mapped_column(ForeignKey("units.id"))
    level: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))


class Invite(Model):
    """A code, as its keyed hash, that binds whoever enters it to a unit; nothing tells who did."""

    __tablename__ = "invites"
    __table_args__ = (CheckConstraint("uses_left >= 0", name="uses_left"),)

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    code_hash: Mapped[Digest] = mapped_column(unique=True)
    unit_id: Mapped[PublicId] = mapped_column(ForeignKey("units.id"), index=True)
    uses_left: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(Utc)
    replaced: Mapped[bool] = mapped_column(default=False)


class UnitBinding(Model):
    """The unit to which a person belongs; who has no row said "not now" or left."""

    __tablename__ = "unit_bindings"

    account_id: Mapped[PublicId] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    unit_id: Mapped[PublicId] = mapped_column(ForeignKey("units.id"), index=True)
