"""Runs the one migration history over the three stores; each has its own `alembic_version`.

A run that dies between two stores is taken up by the next: each store knows where it stands.
"""

from alembic import context
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from heartport.stores import Store, engine_of


def run() -> None:
    """Upgrade or downgrade each store in a transaction of its own."""
    database = current_app.extensions["migrate"].db
    for store in Store:
        metadata = database.metadatas[None if store is Store.MAIN else store.value]
        with connected(store) as connection:
            context.configure(
                connection=connection,
                target_metadata=metadata,
                upgrade_token=f"{store}_upgrades",
                downgrade_token=f"{store}_downgrades",
                compare_type=True,
                render_as_batch=connection.dialect.name == "sqlite",
            )
            with context.begin_transaction():
                context.run_migrations(engine_name=store.value)
            connection.commit()


def connected(store: Store) -> Connection:
    """Connect to a store; where that fails, say what an operator may have left out."""
    try:
        return engine_of(store).connect()
    except OperationalError:
        problem = (
            f"the store {store} cannot be reached: on SQLite see that HEARTPORT_DATA_DIR is there, "
            "on PostgreSQL run `flask --app wsgi db-roles create` first"
        )
    raise SystemExit(problem)


if context.is_offline_mode():
    raise SystemExit("Migrations run against the databases themselves: `flask --app wsgi db upgrade`.")
run()
