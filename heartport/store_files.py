"""What lies in the files of the stores: nothing of what was deleted, and in no order that tells about time.

PostgreSQL keeps rows in the order of their insertion, and the bytes of deleted ones for as long as nothing is put in
their place. `CLUSTER` writes a table anew in key order, indexes and all. It was chosen over a table of our own that
takes the old one's name, because a backup that is running reads it right: to an older snapshot, rows that were copied
by hand look as if they had only just come, and the backup would hold an empty table. SQLite keeps the vault's tables
in key order by itself and numbers the rows of others as they come: those get other numbers, in the order of their
keys. Then `VACUUM` writes what free pages and gaps within pages might still tell.
"""

import re
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Integer, Table, select, text
from sqlalchemy.orm import Session

from heartport.errors import Unavailable
from heartport.extensions import db
from heartport.stores import TRIES, Store, StoreUnavailable, engine_of, write_transaction

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

PATIENCE_SECONDS = 5.0
"""How long whoever looks at an older state of a table gets before it is written once more."""


class DeletedRowsKept(Unavailable):
    """Somebody looks at the database as it was before, so that deleted rows had to be copied along until next time."""

    code = "deleted_rows_kept"


def truncate_logs() -> None:
    """Empty the write-ahead files of SQLite, so that nothing deleted lingers there.

    A reader that is at it just then keeps the file as it is; the next erasure, and the job that finishes erasures,
    ask again. On PostgreSQL the server keeps its own log, whose archives an operator keeps for 14 days at most.
    """
    for store in Store:
        with suppress(StoreUnavailable):
            _on_sqlite(store, "PRAGMA wal_checkpoint(TRUNCATE)")


def rewrite_stores() -> int:
    """Write every table anew in the order of its key, and return how many of them hold anything.

    A table is locked while it is written, about ten seconds a million records; whoever comes then waits. The lock is
    asked for several times, three seconds each, so that nobody waits for us behind a long reader. One table that could
    not be written, or in which something deleted had to stay, does not hold up the others: what it raised is raised
    at the end, `StoreUnavailable` or `DeletedRowsKept`.
    """
    outcomes = {each: _try_to_rewrite(*each) for each in _all_tables()}
    if late := [each for each, outcome in outcomes.items() if isinstance(outcome, DeletedRowsKept)]:
        time.sleep(PATIENCE_SECONDS)
        outcomes |= {each: _try_to_rewrite(*each) for each in late}
    for store in Store:
        _on_sqlite(store, "VACUUM")
    truncate_logs()
    for outcome in outcomes.values():
        if isinstance(outcome, Unavailable):
            raise outcome
    return sum(outcome is True for outcome in outcomes.values())


def _try_to_rewrite(store: Store, table: Table) -> bool | Unavailable:
    try:
        kept, holds_rows = write_transaction(store, partial(_rewrite, table))
    except StoreUnavailable as problem:
        return problem
    return DeletedRowsKept() if kept else holds_rows


def _rewrite(table: Table, session: Session) -> tuple[bool, bool]:
    """Write one table anew; return whether something deleted had to be kept, and whether the table holds anything."""
    connection = session.connection()
    name = _quoted(connection, table.name)
    kept = False
    if connection.dialect.name == "postgresql":
        kept = _cluster(connection, name, _quoted(connection, str(table.primary_key.name)))
        connection.execute(text(f"ANALYZE {name}"))  # The planner's samples must not outlive what they show.
    elif _is_numbered_in_secret(table):
        _number_anew(connection, name, [_quoted(connection, column.name) for column in table.primary_key])
    return kept, session.execute(select(select(table).exists())).scalar_one()


def _cluster(connection: Connection, name: str, key: str) -> bool:
    """Let PostgreSQL write a table in the order of its key; return whether it had to copy rows that are deleted.

    It does while anybody in the database, in whatever table, looks at it as it was before they were deleted: a
    statement that samples another table, a backup. It says how many with the one number that heads this detail.
    """
    told: list[str] = []

    def listen(notice: "Diagnostic") -> None:
        told.append(notice.message_detail or "")

    driver = connection.connection.driver_connection
    assert driver is not None
    driver.add_notice_handler(listen)
    try:
        connection.execute(text(f"CLUSTER VERBOSE {name} USING {key}"))
    finally:
        driver.remove_notice_handler(listen)
    counts = [int(number[0]) for detail in told if (number := re.match(r"\d+", detail))]
    return counts != [0]


def _is_numbered_in_secret(table: Table) -> bool:
    """Tell whether SQLite numbers the rows of a table as they come, behind a key that is none of these numbers."""
    key = list(table.primary_key)
    is_number_itself = len(key) == 1 and isinstance(key[0].type, Integer)
    return bool(table.dialect_options["sqlite"]["with_rowid"]) and not is_number_itself


def _number_anew(connection: Connection, name: str, key: Sequence[str]) -> None:
    """Number the rows of a SQLite table by the order of its key; by way of negative numbers, which nobody has."""
    ranked = f"SELECT rowid AS old, row_number() OVER (ORDER BY {', '.join(key)}) AS place FROM {name}"  # noqa: S608
    connection.execute(text(f"UPDATE {name} SET rowid = -place FROM ({ranked}) WHERE old = {name}.rowid"))  # noqa: S608
    connection.execute(text(f"UPDATE {name} SET rowid = -rowid"))  # noqa: S608 - names of our own tables


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _all_tables() -> list[tuple[Store, Table]]:
    metadatas = {store: db.metadatas[None if store is Store.MAIN else store.value] for store in Store}
    return [(store, table) for store, metadata in metadatas.items() for table in metadata.sorted_tables]


def _on_sqlite(store: Store, statement: str) -> None:
    """Run a statement that no transaction may hold; raises `StoreUnavailable` where others write all the time."""
    engine = engine_of(store)
    if engine.dialect.name != "sqlite":
        return
    for _ in range(TRIES):
        with closing(engine.raw_connection()) as connection, suppress(sqlite3.OperationalError):
            connection.cursor().execute(statement)
            return
    raise StoreUnavailable(retry_after_seconds=2)
