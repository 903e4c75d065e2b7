"""Sealed records of one person: fixed-length rows at addresses that only the person's key can compute.

A row is `slot | window | ciphertext`. `slot = HMAC(slot key, kind ‖ window ‖ i)`, so listing asks for some slots
at a time until one is missing, and nothing in the store says which rows belong together. Deleting
overwrites with a tombstone of equal length and leaves no gap. What is inside begins with the record's id,
which is a keyed hash of the client's own attempt id: a repeated attempt finds itself, as a tombstone too.
What a person has but once, such as a draft, stands in `singles`.
"""

import hmac
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import Protocol, TypeVar

from sqlalchemy import ColumnElement, bindparam, insert, select, update

from heartport.prepared import Prepared, Row
from heartport.stores import Driven, Store, read_prepared, write_prepared
from heartport.vault.models import SealedRecord
from heartport.vault.providers import expand
from heartport.vault.sealing import Sealer, pad, unpad
from heartport.vault.windows import with_the_next

T = TypeVar("T")

ID_BYTES = 16
NEXT_WINDOW, THIS_WINDOW, EARLIER, BATCH = 1, 8, 4, 16
"""So many slots of a window are looked at first, and of each at a further time: most people have few records.

Windows come the latest first, and the first of them is the one that is still to come. The numbers save work and decide
nothing: who fills a look gets another one.
"""
LIVE, TOMBSTONE = b"\x01", b"\x00"
DEFLATE_LEVEL, DEFLATE_MEMORY = 6, 5


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

OPENED = Kind("opened", RESULT.length)
"""Which scales a professional opened for a person."""

LIBRARY = Kind("library", RESULT.length)
"""What a person keeps of the library: favourites, history, progress, and what was recommended last."""

SHARES = Kind("shares", RESULT.length)
"""Which results a person shared for which appointments; about 60 of them fit."""

SHARED_COPY = Kind("shared copy", RESULT.length)
"""What a counsellor may read of one result: less than a result, under a key of its own."""

CASE_RECORD = Kind("case record", RESULT.length)
"""One version of a counsellor's record of an appointment: 850 characters of Chinese fit, whichever they are."""


SEALED = SealedRecord.__table__
INSERT = Prepared(
    insert(SealedRecord).values(slot=bindparam("at"), window=bindparam("label"), ciphertext=bindparam("sealed"))
)
OVERWRITE = Prepared(
    update(SealedRecord).where(SEALED.c.slot == bindparam("at")).values(ciphertext=bindparam("sealed"))
)
OVERWRITE_IN = Prepared(
    update(SealedRecord)
    .where(SEALED.c.slot == bindparam("at"))
    .values(ciphertext=bindparam("sealed"), window=bindparam("label"))
)

Find = Callable[[Prepared, dict[str, object]], list[Row]]
"""Runs a prepared select: by itself, or within a transaction."""
find_alone: Find = partial(read_prepared, Store.VAULT)


class UsedUp(Protocol):
    """What a new record uses up, in the same transaction; it stands at an address of its own, if at all."""

    address: bytes

    def erase_found(self, driven: Driven, ciphertext: bytes, used_up_by: bytes) -> None:
        """Turn what stands there into a tombstone that names the record."""


class RecordTooLong(Exception):
    """A record does not fit into the fixed length of its kind; nothing was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One opened record."""

    window: str
    number: int
    id: bytes
    deflated: bytes | None = field(repr=False)

    @property
    def payload(self) -> bytes | None:
        """What was stored; None where it was deleted."""
        return inflated(self.deflated)

    @property
    def is_live(self) -> bool:
        """Whether it was not deleted."""
        return self.deflated is not None


def inflated(deflated: bytes | None) -> bytes | None:
    """Return a payload from its sealed form; that of a tombstone is None."""
    return None if deflated is None else zlib.decompress(deflated)


def _deflated(payload: bytes) -> bytes:
    """Return the form that is sealed, made with less memory than usual: to prepare it took longer than to deflate."""
    compressor = zlib.compressobj(DEFLATE_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, DEFLATE_MEMORY)
    return compressor.compress(payload) + compressor.flush()


