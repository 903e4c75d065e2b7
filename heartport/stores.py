"""The three stores (`main`, `keys`, `vault`) and the ways to read and to write each of them.

A use case writes exactly one store, in one transaction that commits once, at its end. SQLite takes its write
lock with the first statement (`BEGIN IMMEDIATE`), so that a transaction never has to give way half-way.

`reading` and `write_transaction` give a session for whatever statement comes along. What every request asks goes
through `read_prepared` and `write_prepared`: statements compiled once, straight to the driver.
"""

import random
import select
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from typing import Any, TypeVar

import structlog
from flask import Flask
from sqlalchemy import Connection, Delete, Dialect, Engine, ExceptionContext, Insert, Update, event, func
from sqlalchemy import select as select_rows
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from heartport.config import Settings
from heartport.errors import Unavailable
from heartport.extensions import Model, db, registry
from heartport.prepared import Parameters, Prepared, Row, insert_unless_taken

T = TypeVar("T")
SQLITE_TURNS: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
log = structlog.get_logger("heartport.stores")

TRIES = 4
BUSY_TIMEOUT_MS = 3000
LOCK_TIMEOUT_MS = 3000
CONNECT_TIMEOUT_SECONDS = 3
CONNECTIONS_KEPT = 8
"""Of each store: as many as the server has threads. Who needs one more opens it, and closes it afterwards."""
LOCKS = 4096
"""How many different locks there are. The server's log may show one while somebody waits; so few are nobody's own."""
IDLE = 0
"""libpq's name for a connection without a transaction; a store on SQLite need not load psycopg to know it."""
TURNS = 1
"""Their own room among the locks of the server: what `write_prepared` takes are of another."""
QUOTING_CLASSES = ("22", "23")  # data exceptions and integrity violations, whose messages quote values
TRANSIENT_SQLSTATES = frozenset({"40001", "40P01", "55P03"})  # serialization failure, deadlock, lock timeout


class Store(StrEnum):
    """Which of the three databases; identity, wrapped keys and sealed records never share one."""

    MAIN = "main"
    KEYS = "keys"
    VAULT = "vault"


class StoreUnavailable(Unavailable):
    """A database does not answer, or stayed busy through all tries; nothing was written."""

    code = "store_unavailable"


def configure(app: Flask, settings: Settings) -> None:
    """Tell Flask-SQLAlchemy the three databases; parameters never reach an error text or a log."""
    engines = {store: _engine_options(settings, store) for store in Store}
    app.config["SQLALCHEMY_DATABASE_URI"] = engines[Store.MAIN].pop("url")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engines[Store.MAIN]
    app.config["SQLALCHEMY_BINDS"] = {store.value: engines[store] for store in (Store.KEYS, Store.VAULT)}


def prepare(app: Flask) -> None:
    """Attach the transaction rules to the engines; call once, after `db.init_app`."""
    with app.app_context():
        engines = {store: db.engines[None if store is Store.MAIN else store.value] for store in Store}
        app.extensions["heartport.engines"] = engines
        app.extensions["heartport.writing"] = {
            store: each.execution_options(heartport_write=True) for store, each in engines.items()
        }
        for each in db.engines.values():
            event.listen(each, "begin", _begin)
            if each.dialect.name == "sqlite":
                event.listen(each, "connect", _open_sqlite)
            else:
                event.listen(each, "connect", _open_postgresql)
                event.listen(each, "checkout", _look_for_farewell)
                event.listen(each, "reset", _roll_back)
                event.listen(each, "handle_error", _forget_values)


def engine_of(store: Store) -> Engine:
    """Return the engine of a store in the current application."""
    engine: Engine = registry()["heartport.engines"][store]
    return engine


@contextmanager
def reading(store: Store) -> Iterator[Session]:
    """Open a session that only reads; raises `StoreUnavailable` where the database does not answer."""
    try:
        with Session(engine_of(store)) as session:
            yield session
    except (OperationalError, InterfaceError) as problem:
        raise _unavailable(store, problem) from problem


def write_transaction(store: Store, work: Callable[[Session], T]) -> T:
    """Run `work` in one transaction of one store, commit, and return what it returned.

    After a lost race (busy, deadlock, lock timeout) `work` runs again from its start, so it must not act
    outside the session. Raises `StoreUnavailable` after the last try.
    """
    engine: Engine = registry()["heartport.writing"][store]

    def once() -> T:
        with _turn(engine), Session(engine) as session, session.begin():
            return work(session)

    return _until_it_holds(store, once)


