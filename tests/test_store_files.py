"""What the files tell of time: after the nightly job nothing, in whatever order somebody reads them."""

import random
import sqlite3
import threading
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text

from heartport import store_files
from heartport.extensions import db
from heartport.members.erasures import erase_everything
from heartport.members.models import Account
from heartport.members.sessions import find_or_create_account
from heartport.store_files import DeletedRowsKept, rewrite_stores
from heartport.stores import Store, StoreUnavailable, engine_of, reading
from heartport.vault.door import current_vault
from heartport.vault.models import SealedRecord, SubjectKey
from heartport.vault.records import RESULT
from tests.vault.dumps import raw_bytes

PEOPLE = 40
PAGE_BYTES = 8192
"""Of both databases."""
ORDERS = {Store.KEYS: SubjectKey.link, Store.VAULT: SealedRecord.slot, Store.MAIN: Account.id}


def is_postgres() -> bool:
    return engine_of(Store.VAULT).dialect.name == "postgresql"


@pytest.fixture
def in_time(app: Flask) -> dict[Store, list[object]]:
    """People come one after the other, each with a key and a result; return the keys of the rows as they came."""
    empty_relations()
    rewrite_stores()  # Empty files, without gaps that earlier tests left.
    for engine in db.engines.values():
        engine.dispose()  # One connection then does it all: PostgreSQL lets each fill pages of its own.
    came: dict[Store, list[object]] = {store: [] for store in Store}
    for number in random.sample(range(PEOPLE), PEOPLE):
        account_id = find_or_create_account(f"openid-{number:022}")
        current_vault().ensure_subject(account_id)
        records = current_vault().records(account_id, RESULT)
        records.insert_once(records.id_for("attempt"), b"{}", ["2026H2"])
        came[Store.MAIN].append(account_id)
        came[Store.KEYS].append(current_vault().link_of(account_id))
        came[Store.VAULT] += [slot for slot in stored(Store.VAULT) if slot not in came[Store.VAULT]]
    return came


def empty_relations() -> None:
    """Begin with empty relations on PostgreSQL, where earlier tests' rows left gaps that new ones would fill."""
    for store in Store if is_postgres() else ():
        tables = ", ".join(db.metadatas[None if store is Store.MAIN else store.value].tables)
        with engine_of(store).begin() as connection:
            connection.execute(text(f"TRUNCATE {tables}"))


def stored(store: Store) -> list[object]:
    """Return the keys of the rows as a dump without ORDER BY gives them."""
    with reading(store) as session:
        return [_plain(value) for value in session.execute(select(ORDERS[store])).scalars()]


def by_ctid(store: Store) -> list[object]:
    """Return them in their physical order."""
    with reading(store) as session:
        return [_plain(value) for value in session.execute(select(ORDERS[store]).order_by(text("ctid"))).scalars()]


def in_files(app: Flask, store: Store, keys: list[object]) -> list[object]:
    """Return them in the order in which pages come in the files; within a page both databases fill from its end."""
    return places(raw_bytes(app, store), keys)


