"""Use cases after a backup was put back: what it brought to life again, and what does not fit together any more.

The three stores are backed up apart and may be of different days. A person who came after the backup of `keys` has no
key now; one who came after the backup of `main` has a key and records, and no account from which to reach them.
"""

from dataclasses import dataclass

from heartport.members.erasures import account_ids, erase_by_link
from heartport.members.open_sessions import end_everybodys
from heartport.stores import Store, write_transaction
from heartport.vault.door import current_vault


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What of `main` and `keys` lacks the other."""

    accounts_without_key: int
    """Whoever signs in again gets a new key; what was sealed under the old one stays closed."""
    keys_without_account: tuple[bytes, ...]


def compare_stores() -> Mismatch:
    """Compare all accounts with all keys; raises `WrongKeys`, since under other keys nothing would fit."""
    vault = current_vault()
    vault.check_keys()
    keys = vault.links()  # First: an account is made before its key, so whoever signs up just now is not lost.
    accounts = {vault.link_of(account_id) for account_id in account_ids()}
    return Mismatch(len(accounts - keys), tuple(sorted(keys - accounts)))


def erase_lost(mismatch: Mismatch) -> int:
    """Erase keys without an account with all that is sealed under them, and return how many."""
    erase_by_link(mismatch.keys_without_account)
    return len(mismatch.keys_without_account)


def end_all_sessions() -> int:
    """End every sign-in of everybody and return how many: some were ended since the backup, and live again."""
    return write_transaction(Store.MAIN, end_everybodys)
