"""`flask keys new FILE` makes the deployment's keys."""

import os
from pathlib import Path

import click
from flask.cli import AppGroup

from heartport.vault.providers import new_keys

keys_commands = AppGroup("keys", help="Make and keep the deployment's keys.")


@keys_commands.command("new")
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Write a new key file that only its owner may read; never overwrites one."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{file} exists already; losing its keys would lose all data under them") from None
    except OSError as problem:
        raise click.ClickException(f"{file}: {problem.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(new_keys())
    click.echo(f"{file} written. Keep a copy where no database backup lies.")
