"""`flask duty …`: a coordinator loads a roster from a file and sees who is on duty."""

from pathlib import Path

import click

from heartport.content import ContentRefused
from heartport.duty import files
from heartport.duty.roster import read_roster
from heartport.local_time import local
from heartport.terminal import Commands

duty_commands = Commands("duty", help="Load and show the roster of who answers for call-backs.")


@duty_commands.command("load")
@click.argument("file", type=click.Path(path_type=Path))
def load(file: Path) -> None:
    """Put the shifts of FILE in the place of all that are not over."""
    try:
        count = files.load_roster(file)
    except ContentRefused as refused:
        raise click.ClickException("\n".join(refused.problems)) from None
    click.echo(f"{count} shifts from now on")


@duty_commands.command("list")
def list_shifts() -> None:
    """Show the shifts that are not over."""
    shifts = read_roster().shifts
    for shift in shifts:
        span = " – ".join(local(each).strftime("%Y-%m-%d %H:%M") for each in (shift.starts_at, shift.ends_at))
        click.echo(f"{span}  " + ", ".join(f"{duty}: {username}" for duty, username in shift.people.items()))
    if not shifts:
        click.echo("Nobody is on duty, now or later: employees are offered no call-back.")
