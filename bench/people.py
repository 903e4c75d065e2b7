"""People who may take scales, made by the members' own use cases before anything is measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import flask_migrate
from flask import Flask, current_app
from sqlalchemy import Engine, event, text

from bench.databases import Stores
from heartport import migrations, stores
from heartport.app import create_app
from heartport.config import load_settings
from heartport.extensions import db
from heartport.members import consents, profiles, sessions
from heartport.members.erasure_ledger import current_ledger
from heartport.members.policies import Policies, Purpose
from heartport.members.profiles import Profile
from heartport.stores import Store
from heartport.vault.door import current_vault
from heartport.web import logs


@dataclass(frozen=True)
class Prepared:
    """Migrated stores with people in them: a token each, and the words for database and commit mode."""

    stores: Stores
    tokens: list[str]
    database: str


def prepare(empty: Stores, people: int) -> Prepared:
    """Migrate the stores and make people with the consents for taking scales and for keeping results."""
    with application(empty) as app:
        migrations.init_app(app)
        flask_migrate.upgrade()
        current_ledger().begin()
        database = _database_words()
        for engine in db.engines.values():
            engine.dispose()
            event.listen(engine, "connect", _commit_cheaply)
        tokens = [_person(app, number) for number in range(people)]
    return Prepared(empty, tokens, database)


@contextmanager
def application(prepared: Stores) -> Iterator[Flask]:
    """Open the application in this process, inside its context, without a log line a migration."""
    app = create_app(load_settings(prepared.environ))
    logs.configure("WARNING")
    with app.app_context():
        try:
            yield app
        finally:
            for engine in db.engines.values():
                engine.dispose()


def _person(app: Flask, number: int) -> str:
    account_id = sessions.find_or_create_account(f"openid-of-a-measured-person-{number:08}")
    current_vault().ensure_subject(account_id)
    profiles.save_profile(account_id, Profile(age_group="18+"))
    policies: Policies = current_app.extensions["heartport.policies"]
    for purpose in (Purpose.ASSESSMENT, Purpose.KEEP_RESULTS):
        consents.decide(account_id, purpose, granted=True, policy_version=policies.current.version)
    return sessions.open_session(account_id).token


def _commit_cheaply(connection: Any, _record: Any) -> None:
    """While people are made nothing is measured, and nothing is lost if the machine stops."""
    cursor = connection.cursor()
    if type(connection).__module__.startswith("sqlite3"):
        cursor.execute("PRAGMA synchronous=OFF")
    else:
        cursor.execute("SET synchronous_commit = off")
        connection.commit()
    cursor.close()


def _database_words() -> str:
    """Name the database and its commit mode as the service's own connections have them."""
    engine = stores.engine_of(Store.VAULT)
    if engine.dialect.name == "sqlite":
        levels = ("OFF", "NORMAL", "FULL", "EXTRA")
        level = levels[int(_asked(engine, "PRAGMA synchronous"))]
        journal = _asked(engine, "PRAGMA journal_mode").upper()
        return f"SQLite {_asked(engine, 'SELECT sqlite_version()')}, {journal}, synchronous={level}"
    number = _asked(engine, "SHOW server_version").split()[0]
    modes = ", ".join(f"{name}={_asked(engine, f'SHOW {name}')}" for name in ("synchronous_commit", "fsync"))
    return f"PostgreSQL {number}, {modes}"


def _asked(engine: Engine, question: str) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text(question)).scalar_one())
