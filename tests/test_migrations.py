"""Models equal migrations on both databases, the way down and up again works, and no store sees into another."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, inspect, make_url, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ProgrammingError

from heartport import command_line, migrations
from heartport.app import create_app
from heartport.config import load_settings
from heartport.database_roles import create_roles
from heartport.extensions import NAMING_CONVENTION, db
from heartport.stores import Store, engine_of
from tests.conftest import dispose, fresh_postgres

INSUFFICIENT_PRIVILEGE = "42501"
TABLES = {
    Store.MAIN: {
        "accounts",
        "consents",
        "access_tokens",
        "erasures",
        "idempotency_keys",
        "scale_reviews",
        "units",
        "invites",
        "unit_bindings",
        "staff_members",
        "staff_sessions",
        "role_grants",
        "sign_in_attempts",
        "duty_rosters",
        "duty_shifts",
        "follow_ups",
        "library_reports",
        "library_report_rows",
        "follow_up_events",
        "case_record_events",
        "resources",
        "availability_rules",
        "availability_changes",
        "meeting_places",
        "occupancies",
        "occupancy_ticks",
        "booking_events",
        "workshops",
        "workshop_wishes",
        "facilitator_qualifications",
        "entitlements",
        "entitlement_entries",
        "library_things",
        "library_slugs",
        "library_revisions",
        "sealings",
        "sealing_confirmations",
        "privacy_ledger",
        "releases",
        "released_tables",
        "block_maps",
        "service_publications",
        "service_figures",
        "messages",
        "subscriptions",
        "appointments",
        "counselling_consents",
        "counselling_waiting",
        "calendar_feeds",
        "lectures",
        "lecture_unit_seats",
        "lecture_registrations",
        "feedback",
        "feedback_tokens",
    },
    Store.KEYS: {"subject_keys", "shared_copy_keys", "case_record_keys", "key_checks"},
    Store.VAULT: {"sealed_records"},
}
COLUMNS_WITHOUT_TIME_OR_ACCOUNT = {
    "subject_keys": {"link", "wrapped"},
    "shared_copy_keys": {"link", "wrapped"},
    "case_record_keys": {"link", "wrapped"},
    "key_checks": {"name", "sealed"},
    "sealed_records": {"slot", "window", "ciphertext"},
}


def metadata_of(store: Store) -> MetaData:
    return db.metadatas[None if store is Store.MAIN else store.value]


def differences(store: Store, metadata: MetaData | None = None) -> list[object]:
    with engine_of(store).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, metadata or metadata_of(store))


@pytest.fixture(scope="module")
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Flask]:
    """An application whose stores are there and empty of tables."""
    environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path_factory.mktemp("fresh"))}
    if database == "sqlite":
        yield from application(environ)
        return
    with fresh_postgres() as urls:
        yield from application({**environ, **urls})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    return request.param


def application(environ: dict[str, str]) -> Iterator[Flask]:
    made = create_app(load_settings(environ))
    migrations.init_app(made)
    with made.app_context():
        yield made
    dispose(made)


def tables_of(store: Store) -> set[str]:
    return set(inspect(engine_of(store)).get_table_names())


def layout_of(store: Store) -> dict[str, object]:
    """Everything about a store's tables that a dump would show."""
    found = inspect(engine_of(store))
    return {
        table: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)],
            found.get_pk_constraint(table),
            sorted(found.get_foreign_keys(table), key=str),
            sorted(found.get_unique_constraints(table), key=str),
            sorted((_plain(index) for index in found.get_indexes(table)), key=str),
        )
        for table in sorted(found.get_table_names())
    }


def _plain(index: dict[str, object]) -> dict[str, object]:
    """Return an index with the text of its condition, which SQLAlchemy gives as an object."""
    options = {name: str(option) for name, option in (index.get("dialect_options") or {}).items()}
    return {**index, "dialect_options": options}


def test_the_way_up_down_and_up_again_ends_where_it_was(fresh: Flask) -> None:
    flask_migrate.upgrade()
    before = {store: layout_of(store) for store in Store}
    flask_migrate.downgrade(revision="base")
    assert {store: tables_of(store) for store in Store} == {store: {"alembic_version"} for store in Store}
    flask_migrate.upgrade()
    assert {store: layout_of(store) for store in Store} == before
    flask_migrate.upgrade()  # a second time changes nothing
    assert {store: layout_of(store) for store in Store} == before


def test_a_store_that_a_killed_run_left_behind_is_taken_up(fresh: Flask) -> None:
    flask_migrate.upgrade()
    vault = engine_of(Store.VAULT)
    with vault.begin() as connection:
        for table in (*TABLES[Store.VAULT], "alembic_version"):
            connection.execute(text(f"DROP TABLE {table}"))
    flask_migrate.upgrade()
    assert differences(Store.VAULT) == []


@pytest.mark.parametrize("store", Store)
def test_models_equal_migrations(app: Flask, store: Store) -> None:
    assert differences(store) == []


def test_a_model_without_its_migration_would_be_seen(app: Flask) -> None:
    """The negative control: a table, a column and a type that no migration makes."""
    changed = MetaData(naming_convention=NAMING_CONVENTION)
    for table in metadata_of(Store.KEYS).tables.values():
        table.to_metadata(changed)
    Table("forgotten", changed, Column("id", Integer, primary_key=True))
    changed.tables["key_checks"].append_column(Column("late", Integer))
    changed.tables["subject_keys"].c.wrapped.nullable = True
    assert {
        str(each[0]) if isinstance(each, tuple) else str(each[0][0]) for each in differences(Store.KEYS, changed)
    } == {
        "add_table",
        "add_column",
        "modify_nullable",
    }


