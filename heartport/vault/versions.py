"""What is written again and again and never overwritten: one row a version, numbered from 1 without a gap.

`slot = HMAC(slot key, kind ‖ number)`, so that whoever holds the key finds all versions whatever half-year they are of.
"""

from collections.abc import Callable

from heartport.stores import Driven
from heartport.vault.records import BATCH, Find, Kind, PersonalRows, find_alone, inflated, rows_at
from heartport.vault.shredding import Addresses

NO_ID = bytes(16)


class Versions(PersonalRows):
    """All versions of one document under one key."""

    def __init__(self, key: bytes, kind: Kind) -> None:
        super().__init__(key, kind)
        self._key = key

    def all(self) -> list[bytes]:
        """Return every version, the first first."""
        return self._all(find_alone)

    def append(self, window: str, make: Callable[[list[bytes]], bytes | None]) -> list[bytes]:
        """Store what `make` answers to the versions that there are, and return all; one writer at a time.

        Nothing is stored where it answers None. What it raises leaves everything as it was. Raises `RecordTooLong`.
        """

        def work(driven: Driven) -> list[bytes]:
            found = self._all(driven.rows)
            payload = make(found)
            if payload is None:
                return found
            self._insert(driven, self._slot(len(found) + 1), window, self._plain(NO_ID, payload))
            return [*found, payload]

        return self._write(work)

    def slots(self) -> list[bytes]:
        """Return where the versions stand."""
        return [self._slot(number) for number in range(1, len(self.all()) + 1)]

    def delete(self) -> None:
        """Delete every version."""

        def work(driven: Driven) -> None:
            for number, _ in enumerate(self._all(driven.rows), start=1):
                Addresses(self._key, self._kind).delete_single(driven, str(number))

        self._write(work)

    def _all(self, find: Find) -> list[bytes]:
        found: list[bytes] = []
        while True:
            slots = [self._slot(len(found) + place) for place in range(1, BATCH + 1)]
            rows = dict(map(tuple, rows_at(find, slots)))
            for slot in slots:
                if slot not in rows:
                    return found
                found.append(inflated(self._opened(slot, rows[slot])[1]) or b"")
