"""What a person has at most once under a name, such as the draft of one scale: read, changed and erased in place.

`slot = HMAC(slot key, kind ‖ name)`, so the half-year is not part of the address: the row carries the one in which
it was last written. Erasing leaves a tombstone of equal length, and the next content reuses the slot.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from heartport.stores import Store, reading, write_transaction
from heartport.vault.records import ID_BYTES, Kind, PersonalRows

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
        self._address = self._slot(name)

    def read(self) -> Content:
        """Return what is there; where nothing ever was, that looks like an erased record."""
        with reading(Store.VAULT) as session:
            return self._found(session) or NOTHING

    def put(
        self,
        window: str,
        change: Callable[[Content], bytes],
        first: Callable[[Session], object] = lambda _session: None,
    ) -> bytes:
        """Store what `change` makes of what is there, and return it; one transaction, one writer at a time.

        `first` runs before it, while no other writer of this person is let in. What either of them raises leaves
        everything as it was, and what `change` leaves unchanged is not written again. Raises `RecordTooLong`.
        """

        def work(session: Session) -> bytes:
            self._lock(session)
            first(session)
            found = self._found(session)
            payload = change(found or NOTHING)
            if found is None:
                self._insert(session, self._address, window, self._plain(NOBODY, payload))
            elif payload != found.payload:
                self._overwrite(session, self._address, self._plain(found.id, payload), window)
            return payload

        return write_transaction(Store.VAULT, work)

    def erase(self, used_up_by: bytes = NOBODY) -> None:
        """Turn the record into a tombstone that names the attempt, or the one before; without a record do nothing."""

        def work(session: Session) -> None:
            self._lock(session)
            self.erase_within(session, used_up_by)

        write_transaction(Store.VAULT, work)

    def erase_within(self, session: Session, used_up_by: bytes = NOBODY) -> None:
        """Do the same within a transaction that holds the person's lock already."""
        found = self._found(session)
        if found is None:
            return
        attempt = found.id if used_up_by == NOBODY else used_up_by
        if found != Content(attempt, None):
            self._overwrite(session, self._address, self._plain(attempt, None))

    def _found(self, session: Session) -> Content | None:
        for slot, ciphertext in self._rows(session, [self._address]):
            return Content(*self._opened(slot, ciphertext))
        return None
