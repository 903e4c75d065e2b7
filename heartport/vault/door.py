"""The vault as the rest of the house sees it: seal a column, find by a blind index, open a person's records."""

import hmac
import os

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport.errors import Unavailable
from heartport.stores import Store, insert_if_absent, reading, write_transaction
from heartport.vault.models import KeyCheck, SubjectKey
from heartport.vault.providers import KEY_BYTES, KeyProvider, WrongKey
from heartport.vault.records import Kind, Records
from heartport.vault.sealing import Sealer, pad, unpad

CHECK_NAME = "root"
CHECK_CONTEXT = b"key check"
MARK = select(KeyCheck.sealed).where(KeyCheck.name == CHECK_NAME)


class WrongKeys(Unavailable):
    """The keys of this start are not those under which the stored data was sealed."""

    code = "wrong_keys"


class SubjectGone(Unavailable):
    """A person's key does not exist: not made yet, or destroyed."""

    code = "subject_gone"


class Vault:
    """All cryptography of one application, under the keys of one provider."""

    def __init__(self, provider: KeyProvider) -> None:
        self._provider = provider
        self._link_key = provider.derive("link")
        self._index_key = provider.derive("blind index")
        self._fingerprint_key = provider.derive("fingerprint")
        self._columns = Sealer(provider.derive("columns"))

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

    def ensure_subject(self, account_id: str) -> None:
        """Make the person's key unless there is one; running it again changes nothing."""
        link = self._link(account_id)
        with reading(Store.KEYS) as session:
            if self._wrapped(session, link) is not None:
                return
        row = {"link": link, "wrapped": self._provider.wrap(os.urandom(KEY_BYTES), link)}
        write_transaction(Store.KEYS, lambda session: insert_if_absent(session, SubjectKey, row))

    def records(self, account_id: str, kind: Kind) -> Records:
        """Open the records of one person; raises `SubjectGone` or `WrongKeys`. Do not keep what it returns."""
        link = self._link(account_id)
        with reading(Store.KEYS) as session:
            wrapped = self._wrapped(session, link)
        if wrapped is None:
            raise SubjectGone
        try:
            subject_key = self._provider.unwrap(wrapped, link)
        except WrongKey:
            raise WrongKeys from None
        return Records(subject_key, kind)

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

    @staticmethod
    def _wrapped(session: Session, link: bytes) -> bytes | None:
        return session.execute(select(SubjectKey.wrapped).where(SubjectKey.link == link)).scalar()


def init_app(app: Flask, provider: KeyProvider) -> None:
    """Open the vault of this application."""
    app.extensions["heartport.vault"] = Vault(provider)


def current_vault() -> Vault:
    """Return the vault of the current application."""
    vault: Vault = current_app.extensions["heartport.vault"]
    return vault


def _column_place(name: str, owner: str) -> bytes:
    return f"column|{name}|{owner}".encode()
