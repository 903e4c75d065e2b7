"""The calendar: resources, their openings, what is taken, and the audit of bookings

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    create_resources()
    create_openings()
    create_occupancies()
    create_events()


def create_resources() -> None:
    op.create_table(
        "resources",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("staff_id", sa.String(22), nullable=True),
        sa.Column("name", sa.String(60), nullable=True),
        sa.Column("district", sa.String(40), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_resources"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_members.id"], name="fk_resources_staff_id_staff_members"),
        sa.UniqueConstraint("staff_id", name="uq_resources_staff_id"),
        sa.CheckConstraint("kind IN ('person', 'room', 'equipment')", name=op.f("ck_resources_kind")),
        sa.CheckConstraint("(kind = 'person') = (staff_id IS NOT NULL)", name=op.f("ck_resources_staff")),
        sa.CheckConstraint("(kind = 'person') = (name IS NULL)", name=op.f("ck_resources_name")),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name=op.f("ck_resources_capacity")),
    )


def create_openings() -> None:
    op.create_table(
        "availability_rules",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("resource_id", sa.String(22), nullable=False),
        sa.Column("day", sa.String(20), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("modes", sa.String(60), nullable=False),
        sa.Column("reserved", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_availability_rules"),
        sa.ForeignKeyConstraint(["resource_id"], ["resources.id"], name="fk_availability_rules_resource_id_resources"),
        sa.CheckConstraint(
            "day IN ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'made_up_workday')",
            name=op.f("ck_availability_rules_day"),
        ),
        sa.CheckConstraint(
            "0 <= starts AND starts < ends AND ends <= 1440", name=op.f("ck_availability_rules_stretch")
        ),
        sa.CheckConstraint("starts % 15 = 0 AND ends % 15 = 0", name=op.f("ck_availability_rules_grid")),
    )
    op.create_index("ix_availability_rules_resource_id", "availability_rules", ["resource_id"])
    op.create_table(
        "availability_changes",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("resource_id", sa.String(22), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_availability_changes"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_availability_changes_resource_id_resources"
        ),
        sa.CheckConstraint(
            "0 <= starts AND starts < ends AND ends <= 1440", name=op.f("ck_availability_changes_stretch")
        ),
        sa.CheckConstraint("starts % 15 = 0 AND ends % 15 = 0", name=op.f("ck_availability_changes_grid")),
    )
    op.create_index("ix_availability_changes_resource_id", "availability_changes", ["resource_id"])


def create_occupancies() -> None:
    op.create_table(
        "occupancies",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("resource_id", sa.String(22), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("booking_id", sa.String(22), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("blocked_from", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_occupancies"),
        sa.ForeignKeyConstraint(["resource_id"], ["resources.id"], name="fk_occupancies_resource_id_resources"),
        sa.CheckConstraint(
            "blocked_from <= starts AND starts < ends AND ends <= blocked_until", name=op.f("ck_occupancies_order")
        ),
    )
    op.create_index("ix_occupancies_resource", "occupancies", ["resource_id", "blocked_from"])
    op.create_index("ix_occupancies_booking_id", "occupancies", ["booking_id"])
    op.create_index("ix_occupancies_expires_at", "occupancies", ["expires_at"])
    op.create_table(
        "occupancy_ticks",
        sa.Column("resource_id", sa.String(22), nullable=False),
        sa.Column("tick", sa.Integer(), nullable=False),
        sa.Column("occupancy_id", sa.String(22), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", "tick", name="pk_occupancy_ticks"),
        sa.ForeignKeyConstraint(
            ["occupancy_id"],
            ["occupancies.id"],
            name="fk_occupancy_ticks_occupancy_id_occupancies",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_occupancy_ticks_occupancy_id", "occupancy_ticks", ["occupancy_id"])
    if op.get_bind().dialect.name == "postgresql":
        # `flask db-roles create` has made the extension: the role of this store may not.
        op.execute(
            "ALTER TABLE occupancies ADD CONSTRAINT ex_occupancies_overlap"
            " EXCLUDE USING gist (resource_id WITH =, int4range(blocked_from, blocked_until) WITH &&)"
        )


def create_events() -> None:
    op.create_table(
        "booking_events",
        sa.Column("booking_id", sa.String(22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("act", sa.String(24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("actor", sa.LargeBinary(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("booking_id", "number", name="pk_booking_events"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_booking_events_number")),
    )
    op.create_index("ix_booking_events_at", "booking_events", ["at"])


def downgrade_main() -> None:
    for table in (
        "booking_events",
        "occupancy_ticks",
        "occupancies",
        "availability_changes",
        "availability_rules",
        "resources",
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
