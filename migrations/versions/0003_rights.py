"""Accounts that are being erased

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.create_table(
        "erasures",
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_erasures"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_erasures_account_id_accounts"),
    )


def downgrade_main() -> None:
    op.drop_table("erasures")


def upgrade_keys() -> None:
    pass


def downgrade_keys() -> None:
    pass


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
