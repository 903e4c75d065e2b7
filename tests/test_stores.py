"""A write is one transaction that commits once; a store that is busy or away is a refusal within bounded time."""

import contextlib
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from heartport import stores
from heartport.assessments.models import ScaleReview
from heartport.config import load_settings
from heartport.stores import Store, StoreUnavailable, engine_of, reading, write_transaction
from tests.conftest import Logged, dispose
from tests.threads import at_once

SECRET = "oSecret42"


def review(number: int, scale_id: str = "phq9") -> dict[str, object]:
    return {
        "file_hash": number.to_bytes(32),
        "scale_id": scale_id,
        "scale_version": "1.0.0",
        "reviewer": SECRET,
        "credential": SECRET,
        "signed_on": date(2026, 11, 22),
    }


def add(session: Session, number: int) -> None:
    session.execute(insert(ScaleReview).values(review(number)))


def stored() -> list[int]:
    with reading(Store.MAIN) as session:
        return sorted(int.from_bytes(each) for each in session.scalars(select(ScaleReview.file_hash)))


@contextlib.contextmanager
def statements(kind: str) -> Iterator[list[str]]:
    """Note each `kind` of event on the engine of `main`."""
    seen: list[str] = []

    def note(*_args: object) -> None:
        seen.append(kind)

    event.listen(engine_of(Store.MAIN), kind, note)
    try:
        yield seen
    finally:
        event.remove(engine_of(Store.MAIN), kind, note)


# One transaction


def test_a_write_commits_once_at_its_end_and_returns_what_the_work_returned(app: Flask) -> None:
    def work(session: Session) -> str:
        add(session, 1)
        add(session, 2)
        assert stored() == []
        return "done"

    with statements("commit") as commits, statements("rollback") as rollbacks:
        assert write_transaction(Store.MAIN, work) == "done"
        assert commits == ["commit"]
        assert len(rollbacks) == 1  # that of the reading within
    assert stored() == [1, 2]


@pytest.mark.parametrize("problem", [ValueError("no"), KeyboardInterrupt(), stores.StoreUnavailable()])
def test_whatever_the_work_raises_undoes_it_and_comes_out_unchanged(app: Flask, problem: BaseException) -> None:
    def work(session: Session) -> None:
        add(session, 1)
        raise problem

    with pytest.raises(type(problem)) as caught:
        write_transaction(Store.MAIN, work)
    assert caught.value is problem
    assert stored() == []


def test_a_broken_constraint_undoes_everything_and_is_no_lost_race(app: Flask) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(1)
        add(session, 1)
        add(session, 1)

    with pytest.raises(IntegrityError):
        write_transaction(Store.MAIN, work)
    assert tries == [1]
    assert stored() == []


def test_reading_keeps_nothing(app: Flask) -> None:
    with reading(Store.MAIN) as session:
        add(session, 1)
    assert stored() == []


