"""`flask scales …`: what authors and analysts do with scale files at a terminal; only `sign` needs the database."""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click
from flask import current_app
from flask.cli import AppGroup

from heartport.assessments.openings import DAYS, open_scale
from heartport.assessments.reviews import sign_off
from heartport.config import SettingsError, scale_directories
from heartport.errors import Refusal
from heartport.local_time import local
from heartport.members.standing import read_standing
from heartport.scoring.blank import blank
from heartport.scoring.codebook import codebook
from heartport.scoring.edges import edge_cases
from heartport.scoring.frozen import NotFrozen, freeze, thaw
from heartport.scoring.headers import ENCODINGS, TableRefused
from heartport.scoring.language import Scale
from heartport.scoring.library import (
    Library,
    edges_file,
    is_overlay,
    load_file,
    load_library,
    scale_files,
    scale_of_overlay,
)
from heartport.scoring.noticing import Frozen, Verdict, disagreements, verdicts
from heartport.scoring.portrait import portrait
from heartport.scoring.problems import Problem, ScalesRefused
from heartport.scoring.records import Part
from heartport.scoring.schema import overlay_schema, scale_schema, schema_as_json

TABLES, JSON_LINES = (".csv",), (".jsonl", ".ndjson", ".json")
"""How the names of files end."""

scales_commands = AppGroup("scales", help="Check, show and score scales.")


@scales_commands.command("new", with_appcontext=False)
@click.argument("scale_id", metavar="ID")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="Where to write it; the current folder if none is named.",
)
def new_scale(scale_id: str, folder: Path) -> None:
    """Write ID.yaml, a draft with a comment on every part; a file that is there stays as it is."""
    path = folder / f"{scale_id}.yaml"
    try:
        text = blank(scale_id, local(datetime.now(UTC)).date())
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except ValueError as problem:
        raise click.ClickException(f"{scale_id}: {problem}") from None
    except FileExistsError:
        raise click.ClickException(f"{path}: there is such a file already") from None
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from None
    click.echo(f"{path}: a draft to write over; check it with flask scales lint {path}")


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
@click.argument("name", metavar="[ID[@VERSION]]", required=False)
@click.option("--all", "every", is_flag=True, help="All current scales.")
@click.option("--freeze", "frozen", is_flag=True, help="Write them beside the scale file instead of printing them.")
def print_edges(name: str | None, every: bool, frozen: bool) -> None:
    """Generate the edge cases of a scale with what comes of them, one a line."""
    library = _library()
    for scale in _chosen(library, name, every):
        text = freeze(scale, edge_cases(scale))
        if frozen:
            path = edges_file(library.files[scale.id, scale.version])
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        click.echo(f"{path}: {_counted(len(thaw(text)), 'case')}" if frozen else text, nl=frozen)


@scales_commands.command("mutate", with_appcontext=False)
@click.argument("name", metavar="[ID[@VERSION]]", required=False)
@click.option("--all", "every", is_flag=True, help="All current scales.")
@click.option("--list", "listed", is_flag=True, help="Every mutant, not only those that live.")
@click.option("--tests", "only_tests", is_flag=True, help="Judge by the tests in the file alone, without frozen edges.")
def mutate_scales(name: str | None, every: bool, listed: bool, only_tests: bool) -> None:
    """Make every single edit of a scale's scoring; tell which of them neither its tests nor its frozen edges notice."""
    library = _library()
    scales = _chosen(library, name, every)
    reports: list[str] = []
    alive = 0
    with click.progressbar(scales, label="mutating", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for scale in bar:
            found = list(verdicts(scale, () if only_tests else _frozen(library, scale)))
            alive += sum(each.fate == "lives" for each in found)
            reports += _told(scale, found, listed)
    click.echo("\n".join([*reports, f"{_counted(len(scales), 'scale')}, {_counted(alive, 'mutant')} alive"]))
    if alive:
        sys.exit(1)


@scales_commands.command("schema", with_appcontext=False)
@click.option("--wording", is_flag=True, help="That of overlays.")
def print_schema(wording: bool) -> None:
    """Print the JSON Schema of scale files, as it stands in scales/schema.json, for editors."""
    click.echo(schema_as_json(overlay_schema() if wording else scale_schema()), nl=False)


@scales_commands.command("export", with_appcontext=False)
@click.argument("name", metavar="ID[@VERSION]")
@click.option("--to", "form", type=click.Choice(["codebook"]), required=True, help="What to write.")
@click.option("--out", "target", default="-", help="A CSV file; - is standard output.")
def export_scale(name: str, form: str, target: str) -> None:
    """Write the codebook of a scale: each variable with its values, its key and its source."""
    content = {"codebook": codebook}[form](_scale(name))
    with _output(target) as sink:
        sink.write(content.encode())


@scales_commands.command("score", with_appcontext=False)
@click.argument("name", metavar="ID[@VERSION]")
@click.option("--in", "source", type=click.File("rb"), required=True, help="CSV or JSON lines; - is standard input.")
@click.option("--out", "target", required=True, help="CSV if it ends in .csv, else JSON lines; - is standard output.")
@click.option("--encoding", type=click.Choice(ENCODINGS), default=ENCODINGS[0], help="Of what is read.")
@click.option("--year", type=click.IntRange(1900, 2100), help="Of the answers, where ages follow from years of birth.")
def score_responses(name: str, source: BinaryIO, target: str, encoding: str, year: int | None) -> None:
    """Score responses, one a line or a row, in their order; exit with 1 if one could not be read."""
    from heartport.scoring.columns.running import Batch, Source  # noqa: PLC0415 - loads NumPy

    scale = _scale(name)
    try:
        batch = Batch(
            scale, Source(source, _is_table(source), encoding, year), to_table=target.lower().endswith(TABLES)
        )
    except TableRefused as refused:
        raise click.ClickException(f"--in: {refused}") from None
    if batch.absent:
        click.echo(f"no column for {', '.join(batch.absent)}: missing in every row", err=True)
    with _output(target) as sink:
        total, wrong = _written(batch.parts(), _size(source), sink)
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


@scales_commands.command("open")
@click.argument("scale_id", metavar="ID")
@click.option("--account", required=True, help="The person's id, as their own page shows it.")
@click.option("--by", "opened_by", required=True, help="Who opens it and will explain it.")
@click.option("--days", type=click.IntRange(1, 180), default=DAYS, show_default=True, help="For how long.")
def open_for_person(scale_id: str, account: str, opened_by: str, days: int) -> None:
    """Open a scale that is not on the shelf for one person; `main` learns nothing of it."""
    if (why := current_app.extensions.get("heartport.files_only")) is not None:
        raise click.ClickException(f"this is sealed in the database, and {why}")
    try:
        opening = open_scale(read_standing(account), scale_id, opened_by, days)
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal.detail}") from None
    click.echo(f"{opening.scale_id} is open to this person until {opening.until.isoformat()}.")