class Driven:
    """A connection of the driver itself, for prepared statements alone."""

    def __init__(self, connection: Any, engine: Engine) -> None:  # noqa: ANN401 - the driver's own type
        self._connection = connection
        # PostgreSQL spells ciphertext out in hex unless it is asked for the bytes.
        self._cursor = connection.cursor(binary=True) if engine.dialect.name == "postgresql" else connection.cursor()
        self.engine = engine

    def rows(self, prepared: Prepared, values: Mapping[str, object]) -> list[Row]:
        """Return what a prepared select finds."""
        form = prepared.form(self.engine.dialect)
        return form.rows(self.send(form.text, form.parameters(values)).fetchall())

    def change(self, prepared: Prepared, values: Mapping[str, object]) -> int:
        """Carry out a prepared insert, update or delete and return how many rows it touched."""
        form = prepared.form(self.engine.dialect)
        count: int = self.send(form.text, form.parameters(values)).rowcount
        return count

    def send(self, text: str, parameters: Parameters = ()) -> Any:  # noqa: ANN401 - the driver's own cursor
        """Send one text to the store and return the driver's answer; here passes all that does not go by a session."""
        return self._cursor.execute(text, parameters) if parameters else self._connection.execute(text)


def read_prepared(store: Store, prepared: Prepared, values: Mapping[str, object]) -> list[Row]:
    """Return what one prepared select finds; raises `StoreUnavailable`.

    No transaction begins for it: one statement sees one state of the store anyway. Anything but a select would be
    committed at once, and is a `TypeError`.
    """
    if not prepared.only_reads:
        raise TypeError("only a select can be asked by itself")
    try:
        with _driven(engine_of(store)) as driven:
            return driven.rows(prepared, values)
    except (OperationalError, InterfaceError) as problem:
        raise _unavailable(store, problem) from problem


def write_prepared(store: Store, lock: bytes, work: Callable[[Driven], T]) -> T:
    """Run `work` as `write_transaction` does, for prepared statements alone, and one caller with this lock at a time.

    The lock comes with the beginning, so that all that `work` reads is what the one before it left.
    """
    engine = engine_of(store)
    begin = "BEGIN IMMEDIATE"  # SQLite has but one writer.
    if engine.dialect.name == "postgresql":
        begin = f"BEGIN; SELECT pg_advisory_xact_lock({int.from_bytes(lock) % LOCKS})"

    def once() -> T:
        with _turn(engine), _driven(engine, begin) as driven:
            return work(driven)

    return _until_it_holds(store, once)


def take_turn(session: Session, lock: bytes) -> None:
    """Let one transaction with this lock go on at a time, until it ends; SQLite has but one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select_rows(func.pg_advisory_xact_lock(TURNS, int.from_bytes(lock) % LOCKS)))


def rows_within(session: Session, prepared: Prepared, values: Mapping[str, object]) -> list[Row]:
    """Return what a prepared select finds within the transaction of a session.

    What the session has not sent yet it does not see.
    """
    with _driven_by(session) as driven:
        return driven.rows(prepared, values)


def change_within(session: Session, prepared: Prepared, values: Mapping[str, object]) -> int:
    """Carry out a prepared insert, update or delete within the transaction of a session; return how many rows."""
    with _driven_by(session) as driven:
        return driven.change(prepared, values)


def insert_if_absent(session: Session, model: type[Model], row: Mapping[str, object]) -> bool:
    """Insert a row unless its key is taken, waiting for whoever inserts it now; return whether it was inserted."""
    return change_within(session, insert_unless_taken(model, tuple(row)), row) == 1


def count_rows(session: Session, statement: Insert | Update | Delete) -> int:
    """Execute a writing statement and return how many rows it touched."""
    return session.connection().execute(statement, execution_options={"preserve_rowcount": True}).rowcount


@contextmanager
def _driven(engine: Engine, begin: str | None = None) -> Iterator[Driven]:
    """Borrow a connection from the pool; with a `begin` for one transaction, which is committed at the end.

    Whatever is raised within undoes the transaction. What the driver raises comes out as SQLAlchemy's own errors.
    """
    borrowed = None
    try:
        borrowed = engine.raw_connection()
        driven = Driven(borrowed.driver_connection, engine)
        if begin is None:
            yield driven
        else:
            driven.send(begin)
            yield driven
            driven.send("COMMIT")
    except engine.dialect.loaded_dbapi.Error as problem:
        raise _translated(problem, engine.dialect, borrowed) from problem
    finally:
        if borrowed is not None:
            borrowed.close()  # The pool rolls back what was not committed.


@contextmanager
def _driven_by(session: Session) -> Iterator[Driven]:
    """Give the connection on which the transaction of a session is; what the driver raises comes out translated."""
    connection = session.connection()
    borrowed: Any = connection.connection
    try:
        yield Driven(borrowed.driver_connection, connection.engine)
    except connection.dialect.loaded_dbapi.Error as problem:
        raise _translated(problem, connection.dialect, borrowed) from problem


def _until_it_holds(store: Store, once: Callable[[], T]) -> T:
    """Run a transaction again after a lost race, a few times; raises `StoreUnavailable`."""
    for attempt in range(1, TRIES + 1):
        try:
            return once()
        except (OperationalError, InterfaceError) as problem:
            if attempt == TRIES or not _is_transient(problem):
                raise _unavailable(store, problem) from problem
        time.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


def _turn(engine: Engine) -> AbstractContextManager[object]:
    """Let one thread write a SQLite file at a time: waiting in line is fair, SQLite's own waiting is not."""
    return SQLITE_TURNS[str(engine.url.database)] if engine.dialect.name == "sqlite" else nullcontext()


