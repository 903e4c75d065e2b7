"""The vault as the rest of the house sees it: seal a column, find by a blind index, open a person's records."""

import hmac
import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import ColumnElement, bindparam, delete, select
from sqlalchemy.orm import Session

from heartport.errors import Unavailable
from heartport.extensions import registry
from heartport.prepared import Prepared
from heartport.stores import Driven, Store, count_rows, insert_if_absent, read_prepared, reading, write_transaction
from heartport.vault import rotation, signatures
from heartport.vault.key_rings import KeyRing, WrongKeys
from heartport.vault.models import CaseRecordKey, KeyCheck, SealedRecord, SharedCopyKey, SubjectKey
from heartport.vault.providers import KEY_BYTES, KeyProvider, WrongKey, expand
from heartport.vault.records import Entry, Kind, Records, find_alone, rows_at, write_alone
from heartport.vault.sealing import Sealer, pad, unpad
from heartport.vault.shredding import Holdings, shred
from heartport.vault.singles import Single

T = TypeVar("T")

CHECK_NAME = "root"
CHECK_CONTEXT = b"key check"
WRAPPED = Prepared(select(SubjectKey.wrapped).where(SubjectKey.link == bindparam("link")))
MARK = select(KeyCheck.sealed).where(KeyCheck.name == CHECK_NAME)


class SubjectGone(Unavailable):
    """A person's key does not exist: not made yet, or destroyed."""

    code = "subject_gone"


class Drawer:
    """Everything that is sealed for one person; short-lived, since it holds the person's key."""

    def __init__(self, subject_key: bytes) -> None:
        self._subject_key = subject_key

    def records(self, kind: Kind) -> Records:
        """Open the records of one kind."""
        return Records(self._subject_key, kind)

    def single(self, kind: Kind, name: str) -> Single:
        """Open what there is at most once under a name."""
        return Single(self._subject_key, kind, name)

    def alone(self, work: Callable[[Driven], T]) -> T:
        """Run one transaction of the vault over several of these, one writer of this person at a time."""
        return write_alone(self._subject_key, work)

    def pseudonym(self, register: str) -> bytes:
        """Return the person's name in a register of ours; once the key is destroyed, nobody can tell whose it was."""
        return hmac.digest(expand(self._subject_key, "pseudonym"), register.encode(), "sha256")


