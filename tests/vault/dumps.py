"""Everything that lies in a store, as somebody with a dump or with the disk sees it."""

import base64
import hashlib
import json
import secrets
import subprocess
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, inspect, select, text

from heartport.stores import Store, engine_of
from heartport.vault.records import DEFLATE_LEVEL

RUN_BYTES = 8
"""So many equal bytes in a row are no coincidence: in two dumps of 100 KB one such pair is less likely than 1e-9."""

SEGMENT_BYTES = 16 * 2**20
"""The usual size of a segment of PostgreSQL's write-ahead log."""


@dataclass(frozen=True)
class Cell:
    """One value of a dump and where it stands."""

    place: str
    value: object

    @property
    def content(self) -> bytes:
        if isinstance(self.value, bytes | memoryview):
            return bytes(self.value)
        return str(self.value).encode()


Key = tuple[object, ...]
"""The primary key of a row."""


def tables(store: Store) -> list[Table]:
    """Return every table that the database itself knows in this store, whatever the models say."""
    return _reflected(engine_of(store))


@cache
def _reflected(engine: Engine) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(engine)
    return list(metadata.tables.values())


def dump(store: Store) -> list[Cell]:
    """Return every column of every row of every table of this store."""
    with engine_of(store).connect() as connection:
        return [
            Cell(f"{store}.{table.name}.{column}", value)
            for table in tables(store)
            for row in connection.execute(select(table)).mappings()
            for column, value in row.items()
            if value is not None
        ]


def whole_dump() -> list[Cell]:
    """Return the dumps of all stores."""
    return [cell for store in Store for cell in dump(store)]


def keys_in_order() -> dict[str, list[Key]]:
    """Return the keys of all rows, table by table, as a dump without ORDER BY gives them: in physical order.

    Whole rows are asked for, since a part of them could be had from an index that has another order.
    """
    found = {}
    for store in Store:
        with engine_of(store).connect() as connection:
            for table in tables(store):
                rows = connection.execute(select(table)).mappings()
                found[f"{store}.{table.name}"] = [_key_of(table, row) for row in rows]
    return found


def keys_by_table() -> dict[str, set[Key]]:
    """Return the keys of all rows, table by table."""
    return {table: set(keys) for table, keys in keys_in_order().items()}


def _key_of(table: Table, row: Mapping[str, object]) -> Key:
    return tuple(_plain(row[column.name]) for column in table.primary_key)


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def columns(store: Store) -> dict[str, set[str]]:
    """Return the columns of every table, from the database itself."""
    inspector = inspect(engine_of(store))
    return {name: {column["name"] for column in inspector.get_columns(name)} for name in inspector.get_table_names()}


def raw_bytes(app: Flask, store: Store) -> bytes:
    """Return the store's files: with the write-ahead log on SQLite, with indexes and TOAST on PostgreSQL."""
    settings = app.extensions["heartport.settings"]
    url = settings.store_urls[store]
    if url.drivername == "sqlite":
        files = sorted(Path(url.database).parent.glob(Path(url.database).name + "*"))
        # Another process reads them: closing a file here would drop the locks that SQLite holds on it in this one.
        return subprocess.run(["cat", *files], check=True, capture_output=True).stdout
    return _relation_files(settings.database_url, store)


@contextmanager
def logged(superuser_url: object) -> Iterator[Callable[[], bytes]]:
    """Give what returns all that PostgreSQL has logged since, whatever went on in that server.

    A slot of our own makes it keep the segments of its write-ahead log until the end.
    """
    reserve = text("SELECT pg_create_physical_replication_slot(:name, true, true)")
    at = text("SELECT pg_current_wal_lsn() - '0/0'")
    segment = text("SELECT pg_read_binary_file('pg_wal/' || pg_walfile_name('0/0'::pg_lsn + CAST(:at AS numeric)))")
    with _superuser(superuser_url) as connection:
        connection.execute(reserve, {"name": f"heartport_test_{secrets.token_hex(6)}"})
        began = int(connection.execute(at).scalar_one()) // SEGMENT_BYTES * SEGMENT_BYTES

        def read() -> bytes:
            starts = range(began, int(connection.execute(at).scalar_one()), SEGMENT_BYTES)
            # One byte further: at its very beginning a segment is still called by the name of the one before.
            return b"".join(bytes(connection.execute(segment, {"at": start + 1}).scalar_one()) for start in starts)

        yield read


