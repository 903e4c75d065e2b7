"""Workshops, their wishes, what facilitators may lead, and the entitlements of units

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATES = (
    "state IN ('draft', 'submitted', 'waitlisted', 'proposed', 'confirmed', 'reschedule_requested',"
    " 'reschedule_proposed', 'merged', 'delivered', 'closed', 'rejected', 'withdrawn', 'cancelled_by_unit',"
    " 'cancelled_by_provider', 'cancelled_under_minimum')"
)


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    create_workshops()
    op.create_table(
        "workshop_wishes",
        sa.Column("workshop_id", sa.String(22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workshop_id", "number", name="pk_workshop_wishes"),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshops.id"], name="fk_workshop_wishes_workshop_id_workshops"),
        sa.CheckConstraint("number BETWEEN 1 AND 3", name=op.f("ck_workshop_wishes_number")),
    )
    op.create_table(
        "facilitator_qualifications",
        sa.Column("resource_id", sa.String(22), nullable=False),
        sa.Column("qualification", sa.String(30), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", "qualification", name="pk_facilitator_qualifications"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_facilitator_qualifications_resource_id_resources"
        ),
    )
    create_entitlements()


def create_workshops() -> None:
    op.create_table(
        "workshops",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("unit_id", sa.String(22), nullable=False),
        sa.Column("charged_unit_id", sa.String(22), nullable=False),
        sa.Column("requested_by", sa.String(22), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("topic_code", sa.String(3), nullable=False),
        sa.Column("title", sa.String(40), nullable=False),
        sa.Column("format", sa.String(10), nullable=False),
        sa.Column("duration_min", sa.Integer(), nullable=False),
        sa.Column("min_people", sa.Integer(), nullable=False),
        sa.Column("max_people", sa.Integer(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(40), nullable=True),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_in_line", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.String(22), nullable=True),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("attended", sa.Integer(), nullable=True),
        sa.Column("responses", sa.Integer(), nullable=True),
        sa.Column("satisfied", sa.Integer(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("comment_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_workshops"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_workshops_unit_id_units"),
        sa.ForeignKeyConstraint(["charged_unit_id"], ["units.id"], name="fk_workshops_charged_unit_id_units"),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["staff_members.id"], name="fk_workshops_requested_by_staff_members"
        ),
        sa.ForeignKeyConstraint(["merged_into"], ["workshops.id"], name="fk_workshops_merged_into_workshops"),
        sa.CheckConstraint(STATES, name=op.f("ck_workshops_state")),
        sa.CheckConstraint("headcount >= 1 AND headcount <= max_people", name=op.f("ck_workshops_headcount")),
        sa.CheckConstraint("attended IS NULL OR attended >= 0", name=op.f("ck_workshops_attended")),
        sa.CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name=op.f("ck_workshops_rating")),
        sa.CheckConstraint(
            "(responses IS NULL) = (satisfied IS NULL)"
            " AND (responses IS NULL OR (0 <= satisfied AND satisfied <= responses AND responses <= attended))",
            name=op.f("ck_workshops_responses"),
        ),
        sa.CheckConstraint("state <> 'merged' OR merged_into IS NOT NULL", name=op.f("ck_workshops_merged_into")),
    )
    op.create_index("ix_workshops_state", "workshops", ["state", "held_until"])
    for column in ("unit_id", "charged_unit_id", "merged_into"):
        op.create_index(f"ix_workshops_{column}", "workshops", [column])


def create_entitlements() -> None:
    op.create_table(
        "entitlements",
        sa.Column("unit_id", sa.String(22), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "year", name="pk_entitlements"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_entitlements_unit_id_units"),
        sa.CheckConstraint("used >= 0 AND used <= allowed", name=op.f("ck_entitlements_used")),
        sa.CheckConstraint("allowed <= 50", name=op.f("ck_entitlements_allowed")),
    )
    op.create_table(
        "entitlement_entries",
        sa.Column("workshop_id", sa.String(22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(22), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("workshop_id", "number", name="pk_entitlement_entries"),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshops.id"], name="fk_entitlement_entries_workshop_id_workshops"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_entitlement_entries_unit_id_units"),
        sa.CheckConstraint("change IN (-1, 1)", name=op.f("ck_entitlement_entries_change")),
    )
    op.create_index("ix_entitlement_entries_unit_id", "entitlement_entries", ["unit_id"])


def downgrade_main() -> None:
    for table in (
        "entitlement_entries",
        "entitlements",
        "facilitator_qualifications",
        "workshop_wishes",
        "workshops",
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
