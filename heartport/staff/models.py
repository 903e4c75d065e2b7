"""Staff accounts, their sessions and grants, and the counting of failed sign-ins, in the store `main`.

A member of staff is no row of `accounts`: whoever also takes scales does so through WeChat, under an account that
nothing ties to this one.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest, PublicId, Sealed, Utc
from heartport.extensions import Model


class StaffMember(Model):
    """One member of staff: the display name and the secret of the one-time codes as ciphertext."""

    __tablename__ = "staff_members"
    __table_args__ = (
        UniqueConstraint("id", "side"),
        CheckConstraint("side IN ('unit', 'service')", name="side"),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(32), unique=True)
    side: Mapped[str] = mapped_column(String(10))
    """Whether this person stands for a unit or for the service; what keeps the roles of both apart."""
    name_sealed: Mapped[Sealed]
    password_hash: Mapped[str] = mapped_column(String(160))
    totp_sealed: Mapped[Sealed]
    last_totp_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The newest one-time code that was used; neither it nor an older one opens anything again."""
    locked: Mapped[bool] = mapped_column(default=False)


class StaffSession(Model):
    """A live sign-in; `seen_at` moves at most once a minute."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[Digest] = mapped_column(primary_key=True)
    staff_id: Mapped[PublicId] = mapped_column(ForeignKey("staff_members.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Utc, index=True)
    seen_at: Mapped[datetime] = mapped_column(Utc)


class RoleGrant(Model):
    """A role that somebody granted, everywhere or for a unit and all below it; revoking keeps the row.

    The pair of staff member and side is a foreign key, and each side may hold its own roles only: so the database
    itself refuses a unit head who is also counsellor, clinical lead, coordinator or admin.
    """

    __tablename__ = "role_grants"
    __table_args__ = (
        ForeignKeyConstraint(["staff_id", "side"], ["staff_members.id", "staff_members.side"], onupdate="CASCADE"),
        CheckConstraint(
            "role IN ('unit_head', 'counsellor', 'clinical_lead', 'coordinator', 'editor', 'admin', 'auditor',"
            " 'custodian')",
            name="role",
        ),
        CheckConstraint(
            "revoked_on IS NOT NULL"
            " OR (role <> 'unit_head' OR side = 'unit')"
            " AND (role NOT IN ('counsellor', 'clinical_lead', 'coordinator', 'admin') OR side = 'service')",
            name="side_of_role",
        ),
        CheckConstraint("role <> 'unit_head' OR unit_id IS NOT NULL", name="unit_of_unit_head"),
        CheckConstraint("(revoked_on IS NULL) = (revoked_by IS NULL)", name="revoked"),
        Index(
            "uq_role_grants_everywhere",
            "staff_id",
            "role",
            unique=True,
            sqlite_where=text("unit_id IS NULL AND revoked_on IS NULL"),
            postgresql_where=text("unit_id IS NULL AND revoked_on IS NULL"),
        ),
        Index(
            "uq_role_grants_unit",
            "staff_id",
            "role",
            "unit_id",
            unique=True,
            sqlite_where=text("unit_id IS NOT NULL AND revoked_on IS NULL"),
            postgresql_where=text("unit_id IS NOT NULL AND revoked_on IS NULL"),
        ),
    )

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    staff_id: Mapped[PublicId] = mapped_column(index=True)
    side: Mapped[str] = mapped_column(String(10))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[PublicId | None] = mapped_column(ForeignKey("units.id"))
    granted_by: Mapped[str] = mapped_column(String(80))
    granted_on: Mapped[date]
    revoked_by: Mapped[str | None] = mapped_column(String(80))
    revoked_on: Mapped[date | None]


class SignInAttempts(Model):
    """How often a name was tried and not let in, within the quarter of an hour that ends at `ends_at`.

    The name stands here as a keyed hash, since what is typed in its place may be anything, a password too.
    """

    __tablename__ = "sign_in_attempts"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    name_hash: Mapped[Digest] = mapped_column(primary_key=True)
    failures: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(Utc, index=True)
