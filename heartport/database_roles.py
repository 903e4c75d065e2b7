"""`flask db-roles create`: one PostgreSQL role and one schema a store, none of which can read another's.

The command connects as `HEARTPORT_DATABASE_URL` says, which must be allowed to create roles; the service itself
connects as the three roles. Running it again changes nothing but passwords and grants.
"""

import click
from flask import current_app
from flask.cli import AppGroup
from psycopg import sql
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL

from heartport.config import Settings
from heartport.stores import Store

roles_commands = AppGroup("db-roles", help="Separate the three stores on PostgreSQL.")


@roles_commands.command("create")
def create() -> None:
    """Create the roles and schemas of the three stores."""
    settings: Settings = current_app.extensions["heartport.settings"]
    url = settings.database_url
    if url is None or url.drivername == "sqlite":
        click.echo("The three stores are SQLite files: nothing to do.")
        return
    create_roles(url, settings)
    click.echo("The roles and schemas of main, keys and vault are there.")


def create_roles(url: URL, settings: Settings) -> None:
    """Create a role and its own schema for each store of the settings."""
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            _run(connection, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            for store in Store:
                _create_store(connection, store, settings.store_urls[store])
            # The calendar's exclusion constraint compares ids too; only an owner of the database may bring the means.
            _run(connection, "CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public")
    finally:
        engine.dispose()


def _create_store(connection: Connection, store: Store, url: URL) -> None:
    names = {
        "role": sql.Identifier(str(url.username)),
        "schema": sql.Identifier(store.value),
        "database": sql.Identifier(str(url.database)),
        "password": sql.Literal(url.password),
    }
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    if connection.execute(known, {"role": url.username}).scalar() is None:
        _run(connection, "CREATE ROLE {role} LOGIN", names)
    if url.password:
        _run(connection, "ALTER ROLE {role} PASSWORD {password}", names)
    _run(connection, "GRANT {role} TO CURRENT_USER", names)
    _run(connection, "GRANT CONNECT ON DATABASE {database} TO {role}", names)
    _run(connection, "CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {role}", names)
    _run(connection, "REVOKE ALL ON SCHEMA {schema} FROM PUBLIC", names)
    _run(connection, "ALTER ROLE {role} IN DATABASE {database} SET search_path = {schema}", names)


def _run(connection: Connection, statement: str, names: dict[str, sql.Composable] | None = None) -> None:
    composed = sql.SQL(statement).format(**(names or {}))
    connection.exec_driver_sql(composed.as_string().replace("%", "%%"))
