"""The three stores (`main`, `keys`, `vault`) and the one way to read and to write each of them.

A use case writes exactly one store, in one transaction that commits once, at its end. SQLite takes its write
lock with the first statement (`BEGIN IMMEDIATE`), so that a transaction never has to give way half-way.
"""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from typing import Any, TypeVar

import structlog
from flask import Flask
from sqlalchemy import Connection, Delete, Engine, ExceptionContext, Insert, Update, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from heartport.config import Settings
from heartport.errors import Unavailable
from heartport.extensions import Model, db

T = TypeVar("T")
SQLITE_TURNS: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
log = structlog.get_logger("heartport.stores")

TRIES = 4
BUSY_TIMEOUT_MS = 3000
LOCK_TIMEOUT_MS = 3000
CONNECT_TIMEOUT_SECONDS = 3
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
        for each in db.engines.values():
            if each.dialect.name == "sqlite":
                event.listen(each, "connect", _open_sqlite)
                event.listen(each, "begin", _begin_sqlite)
            else:
                event.listen(each, "handle_error", _forget_values)


def engine_of(store: Store) -> Engine:
    """Return the engine of a store in the current application."""
    return db.engines[None if store is Store.MAIN else store.value]


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
    engine = engine_of(store).execution_options(heartport_write=True)
    for attempt in range(1, TRIES + 1):
        try:
            with _turn(engine), Session(engine) as session, session.begin():
                return work(session)
        except (OperationalError, InterfaceError) as problem:
            if attempt == TRIES or not _is_transient(problem):
                raise _unavailable(store, problem) from problem
        time.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


def insert_if_absent(session: Session, model: type[Model], row: Mapping[str, object]) -> bool:
    """Insert a row unless its key is taken, waiting for whoever inserts it now; return whether it was inserted."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return count_rows(session, dialect.insert(model).values(row).on_conflict_do_nothing()) == 1


def count_rows(session: Session, statement: Insert | Update | Delete) -> int:
    """Execute a writing statement and return how many rows it touched."""
    return session.connection().execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def _turn(engine: Engine) -> AbstractContextManager[object]:
    """Let one thread write a SQLite file at a time: waiting in line is fair, SQLite's own waiting is not."""
    return SQLITE_TURNS[str(engine.url)] if engine.dialect.name == "sqlite" else nullcontext()


def _engine_options(settings: Settings, store: Store) -> dict[str, Any]:
    url = settings.store_urls[store]
    options: dict[str, Any] = {"url": url, "hide_parameters": True}
    if url.drivername != "sqlite":
        options["pool_pre_ping"] = True
        options["connect_args"] = {
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC",
        }
    return options


def _open_sqlite(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own types
    connection.isolation_level = None  # BEGIN is ours, below.
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # What was acknowledged survives a power cut.
        "foreign_keys=ON",
        "secure_delete=ON",
        "cache_size=-256",  # KiB; eight threads hold three connections each.
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("heartport_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _forget_values(context: ExceptionContext) -> None:
    """Keep of a message that quotes values its code and the name of the constraint; `hide_parameters` leaves it."""
    original, wrapped = context.original_exception, context.sqlalchemy_exception
    if _code(original).startswith(QUOTING_CLASSES) and wrapped is not None:
        text = f"{_code(original)} {original.diag.constraint_name or ''}".rstrip()  # type: ignore[attr-defined]
        original.args = (text,)
        wrapped.args = (f"({type(original).__qualname__}) {text}",)


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
