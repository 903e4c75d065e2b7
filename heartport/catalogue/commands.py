"""`flask topics …`: what editors do with the file of topics at a terminal; no database is needed."""

import os
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from heartport.catalogue.files import FILE_NAME, read_catalogue
from heartport.catalogue.rules import lost_codes
from heartport.config import SettingsError, content_directory
from heartport.content import ContentRefused

topics_commands = AppGroup("topics", help="Check the file of workshop topics.")
A_FILE = click.Path(path_type=Path, dir_okay=False)


@topics_commands.command("lint", with_appcontext=False)
@click.argument("file", type=A_FILE, required=False)
@click.option("--before", type=A_FILE, help="The file as it was: tell which of its codes are gone.")
def lint_topics(file: Path | None, before: Path | None) -> None:
    """Tell every problem of FILE (else topics.yaml of the content folder); exit with 1 if there is any."""
    try:
        path = file or content_directory(os.environ) / FILE_NAME
        catalogue = read_catalogue(path)
        lost = list(lost_codes(read_catalogue(before), catalogue)) if before else []
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    except ContentRefused as refused:
        click.echo("\n".join(refused.problems))
        sys.exit(1)
    if lost:
        click.echo("\n".join(f"{path}: {each}" for each in lost))
        sys.exit(1)
    click.echo(f"{len(catalogue.themes)} themes, {len(catalogue.topics)} topics: no problem")
