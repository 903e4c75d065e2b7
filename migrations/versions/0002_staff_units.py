"""Staff accounts with sessions and grants; units, invites and who belongs where

Idempotency keys belong to any caller from now on, so that they no longer refer to `accounts` alone.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EVERYWHERE = sa.text("unit_id IS NULL AND revoked_on IS NULL")
FOR_A_UNIT = sa.text("unit_id IS NOT NULL AND revoked_on IS NULL")
CITY = sa.text("parent_id IS NULL")


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.create_table(
        "units",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("parent_id", sa.String(22), nullable=True),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
        sa.UniqueConstraint("key", name="uq_units_key"),
        sa.UniqueConstraint("parent_id", "name", name="uq_units_parent_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name="fk_units_parent_id_units"),
        sa.CheckConstraint(
            "level IN ('city', 'district', 'industry', 'enterprise', 'department')", name=op.f("ck_units_level")
        ),
        sa.CheckConstraint("(level = 'city') = (parent_id IS NULL)", name=op.f("ck_units_parent")),
    )
    op.create_index(
        "uq_units_city_name", "units", ["name"], unique=True, sqlite_where=CITY, postgresql_where=CITY
    )
    op.create_table(
        "invites",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("unit_id", sa.String(22), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invites"),
        sa.UniqueConstraint("code_hash", name="uq_invites_code_hash"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_invites_unit_id_units"),
        sa.CheckConstraint("uses_left >= 0", name=op.f("ck_invites_uses_left")),
    )
    op.create_index("ix_invites_unit_id", "invites", ["unit_id"])
    op.create_table(
        "unit_bindings",
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("unit_id", sa.String(22), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_unit_bindings"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_unit_bindings_account_id_accounts"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_unit_bindings_unit_id_units"),
    )
    op.create_index("ix_unit_bindings_unit_id", "unit_bindings", ["unit_id"])
    create_staff()
    with op.batch_alter_table("idempotency_keys") as batch:
        batch.drop_constraint("fk_idempotency_keys_account_id_accounts", type_="foreignkey")


def create_staff() -> None:
    op.create_table(
        "staff_members",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("username", sa.String(32), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("password_hash", sa.String(160), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_totp_step", sa.BigInteger(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_members"),
        sa.UniqueConstraint("username", name="uq_staff_members_username"),
        sa.UniqueConstraint("id", "side", name="uq_staff_members_id"),
        sa.CheckConstraint("side IN ('unit', 'service')", name=op.f("ck_staff_members_side")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("staff_id", sa.String(22), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_staff_sessions"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_members.id"], name="fk_staff_sessions_staff_id_staff_members"),
    )
    op.create_index("ix_staff_sessions_staff_id", "staff_sessions", ["staff_id"])
    op.create_index("ix_staff_sessions_expires_at", "staff_sessions", ["expires_at"])
    op.create_table(
        "role_grants",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("staff_id", sa.String(22), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("unit_id", sa.String(22), nullable=True),
        sa.Column("granted_by", sa.String(80), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("revoked_by", sa.String(80), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_role_grants"),
        sa.ForeignKeyConstraint(
            ["staff_id", "side"],
            ["staff_members.id", "staff_members.side"],
            name="fk_role_grants_staff_id_staff_members",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_role_grants_unit_id_units"),
        sa.CheckConstraint(
            "role IN ('unit_head', 'counsellor', 'clinical_lead', 'coordinator', 'editor', 'admin', 'auditor')",
            name=op.f("ck_role_grants_role"),
        ),
        sa.CheckConstraint(
            "revoked_on IS NOT NULL"
            " OR (role <> 'unit_head' OR side = 'unit')"
            " AND (role NOT IN ('counsellor', 'clinical_lead', 'coordinator', 'admin') OR side = 'service')",
            name=op.f("ck_role_grants_side_of_role"),
        ),
        sa.CheckConstraint(
            "role <> 'unit_head' OR unit_id IS NOT NULL", name=op.f("ck_role_grants_unit_of_unit_head")
        ),
        sa.CheckConstraint("(revoked_on IS NULL) = (revoked_by IS NULL)", name=op.f("ck_role_grants_revoked")),
    )
    op.create_index("ix_role_grants_staff_id", "role_grants", ["staff_id"])
    op.create_index(
        "uq_role_grants_everywhere",
        "role_grants",
        ["staff_id", "role"],
        unique=True,
        sqlite_where=EVERYWHERE,
        postgresql_where=EVERYWHERE,
    )
    op.create_index(
        "uq_role_grants_unit",
        "role_grants",
        ["staff_id", "role", "unit_id"],
        unique=True,
        sqlite_where=FOR_A_UNIT,
        postgresql_where=FOR_A_UNIT,
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("name_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name="pk_sign_in_attempts"),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_sign_in_attempts_failures")),
    )
    op.create_index("ix_sign_in_attempts_ends_at", "sign_in_attempts", ["ends_at"])


def downgrade_main() -> None:
    # Keys of staff would refer to nobody; they live 48 hours, and their requests are over.
    op.execute("DELETE FROM idempotency_keys WHERE account_id NOT IN (SELECT id FROM accounts)")
    with op.batch_alter_table("idempotency_keys") as batch:
        batch.create_foreign_key("fk_idempotency_keys_account_id_accounts", "accounts", ["account_id"], ["id"])
    for table in (
        "sign_in_attempts",
        "role_grants",
        "staff_sessions",
        "staff_members",
        "unit_bindings",
        "invites",
        "units",
    ):
        op.drop_table(table)


def upgrade_keys() -> None:
    pass


def downgrade_keys() -> None:
    pass


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
