"""Sealings, their confirmations, what they spent and what they published; the role of custodian

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ROLES = "'unit_head', 'counsellor', 'clinical_lead', 'coordinator', 'editor', 'admin', 'auditor'"


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    create_sealings()
    create_releases()
    change_roles(f"role IN ({ROLES}, 'custodian')")


def create_sealings() -> None:
    op.create_table(
        "sealings",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("window", sa.String(6), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("tree", sa.String(10_000_000), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sealings"),
        sa.UniqueConstraint("window", name="uq_sealings_window"),
    )
    op.create_table(
        "sealing_confirmations",
        sa.Column("sealing_id", sa.String(22), nullable=False),
        sa.Column("staff_id", sa.String(22), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("sealing_id", "staff_id", name="pk_sealing_confirmations"),
        sa.ForeignKeyConstraint(["sealing_id"], ["sealings.id"], name="fk_sealing_confirmations_sealing_id_sealings"),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_members.id"], name="fk_sealing_confirmations_staff_id_staff_members"
        ),
    )
    op.create_table(
        "privacy_ledger",
        sa.Column("family", sa.String(40), nullable=False),
        sa.Column("window", sa.String(6), nullable=False),
        sa.Column("milli_epsilon", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("family", "window", name="pk_privacy_ledger"),
        sa.CheckConstraint("milli_epsilon BETWEEN 0 AND 2000", name=op.f("ck_privacy_ledger_milli_epsilon")),
    )


def create_releases() -> None:
    op.create_table(
        "releases",
        sa.Column("window", sa.String(6), nullable=False),
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("manifest", sa.String(10_000_000), nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sa.PrimaryKeyConstraint("window", name="pk_releases"),
        sa.UniqueConstraint("id", name="uq_releases_id"),
        sa.ForeignKeyConstraint(["window"], ["sealings.window"], name="fk_releases_window_sealings"),
    )
    op.create_table(
        "released_tables",
        sa.Column("window", sa.String(6), nullable=False),
        sa.Column("scale", sa.String(50), nullable=False),
        sa.Column("body", sa.String(10_000_000), nullable=False),
        sa.PrimaryKeyConstraint("window", "scale", name="pk_released_tables"),
        sa.ForeignKeyConstraint(["window"], ["releases.window"], name="fk_released_tables_window_releases"),
    )
    op.create_table(
        "block_maps",
        sa.Column("window", sa.String(6), nullable=False),
        sa.Column("scale", sa.String(50), nullable=False),
        sa.Column("body", sa.String(10_000_000), nullable=False),
        sa.PrimaryKeyConstraint("window", "scale", name="pk_block_maps"),
        sa.ForeignKeyConstraint(
            ["window", "scale"],
            ["released_tables.window", "released_tables.scale"],
            name="fk_block_maps_window_released_tables",
        ),
    )


def change_roles(rule: str) -> None:
    with op.batch_alter_table("role_grants") as batch:
        batch.drop_constraint(op.f("ck_role_grants_role"), type_="check")
        batch.create_check_constraint(op.f("ck_role_grants_role"), rule)


def downgrade_main() -> None:
    op.execute("DELETE FROM role_grants WHERE role = 'custodian'")
    change_roles(f"role IN ({ROLES})")
    for table in (
        "block_maps",
        "released_tables",
        "releases",
        "privacy_ledger",
        "sealing_confirmations",
        "sealings",
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