def _parts(plain: bytes) -> tuple[bytes, bytes | None]:
    """Return the id and the content, still deflated, of what was sealed; a tombstone has no content."""
    state, record_id, rest = plain[:1], plain[1 : 1 + ID_BYTES], plain[1 + ID_BYTES :]
    return record_id, unpad(rest) if state == LIVE else None


def write_alone(subject_key: bytes, work: Callable[[Driven], T]) -> T:
    """Run one transaction of the vault, one writer of this person at a time."""
    return write_prepared(Store.VAULT, expand(subject_key, "lock"), work)


def rows_at(find: Find, slots: Sequence[bytes]) -> list[Row]:
    """Return slot and ciphertext of the rows that there are."""
    return find(_select_at(len(slots)), named_slots(slots))


@cache
def _select_at(count: int) -> Prepared:
    return Prepared(select(SEALED.c.slot, SEALED.c.ciphertext).where(at_slots(count)))


def at_slots(count: int) -> ColumnElement[bool]:
    """Return the condition that a row stands at one of so many slots."""
    return SEALED.c.slot.in_([bindparam(f"slot_{place}") for place in range(count)])


def named_slots(slots: Sequence[bytes]) -> dict[str, object]:
    """Return the values of that condition."""
    return {f"slot_{place}": slot for place, slot in enumerate(slots)}


class PersonalRows:
    """How the rows of one kind of one person are addressed and sealed; short-lived, since it holds derived keys."""

    def __init__(self, subject_key: bytes, kind: Kind) -> None:
        self._kind = kind
        self._subject_key = subject_key
        self._slot_key = expand(subject_key, "slot")

    @cached_property
    def _sealer(self) -> Sealer:
        return Sealer(expand(self._subject_key, f"seal {self._kind.name}"))

    def id_for(self, attempt_id: str) -> bytes:
        """Return the id that a record made under this attempt id has, whatever its kind."""
        return hmac.digest(expand(self._subject_key, "id"), attempt_id.encode(), "sha256")[:ID_BYTES]

    def _insert(self, driven: Driven, slot: bytes, window: str, plain: bytes) -> None:
        driven.change(INSERT, {"at": slot, "label": window, "sealed": self._sealer.seal(plain, self._place(slot))})

    def _overwrite(self, driven: Driven, slot: bytes, plain: bytes, window: str | None = None) -> None:
        """Put other content of equal length into a row; without a window its label stays."""
        values = {"at": slot, "sealed": self._sealer.seal(plain, self._place(slot))}
        if window is None:
            driven.change(OVERWRITE, values)
        else:
            driven.change(OVERWRITE_IN, {**values, "label": window})

    def _opened(self, slot: bytes, ciphertext: bytes) -> tuple[bytes, bytes | None]:
        return _parts(self._sealer.open(ciphertext, self._place(slot)))

    def _plain(self, record_id: bytes, payload: bytes | None) -> bytes:
        """Return what is sealed, always of the kind's one length; without a payload a tombstone."""
        room = self._kind.length - 1 - ID_BYTES
        if payload is None:
            return TOMBSTONE + record_id + bytes(room)
        try:
            return LIVE + record_id + pad(_deflated(payload), room)
        except ValueError:
            raise RecordTooLong from None

    def _slot(self, *names: object) -> bytes:
        return hmac.digest(self._slot_key, "|".join(map(str, (self._kind.name, *names))).encode(), "sha256")

    def _place(self, slot: bytes) -> bytes:
        return self._kind.name.encode() + b"|" + slot

    def _write(self, work: Callable[[Driven], T]) -> T:
        return write_alone(self._subject_key, work)


