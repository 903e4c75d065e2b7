"""Messages and what people accept of WeChat's templates

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNSENT = sa.text("unsent")


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("dedupe", sa.LargeBinary(32), nullable=False),
        sa.Column("account_id", sa.String(22), nullable=True),
        sa.Column("staff_id", sa.String(22), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("unsent", sa.Boolean(), nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("dedupe", name="uq_messages_dedupe"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_messages_account_id_accounts"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_members.id"], name="fk_messages_staff_id_staff_members"),
        sa.CheckConstraint("(account_id IS NULL) <> (staff_id IS NULL)", name=op.f("ck_messages_recipient")),
        sa.CheckConstraint("staff_id IS NULL OR NOT unsent", name=op.f("ck_messages_unsent")),
    )
    op.create_index("ix_messages_account_id", "messages", ["account_id"])
    op.create_index("ix_messages_staff_id", "messages", ["staff_id"])
    op.create_index("ix_messages_unsent", "messages", ["due_at"], sqlite_where=UNSENT, postgresql_where=UNSENT)
    op.create_table(
        "subscriptions",
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("template", sa.String(20), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "template", name="pk_subscriptions"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_subscriptions_account_id_accounts"),
        sa.CheckConstraint("accepted >= 0", name=op.f("ck_subscriptions_accepted")),
    )


def downgrade_main() -> None:
    op.drop_table("subscriptions")
    op.drop_table("messages")


def upgrade_keys() -> None:
    pass


def downgrade_keys() -> None:
    pass


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