def test_connections_go_back_to_the_pool_after_every_outcome(app: Flask) -> None:
    for _ in range(50):
        with pytest.raises(ZeroDivisionError):
            write_transaction(Store.MAIN, lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            read_and_break()
    assert engine_of(Store.MAIN).pool.checkedout() == 0


def read_and_break() -> None:
    with reading(Store.MAIN) as session:
        session.execute(text("SELECT 1"))
        raise ZeroDivisionError


# Two at once


def test_many_writers_at_once_all_succeed(app: Flask) -> None:
    def read_then_write(number: int) -> None:
        def work(session: Session) -> None:
            session.scalars(select(ScaleReview.file_hash)).all()
            add(session, number)

        write_transaction(Store.MAIN, work)

    at_once(app, read_then_write, 12)
    assert stored() == list(range(12))


def test_a_writer_that_reads_first_sees_what_the_writer_before_it_wrote(app: Flask) -> None:
    """A counter in a row: without the write lock from the first statement, SQLite would lose or refuse some."""
    write_transaction(Store.MAIN, lambda session: add(session, 0))
    row = select(ScaleReview).with_for_update()

    def count_one_more(session: Session) -> None:
        found = session.scalars(row).one()
        found.scale_version = str(int(found.scale_version.partition(".")[0]) + 1)

    at_once(app, lambda _: write_transaction(Store.MAIN, count_one_more), 10)
    with reading(Store.MAIN) as session:
        assert session.scalars(select(ScaleReview.scale_version)).one() == "11"


def test_a_reader_does_not_wait_for_a_writer_nor_see_half_of_it(app: Flask) -> None:
    started = time.monotonic()

    def work(session: Session) -> None:
        add(session, 1)
        assert at_once(app, lambda _: stored(), 4) == [[]] * 4

    write_transaction(Store.MAIN, work)
    assert time.monotonic() - started < stores.BUSY_TIMEOUT_MS / 1000
    assert stored() == [1]


@pytest.fixture
def impatient(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections that wait 100 ms for a lock."""
    engine = engine_of(Store.MAIN)
    name = engine.dialect.name
    sql = "PRAGMA busy_timeout=100" if name == "sqlite" else "SET lock_timeout=100"

    def hurry(connection: object, *_args: object) -> None:
        connection.cursor().execute(sql)

    event.listen(engine, "checkout", hurry)
    yield
    event.remove(engine, "checkout", hurry)
    engine.dispose()


@contextlib.contextmanager
def locked_by_another() -> Iterator[threading.Event]:
    """Hold the only row, as somebody else, until the event is set or the block ends."""
    write_transaction(Store.MAIN, lambda session: add(session, 1))
    engine = engine_of(Store.MAIN)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with engine.execution_options(heartport_write=True).begin() as connection:
            connection.execute(text("UPDATE scale_reviews SET scale_version = '2'"))
            held.set()
            let_go.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        yield let_go
    finally:
        let_go.set()
        thread.join()


def change_row(session: Session) -> None:
    session.execute(text("UPDATE scale_reviews SET reviewer = 'changed'"))


@pytest.mark.usefixtures("impatient")
def test_a_lost_race_is_run_again_from_its_start(app: Flask) -> None:
    tries = []

    with locked_by_another() as let_go:

        def work(session: Session) -> str:
            tries.append(1)
            if len(tries) == 2:
                let_go.set()
            change_row(session)
            return "done"

        assert write_transaction(Store.MAIN, work) == "done"
    assert len(tries) >= 2
    with reading(Store.MAIN) as session:
        assert session.scalars(select(ScaleReview.reviewer)).all() == ["changed"]


@pytest.mark.usefixtures("impatient")
def test_a_store_that_stays_busy_is_unavailable_within_bounded_time(app: Flask, logged: Logged) -> None:
    with locked_by_another():
        started = time.monotonic()
        with pytest.raises(StoreUnavailable) as caught:
            write_transaction(Store.MAIN, change_row)
        assert time.monotonic() - started < stores.TRIES * 0.1 + 2
    assert caught.value.retry_after_seconds == 2
    (line,) = logged.of("store_unavailable")
    assert line["store"] == "main"
    assert line["reason"] in ("SQLITE_BUSY", "55P03")


def test_the_time_that_a_busy_store_may_take_is_bounded() -> None:
    assert stores.TRIES * max(stores.BUSY_TIMEOUT_MS, stores.LOCK_TIMEOUT_MS) <= 15_000


# Away


def app_with(environ: dict[str, str]) -> Flask:
    made = Flask("stores")
    stores.configure(made, load_settings({"HEARTPORT_DEMO": "1", **environ}))
    stores.db.init_app(made)
    stores.prepare(made)
    return made


def check_unavailable(environ: dict[str, str], seconds: float) -> None:
    made = app_with(environ)
    with made.app_context():
        for use in (lambda: write_transaction(Store.MAIN, lambda s: s.execute(text("SELECT 1"))), read_one):
            started = time.monotonic()
            with pytest.raises(StoreUnavailable):
                use()
            assert time.monotonic() - started < seconds
    dispose(made)


def read_one() -> None:
    with reading(Store.MAIN) as session:
        session.execute(text("SELECT 1"))


def test_a_server_that_refuses_is_unavailable_at_once() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        check_unavailable({"HEARTPORT_DATABASE_URL": f"postgresql://127.0.0.1:{closed.getsockname()[1]}/x"}, 2)


def test_a_server_that_says_nothing_is_unavailable_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "CONNECT_TIMEOUT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        check_unavailable({"HEARTPORT_DATABASE_URL": f"postgresql://127.0.0.1:{port}/x"}, 4)


def test_a_folder_that_is_not_there_is_unavailable_at_once(tmp_path: Path) -> None:
    check_unavailable({"HEARTPORT_DATA_DIR": str(tmp_path / "gone")}, 2)


def end_connections() -> None:
    """End all connections to `main` but one's own, as a server that restarts does; skips on SQLite."""
    if engine_of(Store.MAIN).dialect.name == "sqlite":
        pytest.skip("SQLite has no server that could end a connection")
    others = "FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
    killer = create_engine(engine_of(Store.MAIN).url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with killer.connect() as connection:
        assert connection.execute(text(f"SELECT count(pg_terminate_backend(pid)) {others}")).scalar()
        while connection.execute(text(f"SELECT count(*) {others}")).scalar():
            time.sleep(0.01)


def test_a_connection_that_the_server_ended_is_replaced(app: Flask) -> None:
    write_transaction(Store.MAIN, lambda session: add(session, 1))
    end_connections()
    assert stored() == [1]
    write_transaction(Store.MAIN, lambda session: add(session, 2))


def test_a_connection_lost_half_way_is_unavailable_and_nothing_is_written(app: Flask) -> None:
    if engine_of(Store.MAIN).dialect.name == "sqlite":
        pytest.skip("SQLite has no server that could end a connection")

    def work(session: Session) -> None:
        add(session, 1)
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(StoreUnavailable):
        write_transaction(Store.MAIN, work)
    assert stored() == []


def test_postgresql_waits_for_locks_only_so_long_and_speaks_utc(app: Flask) -> None:
    if engine_of(Store.MAIN).dialect.name == "sqlite":
        pytest.skip("SQLite has its own habits, below")
    with engine_of(Store.MAIN).connect() as connection:
        shown = {name: connection.execute(text(f"SHOW {name}")).scalar() for name in ("lock_timeout", "timezone")}
    assert shown == {"lock_timeout": "3s", "timezone": "UTC"}


# What an error may say


@pytest.mark.parametrize("number", [1, 2])
def test_no_exception_holds_a_parameter(app: Flask, number: int, logged: Logged) -> None:
    write_transaction(Store.MAIN, lambda session: add(session, 1))
    broken = [
        lambda session: add(session, 1),
        lambda session: session.execute(insert(ScaleReview).values({**review(2), "reviewer": None})),
        lambda session: session.execute(insert(ScaleReview).values({**review(2), "scale_id": SECRET * 10})),
        lambda session: session.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": SECRET}),
        lambda session: session.execute(text("SELECT CAST(:a AS integer) / 0 FROM nowhere2"), {"a": SECRET}),
        lambda session: session.execute(text("SELECT CAST(CAST(:a AS text) AS integer)"), {"a": SECRET}),
        lambda session: session.execute(
            text("INSERT INTO access_tokens (token_hash, account_id, expires_at) VALUES (:h, :a, :e)"),
            {"h": b"x", "a": SECRET, "e": "2026-11-22T00:00:00+00:00"},
        ),
    ]
    raised = 0
    for work in broken:
        try:
            write_transaction(Store.MAIN, work)
        except (DBAPIError, StoreUnavailable) as problem:
            raised += 1
            assert_nowhere(SECRET, problem)
    assert raised >= 4
    assert SECRET not in logged.text


def assert_nowhere(secret: str, problem: BaseException | None) -> None:
    """Search an exception and all those before it, as a traceback would print them."""
    while problem is not None:
        assert secret not in f"{problem} {problem!r}"
        problem = problem.__cause__ or problem.__context__


def test_a_broken_constraint_is_still_named(app: Flask) -> None:
    write_transaction(Store.MAIN, lambda session: add(session, 1))
    with pytest.raises(IntegrityError, match=r"pk_scale_reviews|scale_reviews\.file_hash"):
        write_transaction(Store.MAIN, lambda session: add(session, 1))


# SQLite's own habits


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Flask]:
    made = app_with({"HEARTPORT_DATA_DIR": str(tmp_path)})
    with made.app_context():
        yield made
    dispose(made)


@pytest.mark.parametrize("store", Store)
def test_sqlite_is_durable_checks_references_and_overwrites_what_it_deletes(lite: Flask, store: Store) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 3000}
    with engine_of(store).connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}
    assert found == expected


def test_sqlite_takes_its_write_lock_with_the_first_statement(lite: Flask, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "main.sqlite3", timeout=0)) as other:

        def work(session: Session) -> None:
            session.execute(text("SELECT 1"))
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")

        write_transaction(Store.MAIN, work)
        other.execute("BEGIN IMMEDIATE")
        other.rollback()
        with reading(Store.MAIN) as session:
            session.execute(text("SELECT 1"))
            other.execute("BEGIN IMMEDIATE")


def test_without_it_two_that_read_first_would_refuse_each_other(lite: Flask) -> None:
    """The negative control: a transaction that begins by reading must give way half-way."""
    with engine_of(Store.MAIN).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE counts (n INTEGER)")
    with engine_of(Store.MAIN).connect() as one, engine_of(Store.MAIN).connect() as two:
        one.exec_driver_sql("SELECT n FROM counts")
        two.exec_driver_sql("SELECT n FROM counts")
        one.exec_driver_sql("INSERT INTO counts VALUES (1)")
        one.commit()
        with pytest.raises(OperationalError, match="locked"):
            two.exec_driver_sql("INSERT INTO counts VALUES (2)")
