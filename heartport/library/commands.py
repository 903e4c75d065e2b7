"""`flask library …`: what editors do with the library's files at a terminal; no database is needed."""

import os
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from heartport.config import SettingsError, content_directory
from heartport.content import ContentRefused
from heartport.library.files import read_library

library_commands = AppGroup("library", help="Check the files of articles, tracks and news.")


@library_commands.command("lint", with_appcontext=False)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
def lint_library(folder: Path | None) -> None:
    """Tell every problem of the files in FOLDER (else the content folder); exit with 1 if there is any."""
    try:
        library = read_library(folder or content_directory(os.environ))
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    except ContentRefused as refused:
        click.echo("\n".join(refused.problems))
        sys.exit(1)
    click.echo(f"{len(library.articles)} articles, {len(library.tracks)} tracks, {len(library.news)} news: no problem")
