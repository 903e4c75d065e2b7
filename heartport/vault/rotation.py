"""Rotation: wrapping every key of persons and appointments anew under the current key-encryption key.

What is sealed for a person hangs on that person's own key and stays as it is, and so does what hangs on an
appointment's. Links, blind indexes and sealed columns hang on the root secret, which does not rotate.
"""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from heartport.stores import Store, reading, write_transaction
from heartport.vault.models import CaseRecordKey, KeyCheck, SharedCopyKey, SubjectKey
from heartport.vault.providers import KeyProvider

KEYS_AT_ONCE = 500
"""How many are wrapped anew in one transaction: a person who signs in waits for no more than that."""

Wrapped = tuple[bytes, bytes]
"""A link and the key that is wrapped under it."""

LinkedKey = type[SubjectKey] | type[SharedCopyKey] | type[CaseRecordKey]
LINKED: tuple[LinkedKey, ...] = (SubjectKey, SharedCopyKey, CaseRecordKey)

REPLACE_CHECK = (
    update(KeyCheck)
    .where(KeyCheck.name == bindparam("row"), KeyCheck.sealed == bindparam("old"))
    .values(sealed=bindparam("new"))
)


def count_keys() -> int:
    """Return how many keys of persons and appointments there are."""
    with reading(Store.KEYS) as session:
        return sum(session.execute(select(func.count()).select_from(model)).scalar_one() for model in LINKED)


def keys_by_number(provider: KeyProvider) -> dict[int, int]:
    """Return how many wrapped keys, the key check among them, hang on which key-encryption key."""
    found: dict[int, int] = {}
    with reading(Store.KEYS) as session:
        for column in (*(model.wrapped for model in LINKED), KeyCheck.sealed):
            header = func.substr(column, 1, provider.header_bytes).label("header")
            for each, count in session.execute(select(header, func.count()).group_by(header)):
                number = provider.number_of(bytes(each))
                found[number] = found.get(number, 0) + count
    return dict(sorted(found.items()))


def rewrap_keys(provider: KeyProvider, done: Callable[[int], object]) -> int:
    """Wrap all keys under the current number and return how many were not yet; `done` hears of every page.

    Restartable: what is under the current number already is left alone. Raises `WrongKey` where one hangs on a key
    that the provider does not have, or was altered; the pages before it stay done.
    """
    changed = 0
    for model in LINKED:
        for page in _pages(model):
            changed += _rewrap(provider, [(link, wrapped, link) for link, wrapped in page], _replace_key(model))
            done(len(page))
    return changed


def rewrap_check(provider: KeyProvider, context: bytes) -> int:
    """Wrap the key check under the current number, too, and return 1 if it was not yet."""
    with reading(Store.KEYS) as session:
        rows = session.execute(select(KeyCheck.name, KeyCheck.sealed)).all()
    return _rewrap(provider, [(name, bytes(sealed), context) for name, sealed in rows], REPLACE_CHECK)


def _rewrap(provider: KeyProvider, rows: Sequence[tuple[bytes | str, bytes, bytes]], replace: Update) -> int:
    """Replace those of these rows that hang on another number and are what they were."""
    fresh = [
        {"row": key, "old": wrapped, "new": provider.wrap(provider.unwrap(wrapped, context), context)}
        for key, wrapped, context in rows
        if provider.number_of(wrapped) != provider.current
    ]

    def work(session: Session) -> None:
        session.connection().execute(replace, fresh)

    if fresh:
        write_transaction(Store.KEYS, work)
    return len(fresh)


def _replace_key(model: LinkedKey) -> Update:
    """Return what replaces one key; what was destroyed meanwhile has no row any more, and gets none."""
    unchanged = model.link == bindparam("row"), model.wrapped == bindparam("old")
    return update(model).where(*unchanged).values(wrapped=bindparam("new"))


def _pages(model: LinkedKey) -> Iterator[list[Wrapped]]:
    last = b""
    while True:
        page = select(model.link, model.wrapped).where(model.link > last).order_by(model.link)
        with reading(Store.KEYS) as session:
            rows = [(bytes(link), bytes(wrapped)) for link, wrapped in session.execute(page.limit(KEYS_AT_ONCE))]
        if not rows:
            return
        yield rows
        last = rows[-1][0]
