"""`flask library lint` checks files and needs no database; `flask content …` loads and edits what is shown."""

import os
import sys
from collections import Counter
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from heartport.config import Settings, SettingsError, content_directory
from heartport.content import ContentRefused
from heartport.library.files import read_library
from heartport.library.loading import Fate, Take, load_library
from heartport.terminal import Commands

CONFLICTS = """These were changed in their files and here. Nothing of either is lost; decide with
  --take files     (what was edited here stays in the history, and can be brought back)
  --take database  (what stands in the files is passed over, and not told again)"""

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


content_commands = Commands("content", help="Load and edit what the library shows.")


@content_commands.command("load")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--take", type=click.Choice(list(Take)), default=Take.NEITHER, help="Whose word counts in a conflict.")
@click.option("--retire-missing", is_flag=True, help="Retire what came from a file that is gone.")
@click.option("--verbose", is_flag=True, help="Tell of what is unchanged, too.")
@click.option("--go-on", is_flag=True, help="End with 0 where a conflict is left.")
def load(folder: Path | None, take: str, retire_missing: bool, verbose: bool, go_on: bool) -> None:
    """Take over the files in FOLDER (else the content folder); exit with 1 where a conflict is left to decide."""
    settings: Settings = current_app.extensions["heartport.settings"]
    try:
        told = load_library(folder or settings.content_dir, take=Take(take), retire_missing=retire_missing)
    except ContentRefused as refused:
        raise click.ClickException("\n".join(refused.problems)) from None
    for each in told:
        if verbose or each.fate is not Fate.UNCHANGED:
            click.echo(f"{each.fate.value}: {each.kind.value} {each.id}")
    counts = Counter(each.fate for each in told)
    click.echo(", ".join(f"{counts[fate]} {fate.value}" for fate in Fate if counts[fate]) or "nothing")
    if counts[Fate.CONFLICT]:
        click.echo(CONFLICTS, err=True)
        sys.exit(0 if go_on else 1)