class Records(PersonalRows):
    """The records of one kind of one person, as many as there come to be."""

    def insert_once(
        self,
        record_id: bytes,
        payload: bytes,
        windows: Sequence[str],
        using_up: UsedUp | None = None,
    ) -> tuple[Entry, bool]:
        """Store a record in the first of `windows` unless its id stands in one of them, or in the next one, already.

        Returns the entry that is stored now, and whether it was inserted by this call. One transaction, in which what
        is used up is erased after the insertion, and only after one. Raises `RecordTooLong`.
        """
        plain = self._plain(record_id, payload)

        def work(driven: Driven) -> tuple[Entry, bool]:
            beside = {using_up.address: b""} if using_up else {}
            entries = list(self._scan(driven.rows, with_the_next(windows), beside))
            for entry in entries:
                if entry.id == record_id:
                    return entry, False
            number = sum(entry.window == windows[0] for entry in entries)
            self._insert(driven, self._slot(windows[0], number), windows[0], plain)
            if using_up and beside[using_up.address]:
                using_up.erase_found(driven, beside[using_up.address], record_id)
            return Entry(windows[0], number, *_parts(plain)), True

        return self._write(work)

    def delete(self, record_id: bytes, windows: Sequence[str]) -> bool:
        """Turn a record into a tombstone that keeps its id; return False where there is no live one."""

        def work(driven: Driven) -> bool:
            for entry in self._scan(driven.rows, windows):
                if entry.id == record_id and entry.is_live:
                    self._overwrite(driven, self._slot(entry.window, entry.number), self._plain(record_id, None))
                    return True
            return False

        return self._write(work)

    def holds(self, record_id: bytes, windows: Sequence[str]) -> bool:
        """Tell whether a record of this id was ever stored, deleted ones included."""
        return self.holds_within(find_alone, record_id, windows)

    def holds_within(self, find: Find, record_id: bytes, windows: Sequence[str]) -> bool:
        """Tell the same within a transaction that is open already."""
        return any(entry.id == record_id for entry in self._scan(find, windows))

    def is_live_within(self, find: Find, record_id: bytes, windows: Sequence[str]) -> bool:
        """Tell whether there is a record of this id that was not deleted, within such a transaction."""
        return any(entry.id == record_id and entry.is_live for entry in self._scan(find, windows))

    def live(self, windows: Sequence[str]) -> list[Entry]:
        """Return the live records of these windows, the latest first; labels of four-digit years sort by time."""
        entries = [entry for entry in self._scan(find_alone, windows) if entry.is_live]
        return sorted(entries, key=lambda entry: (entry.window, entry.number), reverse=True)

    def first_slots(self, window: str) -> list[bytes]:
        """Return the addresses that are looked at first, so that somebody can look for many people's at once."""
        return [self._slot(window, number) for number in range(THIS_WINDOW)]

    def live_among(self, window: str, slots: Sequence[bytes], found: Mapping[bytes, bytes]) -> list[Entry]:
        """Return the live records of a window, the latest first, given what stood at its first slots."""
        if slots[-1] in found:
            return self.live((window,))
        there = [(number, slot) for number, slot in enumerate(slots) if slot in found]
        entries = [Entry(window, number, *self._opened(slot, found[slot])) for number, slot in there]
        return [entry for entry in reversed(entries) if entry.is_live]

    def _scan(self, find: Find, windows: Sequence[str], beside: dict[bytes, bytes] | None = None) -> Iterator[Entry]:
        """Open all rows of these windows, some slots of each at a time, until one of them is missing.

        The first look also takes in the slots `beside` and puts there what they hold, as it is.
        """
        beside = {} if beside is None else beside
        looks, others = _first_looks(windows), list(beside)
        while looks:
            slots = {self._slot(window, number): (window, number) for window in looks for number in looks[window]}
            full = {}
            for slot, ciphertext in rows_at(find, [*slots, *others]):
                if slot in beside:
                    beside[slot] = ciphertext
                    continue
                window, number = slots[slot]
                yield Entry(window, number, *self._opened(slot, ciphertext))
                if number == looks[window][-1]:
                    full[window] = range(number + 1, number + 1 + BATCH)
            looks, others = full, []


def _first_looks(windows: Sequence[str]) -> dict[str, range]:
    """Return the numbers at which a record of each window is looked for at first."""
    sizes = (*(NEXT_WINDOW, THIS_WINDOW)[: len(windows)], *[EARLIER] * (len(windows) - 2))
    return {window: range(size) for window, size in zip(windows, sizes, strict=True)}
