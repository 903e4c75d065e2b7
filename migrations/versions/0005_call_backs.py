"""Duty shifts, call-backs and their events

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LIVE = sa.text("ended_at IS NULL")


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.create_table(
        "duty_rosters",
        sa.Column("name", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_duty_rosters"),
    )
    create_shifts()
    create_follow_ups()
    create_events()


def create_shifts() -> None:
    op.create_table(
        "duty_shifts",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("primary_id", sa.String(22), nullable=False),
        sa.Column("backup_id", sa.String(22), nullable=False),
        sa.Column("supervisor_id", sa.String(22), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duty_shifts"),
        sa.ForeignKeyConstraint(["primary_id"], ["staff_members.id"], name="fk_duty_shifts_primary_id_staff_members"),
        sa.ForeignKeyConstraint(["backup_id"], ["staff_members.id"], name="fk_duty_shifts_backup_id_staff_members"),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["staff_members.id"], name="fk_duty_shifts_supervisor_id_staff_members"
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_duty_shifts_order")),
        sa.CheckConstraint(
            "primary_id <> backup_id AND primary_id <> supervisor_id AND backup_id <> supervisor_id",
            name=op.f("ck_duty_shifts_people"),
        ),
    )
    op.create_index("ix_duty_shifts_ends_at", "duty_shifts", ["ends_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE duty_shifts ADD CONSTRAINT ex_duty_shifts_overlap"
            " EXCLUDE USING gist (tstzrange(starts_at, ends_at) WITH &&)"
        )


def create_follow_ups() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.String(22), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_follow_ups"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_follow_ups_account_id_accounts"),
        sa.ForeignKeyConstraint(["accepted_by"], ["staff_members.id"], name="fk_follow_ups_accepted_by_staff_members"),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'closed', 'withdrawn', 'lapsed')", name=op.f("ck_follow_ups_state")
        ),
        sa.CheckConstraint("(state IN ('open', 'accepted')) = (ended_at IS NULL)", name=op.f("ck_follow_ups_ended")),
        sa.CheckConstraint("(contact_sealed IS NULL) = (ended_at IS NOT NULL)", name=op.f("ck_follow_ups_contact")),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_by IS NOT NULL)", name=op.f("ck_follow_ups_accepted_by")
        ),
        sa.CheckConstraint(
            "(accepted_by IS NULL) = (accepted_at IS NULL)", name=op.f("ck_follow_ups_accepted_at")
        ),
    )
    op.create_index("ix_follow_ups_account_id", "follow_ups", ["account_id"])
    op.create_index("ix_follow_ups_ended_at", "follow_ups", ["ended_at"])
    op.create_index(
        "uq_follow_ups_live", "follow_ups", ["account_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )


def create_events() -> None:
    op.create_table(
        "follow_up_events",
        sa.Column("follow_up_id", sa.String(22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(32), nullable=False),
        sa.Column("actor", sa.LargeBinary(32), nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waited_minutes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("follow_up_id", "number", name="pk_follow_up_events"),
    )
    op.create_index("ix_follow_up_events_person", "follow_up_events", ["person"])
    op.create_index("ix_follow_up_events_at", "follow_up_events", ["at"])


def downgrade_main() -> None:
    for table in ("follow_up_events", "follow_ups", "duty_shifts", "duty_rosters"):
        op.drop_table(table)


def upgrade_keys() -> None:
    pass


def downgrade_keys() -> None:
    pass


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
