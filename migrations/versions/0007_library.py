"""Things of the library, their slugs and revisions

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = "kind IN ('article', 'track', 'news', 'list')"


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.create_table(
        "library_things",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("loaded", sa.LargeBinary(32), nullable=True),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_library_things"),
        sa.CheckConstraint(KINDS, name=op.f("ck_library_things_kind")),
    )
    op.create_table(
        "library_slugs",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("thing_id", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("kind", "slug", name="pk_library_slugs"),
        sa.ForeignKeyConstraint(
            ["kind", "thing_id"],
            ["library_things.kind", "library_things.id"],
            name="fk_library_slugs_kind_library_things",
        ),
        sa.CheckConstraint(KINDS, name=op.f("ck_library_slugs_kind")),
    )
    op.create_table(
        "library_revisions",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("thing_id", sa.String(60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.String(60000), nullable=False),
        sa.PrimaryKeyConstraint("kind", "thing_id", "number", name="pk_library_revisions"),
        sa.ForeignKeyConstraint(
            ["kind", "thing_id"],
            ["library_things.kind", "library_things.id"],
            name="fk_library_revisions_kind_library_things",
        ),
        sa.CheckConstraint(KINDS, name=op.f("ck_library_revisions_kind")),
    )


def downgrade_main() -> None:
    for table in ("library_revisions", "library_slugs", "library_things"):
        op.drop_table(table)


def upgrade_keys() -> None:
    pass


def downgrade_keys() -> None:
    pass


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
