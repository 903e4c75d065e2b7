"""`flask restore check`: after a backup was restored, and before the service opens."""

import click

from heartport.members import restores
from heartport.members.erasure_ledger import current_ledger
from heartport.members.erasures import finish_erasures, has_accounts, replay_ledger
from heartport.terminal import Commands

restore_commands = Commands("restore", help="Put a restored backup right before the service opens.")

WITHOUT_KEY = (
    "Accounts without a key: {count}. They came after the backup of `keys`, or are signing up just now. They get a new "
    "key when they sign in; what was sealed under the old one cannot be opened any more and goes with its half-year."
)
WITHOUT_ACCOUNT = (
    "Keys without an account: {count}. These people came after the backup of `main`; nobody can reach what is sealed "
    "for them, to read it or to erase it.\nIf no later backup of `main` will be put back: --erase-lost erases it."
)
MISSING = (
    "The erasure ledger is missing ({path}), and there are accounts. It names who was erased; without it a restored "
    "backup brings them back for good.\nPut it back, or name its place in HEARTPORT_ERASURE_LEDGER. If there never was "
    "one, or it is lost for good: --force-new-ledger begins a new one, which knows nobody."
)


@restore_commands.command("check")
@click.option("--force-new-ledger", is_flag=True, help="Begin a new ledger although there are accounts.")
@click.option("--keep-sessions", is_flag=True, help="Sign nobody out; only where no backup was put back.")
@click.option("--erase-lost", is_flag=True, help="Erase keys without an account with all that is sealed under them.")
def check(*, force_new_ledger: bool, keep_sessions: bool, erase_lost: bool) -> None:
    """Erase again whoever was erased since the backup, finish what was begun, and end all sessions.

    Says what of the stores does not fit together. Exits with 1 without a ledger.
    """
    _have_ledger(force_new_ledger)
    finished = finish_erasures()
    replayed = replay_ledger()
    click.echo(
        f"Erasures finished: {finished}. Accounts erased again: {replayed.accounts}. "
        f"Keys and records without an account erased again: {replayed.keys}. "
        f"Shared copies withdrawn again: {replayed.copies}."
    )
    if not keep_sessions:
        click.echo(f"Sessions ended, of employees and staff: {restores.end_all_sessions()}.")
    _compare(erase_lost)


def _have_ledger(force_new_ledger: bool) -> None:
    ledger = current_ledger()
    if ledger.exists():
        return
    if has_accounts() and not force_new_ledger:
        raise click.ClickException(MISSING.format(path=ledger.path))
    ledger.begin()
    click.echo(f"A new erasure ledger was begun: {ledger.path}. Keep it outside all backups of the stores.")


def _compare(erase_lost: bool) -> None:
    mismatch = restores.compare_stores()
    if mismatch.accounts_without_key:
        click.echo(WITHOUT_KEY.format(count=mismatch.accounts_without_key))
    if mismatch.keys_without_account and erase_lost:
        click.echo(f"Keys without an account erased, with their records: {restores.erase_lost(mismatch)}.")
    elif mismatch.keys_without_account:
        click.echo(WITHOUT_ACCOUNT.format(count=len(mismatch.keys_without_account)))
