"""Keys of shared copies and of case records, and who opened which case record

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.create_table(
        "case_record_events",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("record", sa.LargeBinary(32), nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("actor", sa.LargeBinary(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("act IN ('read', 'write', 'close', 'reopen')", name="ck_case_record_events_act"),
        sa.PrimaryKeyConstraint("id", name="pk_case_record_events"),
    )
    op.create_index("ix_case_record_events_record", "case_record_events", ["record"])


def downgrade_main() -> None:
    op.drop_table("case_record_events")


def upgrade_keys() -> None:
    for name in ("shared_copy_keys", "case_record_keys"):
        op.create_table(
            name,
            sa.Column("link", sa.LargeBinary(32), nullable=False),
            sa.Column("wrapped", sa.LargeBinary(61), nullable=False),
            sa.PrimaryKeyConstraint("link", name=f"pk_{name}"),
            sqlite_with_rowid=False,
        )


def downgrade_keys() -> None:
    for name in ("case_record_keys", "shared_copy_keys"):
        op.drop_table(name)


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
