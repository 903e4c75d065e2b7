"""Sealed records of one person: fixed-length rows at addresses that only the person's key can compute.

A row is `slot | window | ciphertext`. `slot = HMAC(slot key, kind ‖ window ‖ i)`, so listing asks for sixteen
slots at a time until one is missing, and nothing in the store says which rows belong together. Deleting
overwrites with a tombstone of equal length and leaves no gap. What is inside begins with the record's id,
which is a keyed hash of the client's own attempt id: a repeated attempt finds itself.
"""

import hmac
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from heartport.stores import Store, reading, write_transaction
from heartport.vault.models import SealedRecord
from heartport.vault.providers import expand
from heartport.vault.sealing import Sealer, pad, unpad

ID_BYTES = 16
BATCH = 16
LIVE, TOMBSTONE = b"\x01", b"\x00"
DEFLATE_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record and the one length in bytes of all its plain texts."""

    name: str
    length: int


RESULT = Kind("result", 1900)
"""An answer sheet with its outcome; 90 answers and 16 scores deflate to about 700 bytes.

Sealed and with its slot a row stays below the 2 kB from which PostgreSQL would move it out of line.
"""


class RecordTooLong(Exception):
    """A record does not fit into the fixed length of its kind; nothing was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One opened record; `payload` is None where it was deleted."""

    window: str
    number: int
    id: bytes
    payload: bytes | None = field(repr=False)


class Records:
    """The records of one kind of one person; short-lived, since it holds the person's derived keys."""

    def __init__(self, subject_key: bytes, kind: Kind) -> None:
        self._kind = kind
        self._slot_key = expand(subject_key, "slot")
        self._id_key = expand(subject_key, "id")
        self._lock_key = expand(subject_key, "lock")
        self._sealer = Sealer(expand(subject_key, f"seal {kind.name}"))

    def id_for(self, attempt_id: str) -> bytes:
        """Return the id that a record made under this attempt id has."""
        return hmac.digest(self._id_key, attempt_id.encode(), "sha256")[:ID_BYTES]

    def insert_once(self, record_id: bytes, payload: bytes, windows: Sequence[str]) -> tuple[Entry, bool]:
        """Store a record in the first of `windows` unless its id stands in one of them already.

        Returns the entry that is stored now, and whether it was inserted by this call. One transaction.
        Raises `RecordTooLong`.
        """
        plain = self._plain(record_id, payload)

        def work(session: Session) -> tuple[Entry, bool]:
            self._lock(session)
            entries = list(self._scan(session, windows))
            for entry in entries:
                if entry.id == record_id:
                    return entry, False
            number = sum(entry.window == windows[0] for entry in entries)
            slot = self._slot(windows[0], number)
            row = {"slot": slot, "window": windows[0], "ciphertext": self._sealer.seal(plain, self._place(slot))}
            session.execute(insert(SealedRecord).values(row))
            return Entry(windows[0], number, record_id, payload), True

        return write_transaction(Store.VAULT, work)

    def live(self, windows: Sequence[str]) -> list[Entry]:
        """Return the live records of these windows, the latest first; `windows` are latest first too."""
        with reading(Store.VAULT) as session:
            entries = [entry for entry in self._scan(session, windows) if entry.payload is not None]
        order = {window: place for place, window in enumerate(windows)}
        return sorted(entries, key=lambda entry: (order[entry.window], -entry.number))

    def _scan(self, session: Session, windows: Sequence[str]) -> Iterator[Entry]:
        """Open all rows of these windows, sixteen slots a window at a time."""
        open_windows, start = list(windows), 0
        while open_windows:
            slots = {
                self._slot(window, number): (window, number)
                for window in open_windows
                for number in range(start, start + BATCH)
            }
            table = SealedRecord.__table__
            rows = session.execute(select(table.c.slot, table.c.ciphertext).where(table.c.slot.in_(slots))).all()
            full = []
            for slot, ciphertext in rows:
                window, number = slots[bytes(slot)]
                yield self._entry(window, number, bytes(slot), bytes(ciphertext))
                full += [window] if number == start + BATCH - 1 else []
            open_windows, start = full, start + BATCH

    def _entry(self, window: str, number: int, slot: bytes, ciphertext: bytes) -> Entry:
        plain = self._sealer.open(ciphertext, self._place(slot))
        state, record_id, rest = plain[:1], plain[1 : 1 + ID_BYTES], plain[1 + ID_BYTES :]
        return Entry(window, number, record_id, zlib.decompress(unpad(rest)) if state == LIVE else None)

    def _plain(self, record_id: bytes, payload: bytes) -> bytes:
        room = self._kind.length - 1 - ID_BYTES
        try:
            return LIVE + record_id + pad(zlib.compress(payload, DEFLATE_LEVEL), room)
        except ValueError:
            raise RecordTooLong from None

    def _slot(self, window: str, number: int) -> bytes:
        return hmac.digest(self._slot_key, f"{self._kind.name}|{window}|{number}".encode(), "sha256")

    def _place(self, slot: bytes) -> bytes:
        return self._kind.name.encode() + b"|" + slot

    def _lock(self, session: Session) -> None:
        """Let one writer of this person at a time; SQLite has its one writer already."""
        if session.get_bind().dialect.name == "postgresql":
            key = int.from_bytes(self._lock_key[:8], signed=True)
            session.execute(select(func.pg_advisory_xact_lock(key)))
