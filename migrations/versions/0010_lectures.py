"""Open lectures with their seats and registrations, and feedback with its tokens

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('registered', 'waiting', 'offered', 'checked_in', 'absent')")


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    create_lectures()
    create_unit_seats()
    create_registrations()
    create_feedback()


def create_lectures() -> None:
    op.create_table(
        "lectures",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("summary", sa.String(600), nullable=False),
        sa.Column("venue", sa.String(80), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("unit_quota", sa.Integer(), nullable=True),
        sa.Column("lecturer_id", sa.String(22), nullable=False),
        sa.Column("room_id", sa.String(22), nullable=True),
        sa.Column("attended", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_lectures"),
        sa.ForeignKeyConstraint(["lecturer_id"], ["resources.id"], name="fk_lectures_lecturer_id_resources"),
        sa.ForeignKeyConstraint(["room_id"], ["resources.id"], name="fk_lectures_room_id_resources"),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closed', 'held', 'archived', 'cancelled', 'postponed')",
            name=op.f("ck_lectures_state"),
        ),
        sa.CheckConstraint("starts < ends", name=op.f("ck_lectures_order")),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_lectures_capacity")),
        sa.CheckConstraint("0 <= taken AND taken <= capacity", name=op.f("ck_lectures_taken")),
        sa.CheckConstraint("unit_quota IS NULL OR unit_quota > 0", name=op.f("ck_lectures_unit_quota")),
    )
    op.create_index("ix_lectures_state", "lectures", ["state"])


def create_unit_seats() -> None:
    op.create_table(
        "lecture_unit_seats",
        sa.Column("lecture_id", sa.String(22), nullable=False),
        sa.Column("unit_id", sa.String(22), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lecture_id", "unit_id", name="pk_lecture_unit_seats"),
        sa.ForeignKeyConstraint(["lecture_id"], ["lectures.id"], name="fk_lecture_unit_seats_lecture_id_lectures"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_lecture_unit_seats_unit_id_units"),
        sa.CheckConstraint("0 <= taken AND taken <= quota", name=op.f("ck_lecture_unit_seats_taken")),
    )


def create_registrations() -> None:
    op.create_table(
        "lecture_registrations",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("lecture_id", sa.String(22), nullable=False),
        sa.Column("account_id", sa.String(22), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(22), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_lecture_registrations"),
        sa.ForeignKeyConstraint(["lecture_id"], ["lectures.id"], name="fk_lecture_registrations_lecture_id_lectures"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_lecture_registrations_account_id_accounts"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_lecture_registrations_unit_id_units"),
        sa.CheckConstraint(
            "state IN ('registered', 'waiting', 'offered', 'checked_in', 'absent', 'cancelled', 'left', 'expired')",
            name=op.f("ck_lecture_registrations_state"),
        ),
        sa.CheckConstraint(
            "(state = 'offered') = (offered_until IS NOT NULL)", name=op.f("ck_lecture_registrations_offered")
        ),
        sa.CheckConstraint(
            "state <> 'waiting' OR turn IS NOT NULL", name=op.f("ck_lecture_registrations_turn")
        ),
    )
    for column in ("lecture_id", "account_id", "offered_until"):
        op.create_index(f"ix_lecture_registrations_{column}", "lecture_registrations", [column])
    op.create_index(
        "uq_lecture_registrations_live",
        "lecture_registrations",
        ["lecture_id", "account_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def create_feedback() -> None:
    op.create_table(
        "feedback_tokens",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("about_id", sa.String(22), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_feedback_tokens"),
    )
    op.create_index("ix_feedback_tokens_about_id", "feedback_tokens", ["about_id"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("about_id", sa.String(22), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("useful", sa.Integer(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_feedback_rating")),
        sa.CheckConstraint("useful BETWEEN 1 AND 5", name=op.f("ck_feedback_useful")),
    )
    op.create_index("ix_feedback_about_id", "feedback", ["about_id"])


def downgrade_main() -> None:
    for table in ("feedback", "feedback_tokens", "lecture_registrations", "lecture_unit_seats", "lectures"):
        op.drop_table(table)


def upgrade_keys() -> None:
    pass


def downgrade_keys() -> None:
    pass


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
