"""Use case: erase everything about a person, in steps that each write one store and can be repeated.

Mark the account, note it in the ledger, delete the sealed records and destroy the key, delete the account. The first
step decides: the tokens die in it, the identity goes in it, and whoever signs in again gets a new account. Cut off
anywhere after it, the rest is done by `finish_erasures`.
"""

import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.errors import NotSignedIn, Unavailable
from heartport.members.erasure_ledger import current_ledger
from heartport.members.models import AccessToken, Account, Consent, Erasure
from heartport.members.personal_data import Remainder, current_parts, remainders
from heartport.members.profiles import EMPTY_PROFILE, seal_profile
from heartport.members.sessions import OPENID_LENGTH
from heartport.store_files import truncate_logs
from heartport.stores import Store, count_rows, insert_if_absent, reading, write_transaction
from heartport.vault.copies import destroy_copies
from heartport.vault.door import SubjectGone, current_vault
from heartport.vault.key_rings import ledger_name
from heartport.vault.shredding import Holdings
from heartport.vault.windows import window_of, windows_between
from heartport.web.idempotency import delete_keys_of

log = structlog.get_logger("heartport.members")

CONFIRMATION = "抹去我的全部数据"
BACKUP_DAYS = 14
"""How long a copy may lie in a backup: the deadline that the texts of consent name (docs/privacy.md)."""
ACCOUNTS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of it; not `finished` where a store did not answer and the rest follows by itself."""

    finished: bool
    decided_on: date
    stays: tuple[Remainder, ...]

    @property
    def backups_until(self) -> date:
        """The day on which the last backup with a copy is gone."""
        return self.decided_on + timedelta(days=BACKUP_DAYS)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a restored backup had brought back."""

    accounts: int
    keys: int
    copies: int
    """Of results that were shared, and withdrawn since."""


def erase_everything(account_id: str) -> Erased:
    """Erase a person; raises `Unavailable` where it cannot begin, and then nothing has changed."""
    current_ledger().check()
    current_vault().check_keys()
    _mark(account_id)
    try:
        _finish(account_id)
        finished = True
    except Unavailable as problem:
        log.error("erasure_unfinished", reason=problem.code)
        finished = False
    return Erased(finished, clock.today(), remainders())


def finish_erasures() -> int:
    """Finish what was begun and cut off, and return how many; one that fails does not hold up the others."""
    with reading(Store.MAIN) as session:
        begun = list(session.execute(select(Erasure.account_id)).scalars())
    if begun:
        current_vault().check_keys()
    failures = []
    for account_id in begun:
        try:
            _finish(account_id)
        except Unavailable as problem:
            failures.append(problem)
    truncate_logs()
    if failures:
        raise failures[0]
    return len(begun)


def replay_ledger() -> Replayed:
    """Erase again whom a restored backup brought back, by the ledger; raises `LedgerMissing` or `WrongKeys`."""
    vault, links = current_vault(), current_ledger().links()
    vault.check_keys()  # Under other keys no line would fit anybody.
    back = [account_id for account_id in account_ids() if vault.link_of(account_id) in links]
    for account_id in back:
        _mark(account_id)
        _finish(account_id)
    # Where keys and records are older than `main`, the account is gone already.
    keys = vault.links() & links
    erase_by_link(keys)
    copies = destroy_copies(vault.copy_keys, lambda _link, key: ledger_name(key) in links)
    truncate_logs()
    return Replayed(len(back), len(keys), copies)


def erase_by_link(links: Collection[bytes]) -> None:
    """Erase keys that have no account, with all that is sealed under them, whatever half-year it is of."""
    windows = current_vault().windows_held() if links else ()
    for link in links:
        _erase_sealed(link, windows)
    truncate_logs()


def has_accounts() -> bool:
    """Tell whether anybody ever signed up and is still there."""
    return next(account_ids(), None) is not None


def account_ids() -> Iterator[str]:
    """Give all accounts, a thousand at a time."""
    last = ""
    while True:
        page = select(Account.id).where(Account.id > last).order_by(Account.id).limit(ACCOUNTS_AT_ONCE)
        with reading(Store.MAIN) as session:
            found = list(session.execute(page).scalars())
        yield from found
        if len(found) < ACCOUNTS_AT_ONCE:
            return
        last = found[-1]


def _mark(account_id: str) -> None:
    """Decide the erasure; raises `NotSignedIn` where the account is gone."""
    vault = current_vault()
    nobody = {
        "openid_index": secrets.token_bytes(32),
        "openid_sealed": vault.seal_column("openid", account_id, "", OPENID_LENGTH),
        "profile_sealed": seal_profile(account_id, EMPTY_PROFILE),
    }

    def work(session: Session) -> None:
        _lock(session, account_id)
        insert_if_absent(session, Erasure, {"account_id": account_id})
        session.execute(delete(AccessToken).where(AccessToken.account_id == account_id))
        session.execute(update(Account).where(Account.id == account_id).values(nobody))
        for part in current_parts():
            if part.at_once:
                part.erase(session, account_id)

    write_transaction(Store.MAIN, work)


def _finish(account_id: str) -> None:
    """Do all steps after the first; each of them may have been done already."""
    link = current_vault().link_of(account_id)
    current_ledger().note(link)
    with reading(Store.MAIN) as session:
        since = session.execute(select(Account.since_window).where(Account.id == account_id)).scalar()
    if since is not None:
        now = window_of(clock.today())
        _erase_sealed(link, windows_between(since, max(since, now)))
        write_transaction(Store.MAIN, lambda session: _forget(session, account_id))
    truncate_logs()


def _erase_sealed(link: bytes, windows: Sequence[str]) -> None:
    """Erase all that is sealed for the person of a link, beginning with what others may read of it."""
    with suppress(SubjectGone):
        drawer = current_vault().open_link(link)
        for part in current_parts():
            part.end_shares(drawer)
    current_vault().erase_subject(link, windows, sum((part.holdings() for part in current_parts()), start=Holdings()))


def _forget(session: Session, account_id: str) -> None:
    """Delete the account and all rows of it, in whatever feature."""
    try:
        _lock(session, account_id)
    except NotSignedIn:
        return  # Somebody else finished it.
    for part in current_parts():
        part.erase(session, account_id)
    delete_keys_of(session, account_id)
    for model in (AccessToken, Consent, Erasure):
        count_rows(session, delete(model).where(model.account_id == account_id))
    count_rows(session, delete(Account).where(Account.id == account_id))


def _lock(session: Session, account_id: str) -> None:
    """Hold the account, so that nobody else adds rows that refer to it; raises `NotSignedIn` where it is gone."""
    held = select(Account.id).where(Account.id == account_id).with_for_update()
    if session.execute(held).scalar() is None:
        raise NotSignedIn
