"""Sealed records of one person: fixed-length rows at addresses that only the person's key can compute.

A row is `slot | window | ciphertext`. `slot = HMAC(slot key, kind ‖ window ‖ i)`, so listing asks for sixteen
slots at a time until one is missing, and nothing in the store says which rows belong together. Deleting
overwrites with a tombstone of equal length and leaves no gap. What is inside begins with the record's id,
which is a keyed hash of the client's own attempt id: a repeated attempt finds itself, as a tombstone too.
What a person has but once, such as a draft, stands in `singles`.
"""

import hmac
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from heartport.stores import Store, reading, write_transaction
from heartport.vault.models import SealedRecord
from heartport.vault.providers import expand
from heartport.vault.sealing import Sealer, pad, unpad
from heartport.vault.windows import with_the_next

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

DRAFT = Kind("draft", RESULT.length)
"""Answers with their revisions; 100 items with revisions of 16 random digits deflate to about 1,100 bytes.

As long as a result on purpose: a dump does not tell one from the other, so it shows neither how many people are
about to take a scale nor how many left one half-way.
"""

NOTE = Kind("note", RESULT.length)
"""A reflection with the person's own words: eight short ids and 300 characters; as long as a result, as a draft is."""


class RecordTooLong(Exception):
    """A record does not fit into the fixed length of its kind; nothing was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One opened record; `payload` is None where it was deleted."""

    window: str
    number: int
    id: bytes
    payload: bytes | None = field(repr=False)


class PersonalRows:
    """How the rows of one kind of one person are addressed and sealed; short-lived, since it holds derived keys."""

    def __init__(self, subject_key: bytes, kind: Kind) -> None:
        self._kind = kind
        self._slot_key = expand(subject_key, "slot")
        self._id_key = expand(subject_key, "id")
        self._lock_key = expand(subject_key, "lock")
        self._sealer = Sealer(expand(subject_key, f"seal {kind.name}"))

    def id_for(self, attempt_id: str) -> bytes:
        """Return the id that a record made under this attempt id has, whatever its kind."""
        return hmac.digest(self._id_key, attempt_id.encode(), "sha256")[:ID_BYTES]

    def _rows(self, session: Session, slots: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
        """Return slot and ciphertext of the rows that there are."""
        table = SealedRecord.__table__
        found = session.execute(select(table.c.slot, table.c.ciphertext).where(table.c.slot.in_(slots)))
        return [(bytes(row.slot), bytes(row.ciphertext)) for row in found]

    def _insert(self, session: Session, slot: bytes, window: str, plain: bytes) -> None:
        row = {"slot": slot, "window": window, "ciphertext": self._sealer.seal(plain, self._place(slot))}
        session.execute(insert(SealedRecord).values(row))

    def _overwrite(self, session: Session, slot: bytes, plain: bytes, window: str | None = None) -> None:
        """Put other content of equal length into a row; without a window its label stays."""
        values = {"ciphertext": self._sealer.seal(plain, self._place(slot))} | ({"window": window} if window else {})
        session.execute(update(SealedRecord).where(SealedRecord.slot == slot).values(values))

    def _opened(self, slot: bytes, ciphertext: bytes) -> tuple[bytes, bytes | None]:
        """Return the id and the payload of a row; a tombstone has no payload."""
        plain = self._sealer.open(ciphertext, self._place(slot))
        state, record_id, rest = plain[:1], plain[1 : 1 + ID_BYTES], plain[1 + ID_BYTES :]
        return record_id, zlib.decompress(unpad(rest)) if state == LIVE else None

    def _plain(self, record_id: bytes, payload: bytes | None) -> bytes:
        """Return what is sealed, always of the kind's one length; without a payload a tombstone."""
        room = self._kind.length - 1 - ID_BYTES
        if payload is None:
            return TOMBSTONE + record_id + bytes(room)
        try:
            return LIVE + record_id + pad(zlib.compress(payload, DEFLATE_LEVEL), room)
        except ValueError:
            raise RecordTooLong from None

    def _slot(self, *names: object) -> bytes:
        return hmac.digest(self._slot_key, "|".join(map(str, (self._kind.name, *names))).encode(), "sha256")

    def _place(self, slot: bytes) -> bytes:
        return self._kind.name.encode() + b"|" + slot

    def _lock(self, session: Session) -> None:
        """Let one writer of this person at a time; SQLite has its one writer already."""
        if session.get_bind().dialect.name == "postgresql":
            key = int.from_bytes(self._lock_key[:8], signed=True)
            session.execute(select(func.pg_advisory_xact_lock(key)))


class Records(PersonalRows):
    """The records of one kind of one person, as many as there come to be."""

    def insert_once(
        self,
        record_id: bytes,
        payload: bytes,
        windows: Sequence[str],
        also: Callable[[Session], object] = lambda _session: None,
    ) -> tuple[Entry, bool]:
        """Store a record in the first of `windows` unless its id stands in one of them, or in the next one, already.

        Returns the entry that is stored now, and whether it was inserted by this call. One transaction, in which
        `also` runs after the insertion, and only after one. Raises `RecordTooLong`.
        """
        plain = self._plain(record_id, payload)

        def work(session: Session) -> tuple[Entry, bool]:
            self._lock(session)
            entries = list(self._scan(session, with_the_next(windows)))
            for entry in entries:
                if entry.id == record_id:
                    return entry, False
            number = sum(entry.window == windows[0] for entry in entries)
            self._insert(session, self._slot(windows[0], number), windows[0], plain)
            also(session)
            return Entry(windows[0], number, record_id, payload), True

        return write_transaction(Store.VAULT, work)

    def delete(self, record_id: bytes, windows: Sequence[str]) -> bool:
        """Turn a record into a tombstone that keeps its id; return False where there is no live one."""

        def work(session: Session) -> bool:
            self._lock(session)
            for entry in self._scan(session, windows):
                if entry.id == record_id and entry.payload is not None:
                    self._overwrite(session, self._slot(entry.window, entry.number), self._plain(record_id, None))
                    return True
            return False

        return write_transaction(Store.VAULT, work)

    def holds(self, record_id: bytes, windows: Sequence[str]) -> bool:
        """Tell whether a record of this id was ever stored, deleted ones included."""
        with reading(Store.VAULT) as session:
            return self.holds_within(session, record_id, windows)

    def holds_within(self, session: Session, record_id: bytes, windows: Sequence[str]) -> bool:
        """Tell the same within a transaction that is open already."""
        return any(entry.id == record_id for entry in self._scan(session, windows))

    def live(self, windows: Sequence[str]) -> list[Entry]:
        """Return the live records of these windows, the latest first; labels of four-digit years sort by time."""
        with reading(Store.VAULT) as session:
            entries = [entry for entry in self._scan(session, windows) if entry.payload is not None]
        return sorted(entries, key=lambda entry: (entry.window, entry.number), reverse=True)

    def _scan(self, session: Session, windows: Sequence[str]) -> Iterator[Entry]:
        """Open all rows of these windows, sixteen slots a window at a time."""
        open_windows, start = list(windows), 0
        while open_windows:
            slots = {
                self._slot(window, number): (window, number)
                for window in open_windows
                for number in range(start, start + BATCH)
            }
            full = []
            for slot, ciphertext in self._rows(session, slots):
                window, number = slots[bytes(slot)]
                yield Entry(window, number, *self._opened(slot, ciphertext))
                full += [window] if number == start + BATCH - 1 else []
            open_windows, start = full, start + BATCH