class Vault:
    """All cryptography of one application, under the keys of one provider."""

    def __init__(self, provider: KeyProvider) -> None:
        self._provider = provider
        self._link_key = provider.derive("link")
        self._index_key = provider.derive("blind index")
        self._fingerprint_key = provider.derive("fingerprint")
        self._columns = Sealer(provider.derive("columns"))
        self._signing_seed = provider.derive("published releases")
        self.copy_keys = KeyRing(provider, SharedCopyKey, "shared copies")
        self.case_keys = KeyRing(provider, CaseRecordKey, "case records")

    def blind_index(self, name: str, value: str) -> bytes:
        """Return the keyed hash by which a sealed value can be found; equal values give equal hashes."""
        return hmac.digest(self._index_key, f"{name}|{value}".encode(), "sha256")

    def fingerprint(self, name: str, content: bytes) -> bytes:
        """Return a keyed hash that tells whether two contents are the same and nothing else."""
        return hmac.digest(self._fingerprint_key, name.encode() + b"|" + content, "sha256")

    def seal_column(self, name: str, owner: str, text: str, length: int) -> bytes:
        """Seal a text for one column of one row, padded to `length` bytes; raises `ValueError` if longer."""
        return self._columns.seal(pad(text.encode(), length), _column_place(name, owner))

    def open_column(self, name: str, owner: str, sealed: bytes) -> str:
        """Return a sealed column's text; raises `WrongKey` where it was sealed for another place."""
        return unpad(self._columns.open(sealed, _column_place(name, owner))).decode()

    def ensure_subject(self, account_id: str) -> bool:
        """Make the person's key unless there is one, and return whether it was made; again changes nothing."""
        link = self._link(account_id)
        if self._wrapped(link) is not None:
            return False
        row = {"link": link, "wrapped": self._provider.wrap(os.urandom(KEY_BYTES), link)}
        return write_transaction(Store.KEYS, lambda session: insert_if_absent(session, SubjectKey, row))

    def open(self, account_id: str) -> Drawer:
        """Open what is sealed for one person; raises `SubjectGone` or `WrongKeys`. Do not keep what it returns."""
        return self.open_link(self._link(account_id))

    def open_link(self, link: bytes) -> Drawer:
        """Open what is sealed for the person of a link, as `open` does."""
        return Drawer(self._subject_key(link))

    def records(self, account_id: str, kind: Kind) -> Records:
        """Open the records of one kind of one person, as `open` does."""
        return self.open(account_id).records(kind)

    def records_of_many(self, account_ids: Sequence[str], kind: Kind, window: str) -> Iterator[tuple[str, list[Entry]]]:
        """Give the live records of many people in one window, the latest first; who has no key is passed over.

        Two statements for all of them. Raises `WrongKeys`.
        """
        accounts = {self._link(each): each for each in account_ids}
        opened = {accounts[link]: Records(key, kind) for link, key in self._subject_keys(list(accounts)).items()}
        if not opened:
            return
        slots = {account_id: records.first_slots(window) for account_id, records in opened.items()}
        found = {
            bytes(slot): bytes(row)
            for slot, row in rows_at(find_alone, [each for some in slots.values() for each in some])
        }
        for account_id, records in opened.items():
            yield account_id, records.live_among(window, slots[account_id], found)

    def sign(self, content: bytes) -> bytes:
        """Return the signature of this deployment under something that it publishes."""
        return signatures.sign(self._signing_seed, content)

    @property
    def public_key(self) -> bytes:
        """The key with which anybody can check such a signature."""
        return signatures.public_key(self._signing_seed)

    def link_of(self, account_id: str) -> bytes:
        """Return the keyed hash of an account under which its key stands; it is the account's name in the ledger."""
        return self._link(account_id)

    def erase_subject(self, link: bytes, windows: Sequence[str], holdings: Holdings) -> None:
        """Delete all records of a person, destroy their key, and delete what was written meanwhile.

        Each step writes one store; cut off anywhere, it can be run again. Without a key nothing is left to do.
        Raises `WrongKeys`.
        """
        try:
            subject_key = self._subject_key(link)
        except SubjectGone:
            return
        shred(subject_key, windows, holdings)
        self.destroy_key(link)
        shred(subject_key, windows, holdings)  # A submission on its way may have held the key already.

    def destroy_key(self, link: bytes) -> None:
        """Delete the wrapped key of a person; what was sealed under it stays closed for ever."""
        statement = delete(SubjectKey).where(SubjectKey.link == link)
        write_transaction(Store.KEYS, lambda session: count_rows(session, statement))

    def links(self) -> frozenset[bytes]:
        """Return the links of all keys that there are."""
        with reading(Store.KEYS) as session:
            return frozenset(map(bytes, session.execute(select(SubjectKey.link)).scalars()))

    def windows_held(self) -> tuple[str, ...]:
        """Return the half-years of all records of everybody, the latest first; reads the whole store."""
        with reading(Store.VAULT) as session:
            found = session.execute(select(SealedRecord.window).distinct()).scalars()
            return tuple(sorted(found, reverse=True))

    def keys_by_number(self) -> dict[int, int]:
        """Return how many keys hang on which number of the key-encryption keys."""
        return rotation.keys_by_number(self._provider)

    @property
    def current_number(self) -> int:
        """The number of the key-encryption key that wraps now."""
        return self._provider.current

    def rotate(self, done: Callable[[int], object]) -> int:
        """Wrap all keys under the current number; return how many were not yet. Raises `WrongKeys`; restartable."""
        self.check_keys()
        try:
            return rotation.rewrap_keys(self._provider, done) + rotation.rewrap_check(self._provider, CHECK_CONTEXT)
        except WrongKey:
            raise WrongKeys from None

    def check_keys(self) -> None:
        """Make sure that these are the keys of the stored data; the first start ever leaves the mark.

        Raises `WrongKeys`. Asked anew each time: it is one row, and a store restored under other keys is noticed.
        """
        with reading(Store.KEYS) as session:
            sealed = session.execute(MARK).scalar()
        try:
            mark = self._provider.unwrap(sealed or self._leave_mark(), CHECK_CONTEXT)
        except WrongKey:
            raise WrongKeys from None
        if not hmac.compare_digest(mark, self._provider.derive("key check")):
            raise WrongKeys

    def _leave_mark(self) -> bytes:
        """Leave a mark, and return the one that stands: another first start may have been quicker."""
        mark = self._provider.wrap(self._provider.derive("key check"), CHECK_CONTEXT)

        def work(session: Session) -> bytes:
            insert_if_absent(session, KeyCheck, {"name": CHECK_NAME, "sealed": mark})
            return session.execute(MARK).scalar_one()

        return write_transaction(Store.KEYS, work)

    def _link(self, account_id: str) -> bytes:
        return hmac.digest(self._link_key, account_id.encode(), "sha256")

    def _subject_key(self, link: bytes) -> bytes:
        wrapped = self._wrapped(link)
        if wrapped is None:
            raise SubjectGone
        try:
            return self._provider.unwrap(wrapped, link)
        except WrongKey:
            raise WrongKeys from None

    def _subject_keys(self, links: Sequence[bytes]) -> dict[bytes, bytes]:
        rows = read_prepared(Store.KEYS, _wrapped_of_many(len(links)), named_links(links)) if links else []
        try:
            return {bytes(link): self._provider.unwrap(wrapped, bytes(link)) for link, wrapped in rows}
        except WrongKey:
            raise WrongKeys from None

    @staticmethod
    def _wrapped(link: bytes) -> bytes | None:
        found = read_prepared(Store.KEYS, WRAPPED, {"link": link})
        return found[0][0] if found else None


def init_app(app: Flask, provider: KeyProvider) -> None:
    """Open the vault of this application."""
    app.extensions["heartport.vault"] = Vault(provider)


def current_vault() -> Vault:
    """Return the vault of the current application."""
    vault: Vault = registry()["heartport.vault"]
    return vault


@cache
def _wrapped_of_many(count: int) -> Prepared:
    places: list[ColumnElement[Any]] = [bindparam(f"link_{place}") for place in range(count)]
    return Prepared(select(SubjectKey.link, SubjectKey.wrapped).where(SubjectKey.link.in_(places)))


def named_links(links: Sequence[bytes]) -> dict[str, object]:
    """Return the values of that statement."""
    return {f"link_{place}": link for place, link in enumerate(links)}


def _column_place(name: str, owner: str) -> bytes:
    return f"column|{name}|{owner}".encode()
