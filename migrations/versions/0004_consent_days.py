"""Of each decision about a consent the local day alone

Data only. There is no way back: what is not kept any more is not known any more.

Revision: 0004, after 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

POSTGRESQL = """
UPDATE consents SET decided_at = date_trunc('day', decided_at AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'
WHERE decided_at IS NOT NULL
"""
# SQLite stores UTC as text; Shanghai has stood eight hours ahead, without summer time, since 1991.
SQLITE = """
UPDATE consents SET decided_at = strftime('%Y-%m-%d 16:00:00.000000', decided_at, '+8 hours', '-1 day')
WHERE decided_at IS NOT NULL
"""


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_main() -> None:
    op.execute(POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE)


def downgrade_main() -> None:
    pass


def upgrade_keys() -> None:
    pass


def downgrade_keys() -> None:
    pass


def upgrade_vault() -> None:
    pass


def downgrade_vault() -> None:
    pass
