"""`flask scales …`: what authors and analysts do with scale files at a terminal; only `sign` needs the database."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
from flask import current_app
from flask.cli import AppGroup

from heartport.assessments.reviews import sign_off
from heartport.config import SettingsError, scale_directories
from heartport.scoring.batch import lines_of, score_lines
from heartport.scoring.edges import edges_as_json
from heartport.scoring.language import Scale
from heartport.scoring.library import is_overlay, load_file, load_library, scale_files, scale_of_overlay
from heartport.scoring.portrait import portrait
from heartport.scoring.problems import Problem, ScalesRefused
from heartport.scoring.schema import overlay_schema, scale_schema, schema_as_json

scales_commands = AppGroup("scales", help="Check, show and score scales.")


@scales_commands.command("lint", with_appcontext=False)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def lint_scales(files: tuple[Path, ...]) -> None:
    """Tell every problem of FILES (of all scale folders if none are named); exit with 1 if there is any."""
    problems = _problems_of_files(files) if files else _problems_of_folders()
    for problem in problems:
        click.echo(str(problem))
    count = len(files) or len(list(scale_files(_directories())))
    click.echo(f"{_counted(count, 'file')}, {_counted(len(problems), 'problem')}")
    if problems:
        sys.exit(1)


@scales_commands.command("show", with_appcontext=False)
@click.argument("name", metavar="ID[@VERSION]")
def show_scale(name: str) -> None:
    """Show the items, keys, scores, bands, flags, sources and licence of a scale."""
    click.echo(portrait(_scale(name)), nl=False)


@scales_commands.command("edges", with_appcontext=False)
@click.argument("name", metavar="ID[@VERSION]")
def print_edges(name: str) -> None:
    """Print the generated edge cases of a scale with what comes of them, as stable JSON."""
    click.echo(edges_as_json(_scale(name)), nl=False)


@scales_commands.command("schema", with_appcontext=False)
@click.option("--wording", is_flag=True, help="That of overlays.")
def print_schema(wording: bool) -> None:
    """Print the JSON Schema of scale files, as it stands in scales/schema.json, for editors."""
    click.echo(schema_as_json(overlay_schema() if wording else scale_schema()), nl=False)


@scales_commands.command("score", with_appcontext=False)
@click.argument("name", metavar="ID[@VERSION]")
@click.option("--in", "source", type=click.File("rb"), required=True, help="JSON lines; - is standard input.")
@click.option("--out", "target", required=True, help="JSON lines; - is standard output.")
def score_responses(name: str, source: BinaryIO, target: str) -> None:
    """Score responses, one a line, in their order; exit with 1 if a line could not be read."""
    scale = _scale(name)
    with _output(target) as sink:
        total, wrong = _score(scale, source, sink)
    click.echo(f"{_counted(total, 'line')}, {_counted(wrong, 'error')}", err=True)
    if wrong:
        sys.exit(1)


@scales_commands.command("sign")
@click.argument("name", metavar="ID[@VERSION]")
@click.option("--reviewer", required=True, help="Who answers for the file.")
@click.option("--credential", required=True, help="What entitles the reviewer to it.")
def sign_scale(name: str, reviewer: str, credential: str) -> None:
    """Record that a professional signed this very file off; production offers signed files only."""
    scale = _scale(name)
    if (why := current_app.extensions.get("heartport.files_only")) is not None:
        raise click.ClickException(f"signing writes to the database, and {why}")
    fresh = sign_off(scale, reviewer, credential)
    click.echo(
        f"{scale.id} {scale.version} ({scale.hash[:12]}) {'is signed off' if fresh else 'was signed off before'}"
    )


def _score(scale: Scale, source: BinaryIO, sink: BinaryIO) -> tuple[int, int]:
    total = wrong = 0
    for line in score_lines(scale, _with_progress(source)):
        sink.write(line.text.encode() + b"\n")
        total += 1
        wrong += not line.scored
    return total, wrong


def _with_progress(source: BinaryIO) -> Iterator[bytes]:
    """Give the lines, and on a terminal show how far reading has come."""
    size = _size(source)
    with click.progressbar(
        length=size or 1, label="scoring", file=sys.stderr, hidden=not (size and sys.stderr.isatty())
    ) as bar:
        for line in lines_of(source):
            bar.update(len(line))
            yield line


def _size(source: BinaryIO) -> int:
    try:
        return os.fstat(source.fileno()).st_size
    except OSError:
        return 0


@contextmanager
def _output(target: str) -> Iterator[BinaryIO]:
    """Open the output; a file appears under its name only when all of it is written."""
    if target == "-":
        yield sys.stdout.buffer
        return
    path = Path(target)
    try:
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise click.ClickException(f"--out: {error.strerror}") from None
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def _problems_of_files(files: tuple[Path, ...]) -> tuple[Problem, ...]:
    return tuple(problem for path in files for problem in _problems_of_file(path))


def _problems_of_file(path: Path) -> tuple[Problem, ...]:
    """Check a scale, or an overlay together with the scale to which it belongs."""
    scale = scale_of_overlay(path, _directories()) if is_overlay(path) else path
    if scale is None:
        return (Problem(str(path), 0, (), "there is no scale file for this wording"),)
    try:
        load_file(scale, path if scale is not path else None)
    except ScalesRefused as refused:
        return refused.problems
    return ()


def _problems_of_folders() -> tuple[Problem, ...]:
    try:
        load_library(_directories())
    except ScalesRefused as refused:
        return refused.problems
    return ()


def _scale(name: str) -> Scale:
    """Find a scale: the published version, or the one that is named after an @."""
    try:
        library = load_library(_directories())
    except ScalesRefused as refused:
        raise click.ClickException(f"the scale files have problems\n{refused}") from None
    scale_id, _, version = name.partition("@")
    found = library.find(scale_id, version) if version else library.current.get(scale_id)
    if found is None:
        raise click.ClickException(f"no such scale; there are {', '.join(sorted(library.current))}")
    return found


def _directories() -> tuple[Path, ...]:
    try:
        return scale_directories(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"
