"""Keys of appointments: random, wrapped and found by a keyed hash as those of persons are, one table a purpose.

A key is never kept for what comes after it: destroying one closes what was sealed under it, and the next one at the
same link is another. What the erasure ledger notes of a destroyed key is therefore derived from the key, not its link.
"""

import hmac
import os
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import delete, select

from heartport.errors import Unavailable
from heartport.stores import Store, count_rows, insert_if_absent, reading, write_transaction
from heartport.vault.models import CaseRecordKey, SharedCopyKey
from heartport.vault.providers import KEY_BYTES, KeyProvider, WrongKey, expand

AT_ONCE = 500
"""So many links are asked for in one statement."""


class WrongKeys(Unavailable):
    """The keys of this start are not those under which the stored data was sealed."""

    code = "wrong_keys"


class KeyRing:
    """All keys of one purpose; `link_of` names their places."""

    def __init__(self, provider: KeyProvider, model: type[SharedCopyKey] | type[CaseRecordKey], purpose: str) -> None:
        self._provider = provider
        self._model = model
        self._link_key = provider.derive(f"link of {purpose}")

    def link_of(self, *names: object) -> bytes:
        """Return the keyed hash of a place; whoever lacks the deployment's keys cannot tell what it names."""
        return hmac.digest(self._link_key, "|".join(map(str, names)).encode(), "sha256")

    def ensure(self, link: bytes) -> bytes:
        """Return the key at a link, made unless it is there."""
        row = {"link": link, "wrapped": self._provider.wrap(os.urandom(KEY_BYTES), link)}
        write_transaction(Store.KEYS, lambda session: insert_if_absent(session, self._model, row))
        found = self.open([link])
        return found[link] if link in found else self.ensure(link)  # Destroyed between the two.

    def open(self, links: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return those keys that there are, by their links; raises `WrongKeys`."""
        found: dict[bytes, bytes] = {}
        for some in _batches(links):
            rows = select(self._model.link, self._model.wrapped).where(self._model.link.in_(some))
            with reading(Store.KEYS) as session:
                for link, wrapped in session.execute(rows):
                    found[bytes(link)] = self._unwrapped(bytes(link), bytes(wrapped))
        return found

    def links(self) -> frozenset[bytes]:
        """Return the links of all keys."""
        with reading(Store.KEYS) as session:
            return frozenset(map(bytes, session.execute(select(self._model.link)).scalars()))

    def destroy(self, links: Collection[bytes]) -> int:
        """Delete the keys at these links and return how many there were; what they sealed stays closed for ever."""
        return sum(map(self._destroy, _batches(links)))

    def _destroy(self, links: list[bytes]) -> int:
        statement = delete(self._model).where(self._model.link.in_(links))
        return write_transaction(Store.KEYS, lambda session: count_rows(session, statement))

    def _unwrapped(self, link: bytes, wrapped: bytes) -> bytes:
        try:
            return self._provider.unwrap(wrapped, link)
        except WrongKey:
            raise WrongKeys from None


def ledger_name(key: bytes) -> bytes:
    """Return by what the erasure ledger knows a key, of 32 bytes; it tells nothing without the key."""
    return expand(key, "name in the erasure ledger")


def _batches(links: Iterable[bytes]) -> Iterator[list[bytes]]:
    every = list(links)
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]
