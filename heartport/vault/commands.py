"""`flask keys …` makes the deployment's keys and adds to them, `flask vault …` brings what is stored under them."""

import fcntl
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup

from heartport.config import SettingsError
from heartport.store_files import truncate_logs
from heartport.terminal import Commands
from heartport.vault.door import current_vault
from heartport.vault.providers import new_keys, with_another_key
from heartport.vault.rotation import count_keys

keys_commands = AppGroup("keys", help="Make and keep the deployment's keys.")
vault_commands = Commands("vault", help="Look after what is stored under the deployment's keys.")


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


@keys_commands.command("add")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def add(file: Path) -> None:
    """Add a new key-encryption key and make it the current one; the old ones stay."""
    try:
        with _replacing(file.resolve()) as (content, replace):
            text, number = with_another_key(content)
            replace(text.encode())
    except SettingsError as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise click.ClickException(f"{file}: {problem.strerror}") from None
    click.echo(
        f"Key {number} was added to {file} and is the current one. Copy the file to its safe place, restart every "
        "process of the service, then run `flask --app wsgi vault rotate`."
    )


@vault_commands.command("rotate")
@click.option("--check", is_flag=True, help="Change nothing; tell how many keys hang on which number.")
def rotate(check: bool) -> None:
    """Wrap all keys of persons under the current key-encryption key; can be cut off and run again."""
    if not check:
        with click.progressbar(
            length=count_keys() or 1, label="rotating", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            changed = current_vault().rotate(bar.update)
        truncate_logs()
        click.echo(f"Wrapped anew: {changed}.")
    current = current_vault().current_number
    for number, count in current_vault().keys_by_number().items():
        click.echo(f"Under key {number}{' (current)' if number == current else ''}: {count}")


@contextmanager
def _replacing(file: Path) -> Iterator[tuple[bytes, Callable[[bytes], None]]]:
    """Give a file's content and what replaces it: whole or not at all, with its owner, one caller at a time."""
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield file.read_bytes(), lambda content: _replace(file, content)
        os.fsync(folder)
    finally:
        os.close(folder)


def _replace(file: Path, content: bytes) -> None:
    owner = file.stat()
    descriptor, unfinished = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(stream.fileno(), owner.st_uid, owner.st_gid)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(unfinished).replace(file)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
