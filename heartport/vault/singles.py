"""What a person has at most once under a name, such as the draft of one scale: read, changed and erased in place.

`slot = HMAC(slot key, kind ‖ name)`, so the half-year is not part of the address: the row carries the one in which
it was last written. Erasing leaves a tombstone of equal length, and the next content reuses the slot.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from heartport.stores import Driven
from heartport.vault.records import ID_BYTES, Find, Kind, PersonalRows, find_alone, inflated, rows_at

NOBODY = bytes(ID_BYTES)
"""The id in a single record that no attempt ever used up."""


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in the slot, with the id of the attempt that last used it up, if one did; a tombstone has no payload.

    The id stays when the slot gets its next content, so that whoever comes late with that attempt is still known.
    """

    id: bytes
    payload: bytes | None = field(repr=False)


NOTHING = Content(NOBODY, None)


class Single(PersonalRows):
    """One record of one kind of one person under a name."""

    def __init__(self, subject_key: bytes, kind: Kind, name: str) -> None:
        super().__init__(subject_key, kind)
        self.address = self._slot(name)

    def read(self) -> Content:
        """Return what is there; where nothing ever was, that looks like an erased record."""
        return self._found(find_alone) or NOTHING

    def put(
        self,
        window: str,
        change: Callable[[Content], bytes],
        first: Callable[[Find], object] = lambda _find: None,
    ) -> bytes:
        """Store what `change` makes of what is there, and return it; one transaction, one writer at a time.

        `first` runs before it, while no other writer of this person is let in. What either of them raises leaves
        everything as it was, and what `change` leaves unchanged is not written again. Raises `RecordTooLong`.
        """

        def work(driven: Driven) -> bytes:
            first(driven.rows)
            return self.put_within(driven, window, change)

        return self._write(work)

    def read_within(self, driven: Driven) -> Content:
        """Return what is there, within a transaction that holds the person's lock already."""
        return self._found(driven.rows) or NOTHING

    def put_within(self, driven: Driven, window: str, change: Callable[[Content], bytes]) -> bytes:
        """Store what `change` makes of what is there, within such a transaction. Raises `RecordTooLong`."""
        found = self._found(driven.rows)
        payload = change(found or NOTHING)
        if found is None:
            self._insert(driven, self.address, window, self._plain(NOBODY, payload))
        elif payload != found.payload:
            self._overwrite(driven, self.address, self._plain(found.id, payload), window)
        return payload

    def erase(self, used_up_by: bytes = NOBODY) -> None:
        """Turn the record into a tombstone that names the attempt, or the one before; without a record do nothing."""

        def work(driven: Driven) -> None:
            for _, ciphertext in rows_at(driven.rows, [self.address]):
                self.erase_found(driven, ciphertext, used_up_by)

        self._write(work)

    def erase_found(self, driven: Driven, ciphertext: bytes, used_up_by: bytes) -> None:
        """Do the same to what was found at the address, within a transaction that holds the person's lock already."""
        record_id, deflated = self._opened(self.address, ciphertext)
        attempt = record_id if used_up_by == NOBODY else used_up_by
        if deflated is not None or attempt != record_id:
            self._overwrite(driven, self.address, self._plain(attempt, None))

    def _found(self, find: Find) -> Content | None:
        for slot, ciphertext in rows_at(find, [self.address]):
            record_id, deflated = self._opened(slot, ciphertext)
            return Content(record_id, inflated(deflated))
        return None
