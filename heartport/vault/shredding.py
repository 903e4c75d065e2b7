"""Erasing all that is sealed for one person: by address alone, whether a row can be opened or not.

Nothing here overwrites first. On SQLite `secure_delete` fills what is deleted with zeros, on PostgreSQL an update
would only write a second copy: there the nightly rewriting of the tables leaves the bytes behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import delete

from heartport.prepared import Prepared
from heartport.stores import Driven
from heartport.vault.models import SealedRecord
from heartport.vault.records import BATCH, Kind, PersonalRows, at_slots, named_slots, write_alone
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

    def work(driven: Driven) -> int:
        listed = (Addresses(subject_key, kind).delete_listed(driven, windows) for kind in holdings.listed)
        singles = (Addresses(subject_key, kind).delete_single(driven, name) for kind, name in holdings.singles)
        return sum(listed) + sum(singles)

    return write_alone(subject_key, work)


class Addresses(PersonalRows):
    """The rows of one kind of one person, by their addresses."""

    def delete_listed(self, driven: Driven, windows: Sequence[str]) -> int:
        """Delete the rows of these windows and of the next one, sixteen at a time, until sixteen are missing."""
        found = 0
        for window in with_the_next(windows):
            start = 0
            while count := _delete(driven, [self._slot(window, start + place) for place in range(BATCH)]):
                found, start = found + count, start + BATCH
        return found

    def delete_single(self, driven: Driven, name: str) -> int:
        """Delete what there is once under a name."""
        return _delete(driven, [self._slot(name)])


def _delete(driven: Driven, slots: Sequence[bytes]) -> int:
    return driven.change(_delete_at(len(slots)), named_slots(slots))


@cache
def _delete_at(count: int) -> Prepared:
    return Prepared(delete(SealedRecord).where(at_slots(count)))
