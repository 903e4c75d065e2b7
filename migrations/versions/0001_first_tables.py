"""The first tables: accounts, consents, tokens, idempotency keys; wrapped keys; sealed records

Revision: 0001, the first
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("openid_index", sa.LargeBinary(32), nullable=False),
        sa.Column("openid_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("profile_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since_window", sa.String(6), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("openid_index", name="uq_accounts_openid_index"),
    )
    op.create_table(
        "consents",
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("policy_version", sa.String(20), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "purpose", name="pk_consents"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_consents_account_id_accounts"),
    )
    op.create_table(
        "access_tokens",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_access_tokens"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_access_tokens_account_id_accounts"),
    )
    op.create_index("ix_access_tokens_account_id", "access_tokens", ["account_id"])
    op.create_index("ix_access_tokens_expires_at", "access_tokens", ["expires_at"])
    op.create_table(
        "idempotency_keys",
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("resource_id", sa.String(22), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key_hash", name="pk_idempotency_keys"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_idempotency_keys_account_id_accounts"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.create_table(
        "scale_reviews",
        sa.Column("file_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("scale_id", sa.String(40), nullable=False),
        sa.Column("scale_version", sa.String(20), nullable=False),
        sa.Column("reviewer", sa.String(80), nullable=False),
        sa.Column("credential", sa.String(120), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("file_hash", name="pk_scale_reviews"),
    )


def downgrade_main() -> None:
    for table in ("scale_reviews", "idempotency_keys", "access_tokens", "consents", "accounts"):
        op.drop_table(table)


def upgrade_keys() -> None:
    op.create_table(
        "subject_keys",
        sa.Column("link", sa.LargeBinary(32), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(61), nullable=False),
        sa.PrimaryKeyConstraint("link", name="pk_subject_keys"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "key_checks",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(61), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_key_checks"),
    )


def downgrade_keys() -> None:
    for table in ("key_checks", "subject_keys"):
        op.drop_table(table)


def upgrade_vault() -> None:
    op.create_table(
        "sealed_records",
        sa.Column("slot", sa.LargeBinary(32), nullable=False),
        sa.Column("window", sa.String(6), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name="pk_sealed_records"),
        sqlite_with_rowid=False,
    )


def downgrade_vault() -> None:
    op.drop_table("sealed_records")