def places(content: bytes, keys: list[object]) -> list[object]:
    first = {key: content.find(key.encode() if isinstance(key, str) else key) for key in keys}
    assert -1 not in first.values()
    return sorted(keys, key=lambda key: (first[key] // PAGE_BYTES, -first[key]))


def filled_in_key_order(store: Store, file: Path) -> bytes:
    """Return a SQLite file that was given the store's rows in the order of their keys; its tree has inner pages."""
    with closing(engine_of(store).raw_connection()) as source, closing(sqlite3.connect(file)) as target:
        table = ORDERS[store].class_.__tablename__
        (create,) = source.driver_connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()
        target.execute(f"PRAGMA page_size={PAGE_BYTES}")
        target.execute(create)
        rows = source.driver_connection.execute(f"SELECT * FROM {table}").fetchall()
        marks = ",".join("?" * len(rows[0]))
        target.executemany(f"INSERT INTO {table} VALUES ({marks})", sorted(rows))
        target.commit()
        target.execute("VACUUM")
    return file.read_bytes()


def _plain(value: object) -> object:
    return value if isinstance(value, str) else bytes(value)


@pytest.mark.parametrize("store", [Store.KEYS, Store.VAULT])
def test_after_the_job_a_dump_is_in_the_order_of_addresses(in_time, store: Store) -> None:
    assert sorted(in_time[store]) != in_time[store]
    rewrite_stores()
    assert stored(store) == sorted(in_time[store])


@pytest.mark.parametrize("store", [Store.KEYS, Store.VAULT])
def test_after_the_job_the_files_are_as_if_rows_had_come_in_the_order_of_addresses(
    app: Flask, in_time, store: Store, tmp_path: Path
) -> None:
    rewrite_stores()
    if is_postgres():
        assert by_ctid(store) == sorted(in_time[store])
        assert in_files(app, store, in_time[store]) == sorted(in_time[store])
    else:
        expected = places(filled_in_key_order(store, tmp_path / "filled"), in_time[store])
        assert in_files(app, store, in_time[store]) == expected


def follows(found: list[object], came: list[object]) -> bool:
    """Tell whether rows stand as they came, but for a page or two: nine in ten have a later one after them."""
    places = [came.index(each) for each in found]
    later = sum(one < following for one, following in pairwise(places))
    return later >= 0.9 * (len(places) - 1)


def test_control_without_the_job_postgresql_shows_the_order_of_time(app: Flask, in_time) -> None:
    """On SQLite the tables of keys and vault have no order but that of their keys, job or no job."""
    for store in (Store.KEYS, Store.VAULT):
        if is_postgres():
            for found in (stored(store), by_ctid(store), in_files(app, store, in_time[store])):
                assert follows(found, in_time[store])
                assert not follows(sorted(found), in_time[store])
        else:
            assert stored(store) == sorted(in_time[store])


def test_control_accounts_and_keys_pair_by_their_order_until_the_job_has_run(app: Flask, in_time) -> None:
    """Why the keys are rewritten, too: the n-th account would have the n-th key, give or take a page."""
    links = [current_vault().link_of(account_id) for account_id in in_time[Store.MAIN]]
    if is_postgres():
        assert follows(by_ctid(Store.MAIN), in_time[Store.MAIN])
        assert follows(by_ctid(Store.KEYS), links)
    rewrite_stores()
    if is_postgres():
        assert by_ctid(Store.MAIN) == sorted(in_time[Store.MAIN])
        assert by_ctid(Store.KEYS) == sorted(links)


def test_it_changes_no_row_and_counts_the_tables_that_hold_any(in_time) -> None:
    def everything() -> list[tuple[object, ...]]:
        return [
            tuple(row)
            for store in Store
            for table in db.metadatas[None if store is Store.MAIN else store.value].sorted_tables
            for row in sorted(rows_of(store, table), key=repr)
        ]

    before = everything()
    assert rewrite_stores() == 4  # accounts, consents, keys, records
    assert everything() == before


def rows_of(store: Store, table) -> list[object]:
    with reading(store) as session:
        return session.execute(select(table)).all()


def test_records_that_are_stored_meanwhile_are_not_lost(app: Flask) -> None:
    account_id = find_or_create_account("openid-of-a-busy-one-0001")
    current_vault().ensure_subject(account_id)
    stop, kept = threading.Event(), []

    def keep() -> None:
        with app.app_context():
            records = current_vault().records(account_id, RESULT)
            while not stop.is_set() and len(kept) < 400:
                name = f"attempt-{len(kept)}"
                records.insert_once(records.id_for(name), name.encode(), ["2026H2"])
                kept.append(name)
                time.sleep(0.002)

    writer = threading.Thread(target=keep)
    writer.start()
    try:
        for _ in range(6):
            rewrite_stores()
    finally:
        stop.set()
        writer.join(30)
    assert len(kept) > 3
    live = current_vault().records(account_id, RESULT).live(["2026H2"])
    assert {entry.payload.decode() for entry in live} == set(kept)


# PostgreSQL alone


@pytest.fixture
def postgres(app: Flask) -> Flask:
    if not is_postgres():
        pytest.skip("about locks and snapshots of PostgreSQL")
    return app


@pytest.fixture
def two_connections(postgres: Flask):
    """Connections of our own to the vault, in transactions that look as `pg_dump`'s does."""
    url = postgres.extensions["heartport.settings"].store_urls[Store.VAULT]
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    with engine.connect() as one, engine.connect() as other:
        yield one, other
    engine.dispose()


def test_a_backup_that_took_its_snapshot_before_sees_every_record(in_time, two_connections) -> None:
    backup, _ = two_connections
    backup.execute(text("SELECT 1 FROM alembic_version")).all()
    rewrite_stores()
    assert backup.execute(text("SELECT count(*) FROM sealed_records")).scalar() == PEOPLE


def test_control_a_table_that_was_filled_anew_looks_empty_to_such_a_backup(in_time, two_connections) -> None:
    """Why this is left to CLUSTER."""
    backup, writer = two_connections
    backup.execute(text("SELECT 1 FROM alembic_version")).all()
    for statement in (
        "CREATE TEMPORARY TABLE copied ON COMMIT DROP AS SELECT * FROM sealed_records",
        "TRUNCATE sealed_records",
        "INSERT INTO sealed_records SELECT * FROM copied ORDER BY slot",
    ):
        writer.execute(text(statement))
    writer.commit()
    assert backup.execute(text("SELECT count(*) FROM sealed_records")).scalar() == 0


def sampled(account_id: str) -> bool:
    """Tell whether the planner's statistics hold an account's id."""
    with reading(Store.MAIN) as session:
        samples = session.execute(text("SELECT CAST(pg_stats AS text) FROM pg_stats")).scalars()
        return any(account_id in each for each in samples)


def test_the_planner_keeps_no_sample_of_who_was_erased(postgres: Flask, in_time) -> None:
    rewrite_stores()
    gone, stays = in_time[Store.MAIN][0], in_time[Store.MAIN][1]
    assert sampled(gone), "the control: it does keep samples"
    erase_everything(gone)
    rewrite_stores()
    assert not sampled(gone)
    assert sampled(stays)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gets a second chance, nor time for it."""
    monkeypatch.setattr("heartport.stores.TRIES", 1)
    monkeypatch.setattr(store_files, "PATIENCE_SECONDS", 0.0)


@pytest.mark.usefixtures("hasty")
def test_behind_a_long_reader_one_table_waits_for_the_next_night_and_the_others_do_not(
    in_time, two_connections
) -> None:
    reader, _ = two_connections
    reader.execute(text("SELECT 1 FROM sealed_records LIMIT 1")).all()
    with pytest.raises(StoreUnavailable):
        rewrite_stores()
    assert by_ctid(Store.KEYS) == sorted(in_time[Store.KEYS])
    assert by_ctid(Store.VAULT) != sorted(in_time[Store.VAULT])
    reader.rollback()
    assert rewrite_stores() == 4
    assert stored(Store.VAULT) == sorted(in_time[Store.VAULT])


def gone_but_kept(app: Flask, in_time) -> tuple[bytes, str]:
    """Erase somebody; return a slot and an id whose bytes lie in the files until the job."""
    account_id = in_time[Store.MAIN][0]
    slots = set(stored(Store.VAULT))
    erase_everything(account_id)
    (slot,) = slots - set(stored(Store.VAULT))
    return slot, account_id


def lies_there(app: Flask, slot: bytes, account_id: str) -> set[Store]:
    found = {Store.VAULT} if slot in raw_bytes(app, Store.VAULT) else set()
    return found | ({Store.MAIN} if account_id.encode() in raw_bytes(app, Store.MAIN) else set())


@pytest.mark.usefixtures("hasty")
def test_where_an_older_snapshot_keeps_deleted_rows_the_job_says_so_and_the_next_one_clears_them(
    postgres: Flask, in_time, two_connections
) -> None:
    """Whoever has it need not have looked at the table, nor at its schema: it keeps the rows of all of them."""
    reader, _ = two_connections
    reader.execute(text("SELECT 1 FROM alembic_version")).all()
    gone = gone_but_kept(postgres, in_time)
    with pytest.raises(DeletedRowsKept):
        rewrite_stores()
    assert lies_there(postgres, *gone) == {Store.MAIN, Store.VAULT}, "what the job said is true"
    reader.rollback()
    rewrite_stores()
    assert lies_there(postgres, *gone) == set()


def test_whoever_looks_back_only_shortly_is_waited_for(postgres: Flask, in_time, two_connections, monkeypatch) -> None:
    """As the database does itself, when it takes samples of a table."""
    reader, _ = two_connections
    reader.execute(text("SELECT 1 FROM alembic_version")).all()
    gone = gone_but_kept(postgres, in_time)
    monkeypatch.setattr(store_files.time, "sleep", lambda _seconds: reader.rollback())
    rewrite_stores()
    assert lies_there(postgres, *gone) == set()


@pytest.mark.usefixtures("hasty")
def test_control_a_job_that_does_not_listen_to_the_database_is_caught(
    postgres: Flask, in_time, two_connections, monkeypatch
) -> None:
    reader, _ = two_connections
    reader.execute(text("SELECT 1 FROM alembic_version")).all()
    gone = gone_but_kept(postgres, in_time)
    listening = store_files._cluster
    monkeypatch.setattr(store_files, "_cluster", lambda *told: listening(*told) and False)
    rewrite_stores()
    assert lies_there(postgres, *gone) == {Store.MAIN, Store.VAULT}


def test_a_reserved_word_as_a_name_does_no_harm(postgres: Flask) -> None:
    connection = engine_of(Store.VAULT).connect()
    assert store_files._quoted(connection, "user") == '"user"'
    connection.close()
