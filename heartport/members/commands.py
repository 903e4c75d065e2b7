"""`flask restore check`: after a backup was restored, and before the service opens."""

import click

from heartport.members.erasure_ledger import current_ledger
from heartport.members.erasures import finish_erasures, has_accounts, replay_ledger
from heartport.terminal import Commands

restore_commands = Commands("restore", help="Put a restored backup right before the service opens.")

MISSING = (
    "The erasure ledger is missing ({path}), and there are accounts. It names who was erased; without it a restored "
    "backup brings them back for good.\nPut it back, or name its place in HEARTPORT_ERASURE_LEDGER. If there never was "
    "one, or it is lost for good: --force-new-ledger begins a new one, which knows nobody."
)


@restore_commands.command("check")
@click.option("--force-new-ledger", is_flag=True, help="Begin a new ledger although there are accounts.")
def check(force_new_ledger: bool) -> None:
    """Erase again whoever was erased since the backup, finish what was begun; exit with 1 without a ledger."""
    ledger = current_ledger()
    if not ledger.exists():
        if has_accounts() and not force_new_ledger:
            raise click.ClickException(MISSING.format(path=ledger.path))
        ledger.begin()
        click.echo(f"A new erasure ledger was begun: {ledger.path}. Keep it outside all backups of the stores.")
    finished = finish_erasures()
    replayed = replay_ledger()
    click.echo(
        f"Erasures finished: {finished}. Accounts erased again: {replayed.accounts}. "
        f"Keys and records without an account erased again: {replayed.keys}."
    )
