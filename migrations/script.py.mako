"""${message}

Revision: ${up_revision}, after ${down_revision | comma,n}
"""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()

% for store in ("main", "keys", "vault"):

def upgrade_${store}() -> None:
    ${context.get(f"{store}_upgrades", "pass")}


def downgrade_${store}() -> None:
    ${context.get(f"{store}_downgrades", "pass")}

% endfor
