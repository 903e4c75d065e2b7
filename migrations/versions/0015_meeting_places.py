"""Where the people of the calendar are met

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.create_table(
        "meeting_places",
        sa.Column("resource_id", sa.String(22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(100), nullable=True),
        sa.Column("directions", sa.String(300), nullable=True),
        sa.Column("link_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("resource_id", name="pk_meeting_places"),
        sa.ForeignKeyConstraint(["resource_id"], ["resources.id"], name="fk_meeting_places_resource_id_resources"),
    )


def downgrade_main() -> None:
    op.drop_table("meeting_places")


def upgrade_keys() -> None:
    pass


def downgrade_keys() -> None:
    pass


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
