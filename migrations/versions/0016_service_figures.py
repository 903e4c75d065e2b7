"""What is published of how the service is used, by month and district

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MEASURES = (
    "'visitors', 'lectures', 'registered', 'attended', 'workshops', 'workshop_attended',"
    " 'appointments', 'appointments_attended'"
)


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.create_table(
        "service_publications",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("part", sa.String(10), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("month", "part", name="pk_service_publications"),
        sa.CheckConstraint("part IN ('sign_ins', 'bookings')", name=op.f("ck_service_publications_part")),
    )
    op.create_table(
        "service_figures",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("part", sa.String(10), nullable=False),
        sa.Column("district", sa.String(60), nullable=False),
        sa.Column("measure", sa.String(24), nullable=False),
        sa.Column("figure", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "district", "measure", name="pk_service_figures"),
        sa.ForeignKeyConstraint(
            ["month", "part"],
            ["service_publications.month", "service_publications.part"],
            name="fk_service_figures_month_service_publications",
        ),
        sa.CheckConstraint(f"measure IN ({MEASURES})", name=op.f("ck_service_figures_measure")),
        sa.CheckConstraint("(part = 'sign_ins') = (measure = 'visitors')", name=op.f("ck_service_figures_part")),
        sa.CheckConstraint(
            "figure >= 10 OR (measure IN ('lectures', 'workshops') AND figure >= 1)",
            name=op.f("ck_service_figures_figure"),
        ),
    )


def downgrade_main() -> None:
    op.drop_table("service_figures")
    op.drop_table("service_publications")


def upgrade_keys() -> None:
    pass


def downgrade_keys() -> None:
    pass


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