@pytest.mark.parametrize("store", Store)
def test_each_store_holds_its_own_tables_and_no_others(app: Flask, store: Store) -> None:
    assert tables_of(store) == TABLES[store] | {"alembic_version"}
    assert set(metadata_of(store).tables) == TABLES[store]


def test_keys_and_vault_know_no_account_no_time_and_no_serial_number(app: Flask) -> None:
    found = {
        table: {column["name"] for column in inspect(engine_of(store)).get_columns(table)}
        for store in (Store.KEYS, Store.VAULT)
        for table in TABLES[store]
    }
    assert found == COLUMNS_WITHOUT_TIME_OR_ACCOUNT


def test_sqlite_keeps_no_row_number_of_persons(app: Flask) -> None:
    for store, table in ((Store.KEYS, "subject_keys"), (Store.VAULT, "sealed_records")):
        if engine_of(store).dialect.name == "postgresql":
            continue
        with engine_of(store).connect() as connection:
            sql = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}).scalar()
        assert "WITHOUT ROWID" in sql


def test_every_constraint_has_a_name() -> None:
    for store in Store:
        for table in metadata_of(store).tables.values():
            assert all(constraint.name for constraint in table.constraints), table.name


# On PostgreSQL, between the stores


@pytest.fixture(scope="module")
def separated() -> Iterator[Flask]:
    with fresh_postgres() as urls:
        for made in application({"HEARTPORT_DEMO": "1", **urls}):
            flask_migrate.upgrade()
            yield made


@pytest.mark.parametrize("own", Store)
@pytest.mark.parametrize("other", Store)
def test_a_role_reads_and_writes_its_own_store_and_no_other(separated: Flask, own: Store, other: Store) -> None:
    table = sorted(TABLES[other])[0]
    statements = [f"SELECT count(*) FROM {other}.{table}", f"DELETE FROM {other}.{table}"]
    for statement in [
        *statements,
        f"CREATE TABLE {other}.planted (id integer)",
        f"DROP TABLE IF EXISTS {other}.planted",
    ]:
        assert is_allowed(engine_of(own), statement) == (own == other), statement


@pytest.mark.parametrize("own", Store)
@pytest.mark.parametrize("other", Store)
def test_a_role_cannot_become_another(separated: Flask, own: Store, other: Store) -> None:
    role = engine_of(other).url.username
    assert is_allowed(engine_of(own), f'SET ROLE "{role}"') == (own == other)


@pytest.mark.parametrize("own", Store)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.planted (id integer)",
        "CREATE SCHEMA planted",
        "CREATE ROLE planted",
        "SELECT pg_read_file('/etc/hostname')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
def test_a_role_can_do_nothing_beyond_its_store(separated: Flask, own: Store, statement: str) -> None:
    assert not is_allowed(engine_of(own), statement)


def is_allowed(engine: Engine, statement: str) -> bool:
    with engine.connect() as connection:
        try:
            connection.execute(text(statement))
        except ProgrammingError as problem:
            if problem.orig.sqlstate == INSUFFICIENT_PRIVILEGE:
                return False
            raise
        return True


def test_a_new_table_of_a_store_lies_in_its_own_schema(separated: Flask) -> None:
    for store in Store:
        with engine_of(store).connect() as connection:
            assert connection.execute(text("SELECT current_schema()")).scalar() == store.value


def test_creating_the_roles_again_changes_nothing_but_their_passwords(separated: Flask) -> None:
    settings = separated.extensions["heartport.settings"]
    for _ in range(2):
        create_roles(settings.database_url, settings)
    for store in Store:
        assert differences(store) == []


def test_a_password_may_hold_any_character() -> None:
    awkward = "100%s 'quoted' \"x\" \\ $1 {name} é"
    with fresh_postgres() as urls:
        vault = make_url(urls["HEARTPORT_DATABASE_URL_VAULT"]).set(password=awkward)
        text_of = vault.render_as_string(hide_password=False)
        settings = load_settings({"HEARTPORT_DEMO": "1", **urls, "HEARTPORT_DATABASE_URL_VAULT": text_of})
        assert settings.store_urls["vault"].password == awkward
        create_roles(settings.database_url, settings)
        engine = create_engine(settings.database_url)
        with engine.connect() as connection:
            verifier = text("SELECT rolpassword FROM pg_authid WHERE rolname = :role")
            stored = connection.execute(verifier, {"role": vault.username}).scalar()
        engine.dispose()
        assert is_password_of(stored, awkward)
        assert not is_password_of(stored, awkward + "x")


def is_password_of(verifier: str, password: str) -> bool:
    """Check a password as the server does (RFC 5803); the test server itself lets everybody in."""
    _, rounds_and_salt, keys = verifier.split("$")
    rounds, salt = rounds_and_salt.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), b64decode(salt), int(rounds))
    stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    return b64encode(stored_key).decode() == keys.split(":")[0]


def test_on_sqlite_there_are_no_roles_to_create(tmp_path: object) -> None:
    made = create_app(load_settings({"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path)}))
    command_line.init_app(made)
    with made.app_context():
        answer = made.test_cli_runner().invoke(args=["db-roles", "create"])
    assert answer.exit_code == 0
    assert "nothing to do" in answer.output


def test_every_text_column_has_a_length_so_that_a_generated_migration_has_it_too() -> None:
    tables = [table for metadata in db.metadatas.values() for table in metadata.sorted_tables]
    texts = [column for table in tables for column in table.columns if isinstance(column.type, String)]
    assert texts
    assert [f"{column.table.name}.{column.name}" for column in texts if column.type.length is None] == []
