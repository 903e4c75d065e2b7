"""What lies in the files of the stores: nothing of what was deleted, and in no order that tells about time.

PostgreSQL keeps rows in the order of their insertion, and the bytes of deleted ones for as long as nothing is put in
their place. `CLUSTER` writes a table anew in key order, indexes and all. It was chosen over a table of our own that
takes the old one's name, because a backup that is running reads it right: to an older snapshot, rows that were copied
by hand look as if they had only just come, and the backup would hold an empty table. SQLite keeps the vault's tables
in key order by itself; there `VACUUM` writes what free pages and gaps within pages might still tell.
"""

import sqlite3
from contextlib import closing, suppress

from sqlalchemy import Connection, Table, select, text
from sqlalchemy.orm import Session

from heartport.extensions import db
from heartport.stores import TRIES, Store, StoreUnavailable, engine_of, write_transaction


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
    asked for several times, three seconds each, so that nobody waits for us behind a long reader.
    """
    held = sum(_rewrite(store, table) for store in Store for table in _tables(store))
    for store in Store:
        _on_sqlite(store, "VACUUM")
    truncate_logs()
    return held


def _rewrite(store: Store, table: Table) -> bool:
    def work(session: Session) -> bool:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            name, key = (_quoted(connection, each) for each in (table.name, str(table.primary_key.name)))
            connection.execute(text(f"CLUSTER {name} USING {key}"))
            connection.execute(text(f"ANALYZE {name}"))  # The planner's samples must not outlive what they show.
        return session.execute(select(select(table).exists())).scalar_one()

    return write_transaction(store, work)


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _tables(store: Store) -> list[Table]:
    return db.metadatas[None if store is Store.MAIN else store.value].sorted_tables


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
