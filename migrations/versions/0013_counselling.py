"""Appointments for counselling, its consent and its lines, and calendar feeds

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("account_id", sa.String(22), nullable=True),
        sa.Column("counsellor_id", sa.String(22), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reschedules", sa.Integer(), nullable=False),
        sa.Column("follow_up_suggested", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_appointments"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_appointments_account_id_accounts"),
        sa.ForeignKeyConstraint(["counsellor_id"], ["resources.id"], name="fk_appointments_counsellor_id_resources"),
        sa.CheckConstraint(
            "state IN ('held', 'offered', 'booked', 'checked_in', 'attended', 'no_show', 'cancelled',"
            " 'late_cancelled', 'cancelled_by_counsellor', 'expired', 'declined')",
            name=op.f("ck_appointments_state"),
        ),
        sa.CheckConstraint("mode IN ('in_person', 'phone', 'video')", name=op.f("ck_appointments_mode")),
        sa.CheckConstraint("starts < ends", name=op.f("ck_appointments_order")),
        sa.CheckConstraint(
            "account_id IS NOT NULL OR state IN ('checked_in', 'attended', 'no_show')",
            name=op.f("ck_appointments_account"),
        ),
    )
    op.create_index("ix_appointments_account_id", "appointments", ["account_id"])
    op.create_index("ix_appointments_counsellor", "appointments", ["counsellor_id", "starts"])
    op.create_table(
        "counselling_consents",
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_counselling_consents"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_counselling_consents_account_id_accounts"),
    )
    op.create_table(
        "counselling_waiting",
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("counsellor_id", sa.String(22), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(10), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "counsellor_id", name="pk_counselling_waiting"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_counselling_waiting_account_id_accounts"),
        sa.ForeignKeyConstraint(
            ["counsellor_id"], ["resources.id"], name="fk_counselling_waiting_counsellor_id_resources"
        ),
        sa.CheckConstraint(
            "mode IS NULL OR mode IN ('in_person', 'phone', 'video')", name=op.f("ck_counselling_waiting_mode")
        ),
    )
    op.create_index("ix_counselling_waiting_turn", "counselling_waiting", ["counsellor_id", "turn"])
    op.create_table(
        "calendar_feeds",
        sa.Column("staff_id", sa.String(22), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name="pk_calendar_feeds"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_members.id"], name="fk_calendar_feeds_staff_id_staff_members"),
        sa.UniqueConstraint("secret_hash", name="uq_calendar_feeds_secret_hash"),
    )


def downgrade_main() -> None:
    for table in ("calendar_feeds", "counselling_waiting", "counselling_consents", "appointments"):
        op.drop_table(table)


def upgrade_keys() -> None:
    pass


def downgrade_keys() -> None:
    pass


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
