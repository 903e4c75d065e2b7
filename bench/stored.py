"""Fills a vault with the records of many people: rows as long as real ones, at random addresses, as fast as it goes.

What stands in them is random, as ciphertext is to the database; nobody who is measured has a key to it.
"""

import os
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing

import psycopg

from bench.databases import Stores
from heartport.config import load_settings
from heartport.stores import Store
from heartport.vault.records import RESULT
from heartport.vault.sealing import HEADER, OVERHEAD_BYTES

SLOT_BYTES = 32
BODY_BYTES = RESULT.length + OVERHEAD_BYTES - len(HEADER)
AT_ONCE = 1000
PGCOPY = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END_OF_COPY = struct.pack("!h", -1)
Row = tuple[bytes, str, bytes]


def fill(stores: Stores, count: int, window: str) -> None:
    """Add so many records to the vault of these stores."""
    url = load_settings(stores.environ).store_urls[Store.VAULT]
    if url.drivername == "sqlite":
        _fill_sqlite(str(url.database), count, window)
    else:
        _fill_postgresql(url.set(drivername="postgresql").render_as_string(hide_password=False), count, window)
        with psycopg.connect(str(stores.conninfo), autocommit=True) as superuser:
            superuser.execute("CHECKPOINT")


def _records(count: int, window: str) -> Iterator[list[Row]]:
    """Give the records in portions, in the order of their slots."""
    slots = sorted(os.urandom(SLOT_BYTES) for _ in range(count))
    for start in range(0, count, AT_ONCE):
        portion = slots[start : start + AT_ONCE]
        noise = os.urandom(BODY_BYTES * len(portion))
        yield [
            (slot, window, HEADER + noise[place * BODY_BYTES : (place + 1) * BODY_BYTES])
            for place, slot in enumerate(portion)
        ]


def _fill_sqlite(file: str, count: int, window: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for rows in _records(count, window):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany('INSERT INTO sealed_records (slot, "window", ciphertext) VALUES (?, ?, ?)', rows)
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill_postgresql(url: str, count: int, window: str) -> None:
    label = struct.pack("!i", len(window)) + window.encode()
    columns, slot_length = struct.pack("!h", 3), struct.pack("!i", SLOT_BYTES)
    body_length = struct.pack("!i", BODY_BYTES + len(HEADER))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        copying = 'COPY sealed_records (slot, "window", ciphertext) FROM STDIN (FORMAT BINARY)'
        with connection.cursor().copy(copying) as copy:
            copy.write(PGCOPY)
            for rows in _records(count, window):
                parts = [columns + slot_length + slot + label + body_length + body for slot, _, body in rows]
                copy.write(b"".join(parts))
            copy.write(END_OF_COPY)
        connection.execute("VACUUM ANALYZE sealed_records")