def _is_table(source: BinaryIO) -> bool | None:
    """Tell from its name whether a file is a table; other names tell nothing."""
    name = str(getattr(source, "name", "")).lower()
    return True if name.endswith((*TABLES, ".tsv")) else False if name.endswith(JSON_LINES) else None


def _written(parts: Iterable[Part], size: int, sink: BinaryIO) -> tuple[int, int]:
    """Write part after part, and on a terminal show how far reading has come; give the lines and the errors."""
    total = wrong = come = 0
    with click.progressbar(
        length=size or 1, label="scoring", file=sys.stderr, hidden=not (size and sys.stderr.isatty())
    ) as bar:
        for part in parts:
            sink.write(part.data)
            total, wrong = total + part.lines, wrong + part.errors
            bar.update(part.read_bytes - come)
            come = part.read_bytes
    return total, wrong


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


def _frozen(library: Library, scale: Scale) -> Frozen:
    """Read the frozen edges of a scale; they must be there and agree with it."""
    path = edges_file(library.files[scale.id, scale.version])
    how = f"flask scales edges {scale.id} --freeze"
    try:
        frozen = thaw(path.read_text(encoding="utf-8"))
    except OSError:
        raise click.ClickException(f"{path}: there are no frozen edges; look at them and write {how}") from None
    except NotFrozen as problem:
        raise click.ClickException(f"{path}: {problem}") from None
    if changed := disagreements(scale, frozen):
        detail = f"{_counted(len(changed), 'case')} no longer as frozen, first {changed[0]}"
        raise click.ClickException(f"{path}: {detail}; raise the version and write {how}")
    return frozen


def _told(scale: Scale, found: Sequence[Verdict], listed: bool) -> Iterator[str]:
    """Count what became of the mutants, and name those that live, or all."""
    counts = Counter(each.fate for each in found)
    yield (
        f"{scale.id} {scale.version}: {_counted(len(found), 'mutant')}, {counts['edges']} noticed by edges, "
        f"{counts['examples']} by tests, {counts['equivalent']} change nothing, {counts['lives']} alive"
    )
    yield from (f"  {each.fate}: {each.mutant.name}" for each in found if listed or each.fate == "lives")


def _chosen(library: Library, name: str | None, every: bool) -> list[Scale]:
    """Find the scale that is named, or all current ones."""
    if (name is None) != every:
        raise click.ClickException("name one scale, or write --all")
    return [_found(library, name)] if name is not None else list(library.current.values())


def _library() -> Library:
    try:
        return load_library(_directories())
    except ScalesRefused as refused:
        raise click.ClickException(f"the scale files have problems\n{refused}") from None


def _scale(name: str) -> Scale:
    return _found(_library(), name)


def _found(library: Library, name: str) -> Scale:
    """Find a scale: the published version, or the one that is named after an @."""
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