@contextmanager
def _superuser(url: object) -> Iterator[Connection]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _relation_files(superuser_url: object, store: Store) -> bytes:
    relations = text(
        """SELECT pg_read_binary_file(pg_relation_filepath(c.oid))
        FROM pg_class c
        WHERE pg_relation_filepath(c.oid) IS NOT NULL AND (
            c.relnamespace = CAST(:schema AS regnamespace)
            OR c.oid IN (SELECT reltoastrelid FROM pg_class WHERE relnamespace = CAST(:schema AS regnamespace))
        )"""
    )
    with _superuser(superuser_url) as connection:
        connection.execute(text("CHECKPOINT"))
        return b"".join(bytes(row[0]) for row in connection.execute(relations, {"schema": store.value}))


def runs(content: bytes) -> set[bytes]:
    """Return all pieces of eight bytes."""
    return {content[at : at + RUN_BYTES] for at in range(len(content) - RUN_BYTES + 1)}


def shared_runs(ours: Iterable[Cell], theirs: Iterable[Cell]) -> set[tuple[str, str]]:
    """Name the pairs of columns that hold eight equal bytes somewhere; window labels are shorter than that."""
    places: dict[bytes, str] = {run: cell.place for cell in ours for run in runs(cell.content)}
    return {(places[run], cell.place) for cell in theirs for run in runs(cell.content) if run in places}


def encodings(secret: str | bytes) -> dict[str, bytes]:
    """Return how a secret might be written down."""
    plain = secret.encode() if isinstance(secret, str) else secret
    return {
        "clear": plain,
        "UTF-16": plain.decode(errors="replace").encode("utf-16-le"),
        "JSON": json.dumps(plain.decode(errors="replace")).strip('"').encode(),
        "hex": plain.hex().encode(),
        "base64": base64.b64encode(plain).rstrip(b"=")[:-1],
        "reversed": plain[::-1],
        "deflated": zlib.compress(plain, DEFLATE_LEVEL)[2:-4],
    }


def disguises(secret: str | bytes) -> dict[str, bytes]:
    """Return how a secret might be found in a dump: written down, or under a hash that needs no key."""
    plain = secret.encode() if isinstance(secret, str) else secret
    found = encodings(plain)
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, plain, usedforsecurity=False)
        found |= {name: digest.digest(), f"{name} in hex": digest.hexdigest().encode()}
    return found


def traces(
    secrets: Mapping[str, Sequence[str | bytes]],
    places: Mapping[str, bytes],
    forms: Callable[[str | bytes], dict[str, bytes]] = disguises,
) -> set[str]:
    """Say which kind of secret is found where, and in what form."""
    return {
        f"{kind} ({form}) in {place}"
        for kind, values in secrets.items()
        for value in set(values)
        for form, wanted in forms(value).items()
        for place, content in places.items()
        if wanted in content
    }


def by_column(cells: Iterable[Cell]) -> dict[str, bytes]:
    """Return the contents of each column in one piece, rows apart."""
    found: dict[str, bytes] = {}
    for cell in cells:
        found[cell.place] = found.get(cell.place, b"") + b"\n" + cell.content
    return found


def all_bytes() -> dict[str, bytes]:
    """Return the files of all stores of the current application."""
    app = current_app._get_current_object()
    return {f"the files of {store}": raw_bytes(app, store) for store in Store}
