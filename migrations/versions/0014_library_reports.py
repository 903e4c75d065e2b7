"""What is published to editors of a month of the library

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MEASURES = ("opened", "finished", "helpful", "unhelpful")


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.create_table(
        "library_reports",
        sa.Column("month", sa.String(7), nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_library_reports"),
    )
    op.create_table(
        "library_report_rows",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        *(sa.Column(measure, sa.Integer(), nullable=True) for measure in MEASURES),
        sa.PrimaryKeyConstraint("month", "kind", "name", name="pk_library_report_rows"),
        sa.ForeignKeyConstraint(
            ["month"], ["library_reports.month"], name="fk_library_report_rows_month_library_reports"
        ),
        *(
            sa.CheckConstraint(f"{measure} IS NULL OR {measure} >= 10", name=op.f(f"ck_library_report_rows_{measure}"))
            for measure in MEASURES
        ),
    )


def downgrade_main() -> None:
    op.drop_table("library_report_rows")
    op.drop_table("library_reports")


def upgrade_keys() -> None:
    pass


def downgrade_keys() -> None:
    pass


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
