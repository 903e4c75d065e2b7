"""Erasing all that is sealed for one person: by address alone, whether a row can be opened or not.

Nothing here overwrites first. On SQLite `secure_delete` fills what is deleted with zeros, on PostgreSQL an update
would only write a second copy: there the nightly rewriting of the tables leaves the bytes behind.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from heartport.stores import Store, count_rows, write_transaction
from heartport.vault.models import SealedRecord
from heartport.vault.records import BATCH, Kind, PersonalRows
from heartport.vault.windows import with_the_next


@dataclass(frozen=True, slots=True)
class Holdings:
    """What can be sealed for a person: kinds of which there may be many, and what there is once, under a name."""

    listed: tuple[Kind, ...] = ()
    singles: tuple[tuple[Kind, str], ...] = ()

    def __add__(self, other: "Holdings") -> "Holdings":
        """Return both together."""
        return Holdings(self.listed + other.listed, self.singles + other.singles)


def shred(subject_key: bytes, windows: Sequence[str], holdings: Holdings) -> int:
    """Delete every row of a person in one transaction, and return how many there were.

    One transaction, since the end of a list is found by its first gap: half of it deleted would hide the rest.
    """

    def work(session: Session) -> int:
        Addresses(subject_key, Kind("lock", 0)).lock(session)
        listed = (Addresses(subject_key, kind).delete_listed(session, windows) for kind in holdings.listed)
        singles = (Addresses(subject_key, kind).delete_single(session, name) for kind, name in holdings.singles)
        return sum(listed) + sum(singles)

    return write_transaction(Store.VAULT, work)


class Addresses(PersonalRows):
    """The rows of one kind of one person, by their addresses."""

    def lock(self, session: Session) -> None:
        """Let one writer of this person at a time."""
        self._lock(session)

    def delete_listed(self, session: Session, windows: Sequence[str]) -> int:
        """Delete the rows of these windows and of the next one, sixteen at a time, until sixteen are missing."""
        found = 0
        for window in with_the_next(windows):
            start = 0
            while count := _delete(session, (self._slot(window, start + place) for place in range(BATCH))):
                found, start = found + count, start + BATCH
        return found

    def delete_single(self, session: Session, name: str) -> int:
        """Delete what there is once under a name."""
        return _delete(session, [self._slot(name)])


def _delete(session: Session, slots: Iterable[bytes]) -> int:
    return count_rows(session, delete(SealedRecord).where(SealedRecord.slot.in_(list(slots))))