def _engine_options(settings: Settings, store: Store) -> dict[str, Any]:
    url = settings.store_urls[store]
    options: dict[str, Any] = {"url": url, "hide_parameters": True, "pool_size": CONNECTIONS_KEPT}
    if url.drivername != "sqlite":
        options["pool_reset_on_return"] = None  # See `_roll_back`.
        options["connect_args"] = {
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC",
        }
    return options


def _open_sqlite(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own types
    connection.isolation_level = None  # The driver begins nothing by itself; see `_begin`.
    for pragma in (
        "page_size=8192",  # Of a new file: a sealed record fits into a page and needs none beside it.
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # What was acknowledged survives a power cut.
        "foreign_keys=ON",
        "secure_delete=ON",
        "cache_size=-256",  # KiB; eight threads hold three connections each.
    ):
        connection.execute(f"PRAGMA {pragma}")


def _open_postgresql(connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's own type
    connection.autocommit = True  # The driver begins nothing by itself; see `_begin`.
    record.info["fresh"] = True


def _begin(connection: Connection) -> None:
    writes = connection.dialect.name == "sqlite" and connection.get_execution_options().get("heartport_write", False)
    borrowed: Any = connection.connection
    try:
        borrowed.driver_connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    except connection.dialect.loaded_dbapi.Error as problem:
        raise _translated(problem, connection.dialect, borrowed) from problem


def _look_for_farewell(connection: Any, record: ConnectionPoolEntry, _fairy: object) -> None:  # noqa: ANN401
    """Replace all connections where the server has ended this one while it rested: then there is something to read.

    A look at the socket costs no question to the server. A fresh connection may have something to read for other
    reasons.
    """
    if not record.info.pop("fresh", False):
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        if waiting.poll(0):
            raise InvalidatePoolError


def _roll_back(connection: Any, _record: object, _state: object) -> None:  # noqa: ANN401 - the driver's own type
    """End what was left open; the pool itself would do so without looking, at a cost, after every use."""
    if connection.pgconn.transaction_status != IDLE:
        connection.rollback()


def _forget_values(context: ExceptionContext) -> None:
    """Keep of a message that quotes values its code and the name of the constraint; `hide_parameters` leaves it."""
    original, wrapped = context.original_exception, context.sqlalchemy_exception
    if wrapped is not None and _without_values(original):
        wrapped.args = (f"({type(original).__qualname__}) {original}",)


def _translated(
    problem: Any,  # noqa: ANN401 - the driver's own type
    dialect: Dialect,
    borrowed: PoolProxiedConnection | None,
) -> BaseException:
    """Return SQLAlchemy's error for the driver's, without values; a connection that is lost leaves the pool."""
    if borrowed is not None and dialect.is_disconnect(problem, borrowed.dbapi_connection, None):
        borrowed.invalidate(problem)
    _without_values(problem)
    return DBAPIError.instance(None, None, problem, dialect.loaded_dbapi.Error, hide_parameters=True)


def _without_values(original: BaseException) -> bool:
    """Replace a message that quotes values; return whether it did."""
    if not _code(original).startswith(QUOTING_CLASSES):
        return False
    original.args = (f"{_code(original)} {original.diag.constraint_name or ''}".rstrip(),)  # type: ignore[attr-defined]
    return True


def _unavailable(store: Store, problem: DBAPIError) -> StoreUnavailable:
    """Tell the operator the code of what happened, without its text, and return the refusal."""
    reason = _code(problem.orig) or type(problem.orig).__qualname__
    log.warning("store_unavailable", store=store.value, reason=reason)
    return StoreUnavailable(retry_after_seconds=2)


def _is_transient(problem: DBAPIError) -> bool:
    code = _code(problem.orig)
    return code in TRANSIENT_SQLSTATES or code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _code(problem: BaseException | None) -> str:
    """Return the driver's own code of an error, or nothing where it has none."""
    code: str | None = getattr(problem, "sqlstate", None) or getattr(problem, "sqlite_errorname", None)
    return code or ""
