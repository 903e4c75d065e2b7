"""`flask content …`: what editors do with the library at a terminal; each change bears the name of who made it."""

import difflib
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import click
from flask import current_app

from heartport.config import Settings
from heartport.content import ContentRefused
from heartport.library import editing
from heartport.library.documents import Document, file_of
from heartport.library.loading import Fate, Take, load_library
from heartport.library.revisions import Revision, StoredThing, read_revisions
from heartport.library.rules import ThingKind
from heartport.local_time import SHANGHAI, local
from heartport.terminal import Commands

CONFLICTS = """These were changed in their files and here. Nothing of either is lost; decide with
  --take files     (what was edited here stays in the history, and can be brought back)
  --take database  (what stands in the files is passed over, and not told again)"""
KIND = click.Choice([kind.value for kind in ThingKind])
BY = click.option("--by", required=True, help="Who does it; the name stands in the history.")
FILE = click.Path(path_type=Path)

Command = Callable[..., object]


class ContentCommands(Commands):
    """A group whose commands tell every problem of a file, too."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command of the group."""
        try:
            return super().invoke(ctx)
        except ContentRefused as refused:
            raise click.ClickException("\n".join(refused.problems)) from None


content_commands = ContentCommands("content", help="Load and edit what the library shows.")


def of_one_thing(command: Command) -> Command:
    """Let a command take the kind and a slug of one thing."""
    return click.argument("kind", type=KIND)(click.argument("slug")(command))


@content_commands.command("load")
@click.argument("folder", type=FILE, required=False)
@click.option("--take", type=click.Choice(list(Take)), default=Take.NEITHER, help="Whose word counts in a conflict.")
@click.option("--retire-missing", is_flag=True, help="Retire what came from a file that is gone.")
@click.option("--verbose", is_flag=True, help="Tell of what is unchanged, too.")
@click.option("--go-on", is_flag=True, help="End with 0 where a conflict is left.")
def load(folder: Path | None, take: str, retire_missing: bool, verbose: bool, go_on: bool) -> None:
    """Take over the files in FOLDER (else the content folder); exit with 1 where a conflict is left to decide."""
    told = load_library(folder or _folder(), take=Take(take), retire_missing=retire_missing)
    for each in told:
        if verbose or each.fate is not Fate.UNCHANGED:
            click.echo(f"{each.fate.value}: {each.kind.value} {each.id}")
    counts = Counter(each.fate for each in told)
    click.echo(", ".join(f"{counts[fate]} {fate.value}" for fate in Fate if counts[fate]))
    if counts[Fate.CONFLICT]:
        click.echo(CONFLICTS, err=True)
        sys.exit(0 if go_on else 1)


@content_commands.command("list")
@click.option("--kind", type=KIND, help="Only this kind.")
def list_things(kind: str | None) -> None:
    """Show all things that are stored, shown or not."""
    for each in editing.list_stored(ThingKind(kind) if kind else None):
        click.echo(_line(each))


@content_commands.command("show")
@of_one_thing
@click.option("--revision", type=int, help="As it was then; the last one if not said.")
def show(kind: str, slug: str, revision: int | None) -> None:
    """Print one thing as a file that can be changed and given to `edit`."""
    found = _revision(_find(kind, slug), revision)
    click.echo(file_of(ThingKind(kind), found.document), nl=False)
    click.echo(f"revision {found.number}", err=True)


@content_commands.command("add")
@of_one_thing
@click.argument("file", type=FILE)
@BY
def add(kind: str, slug: str, file: Path, by: str) -> None:
    """Add a thing from FILE, which need not lie in the content folder; its sound and pictures must."""
    editing.add_thing(ThingKind(kind), slug, file, _folder(), by=by)
    click.echo(_line(_find(kind, slug)))


@content_commands.command("edit")
@of_one_thing
@click.argument("file", type=FILE)
@click.option("--on", type=int, help="Refuse if this is no longer the last revision.")
@BY
def edit(kind: str, slug: str, file: Path, on: int | None, by: str) -> None:
    """Give a thing what FILE says."""
    changed = editing.edit_thing(ThingKind(kind), slug, file, _folder(), by=by, on=on)
    click.echo(_line(_find(kind, slug)) if changed else "nothing changed")


@content_commands.command("publish")
@of_one_thing
@click.option("--at", help="Local time, such as '2026-12-01 08:30'; now if not said.")
@BY
def publish(kind: str, slug: str, at: str | None, by: str) -> None:
    """Show a thing from a moment on."""
    moment = editing.publish_thing(ThingKind(kind), slug, by=by, at=_moment(at) if at else None)
    click.echo(f"shown from {moment:%Y-%m-%d %H:%M}")


@content_commands.command("retire")
@of_one_thing
@BY
def retire(kind: str, slug: str, by: str) -> None:
    """Show a thing no longer; it stays stored, and `publish` or `undo` brings it back."""
    click.echo("retired" if editing.retire_thing(ThingKind(kind), slug, by=by) else "nothing changed")


@content_commands.command("rename")
@of_one_thing
@click.argument("new")
@BY
def rename(kind: str, slug: str, new: str, by: str) -> None:
    """Give a thing another slug; earlier ones go on leading to it."""
    click.echo(f"{slug} → {new}" if editing.rename_thing(ThingKind(kind), slug, new, by=by) else "nothing changed")


@content_commands.command("history")
@of_one_thing
@click.option("--diff", "number", type=int, help="What this revision changed, line by line.")
def history(kind: str, slug: str, number: int | None) -> None:
    """Show who changed what, and when."""
    revisions = read_revisions(_find(kind, slug).key)
    if number is not None:
        click.echo(_difference(ThingKind(kind), revisions, number), nl=False)
        return
    for before, each in pairwise([None, *revisions]):
        assert each is not None
        what = ", ".join(_changed(before.document, each.document)) if before else "everything"
        click.echo(f"{each.number:>4}  {local(each.made_at):%Y-%m-%d %H:%M}  {each.act} by {each.made_by}: {what}")


@content_commands.command("undo")
@of_one_thing
@click.option("--to", type=int, help="The revision to bring back; the one before the last if not said.")
@BY
def undo(kind: str, slug: str, to: int | None, by: str) -> None:
    """Bring an earlier revision back; what is undone stays in the history."""
    number = editing.undo_thing(ThingKind(kind), slug, _folder(), by=by, to=to)
    click.echo(f"as revision {number}: {_line(_find(kind, slug))}")


def _folder() -> Path:
    settings: Settings = current_app.extensions["heartport.settings"]
    return settings.content_dir


def _find(kind: str, slug: str) -> StoredThing:
    return editing.find_stored(ThingKind(kind), slug)


def _line(thing: StoredThing) -> str:
    kind, thing_id = thing.key
    said = thing.document
    name = thing.slug if thing.slug == thing_id else f"{thing.slug} (id {thing_id})"
    if kind is ThingKind.LIST:
        return f"{kind.value} {name}, revision {thing.revision}"
    day = " ".join(filter(None, (said["published_on"], said["publish_time"])))
    return f"{kind.value} {name}: {said['title']}, {said['status']}, {day}, revision {thing.revision}"


def _revision(thing: StoredThing, number: int | None) -> Revision:
    wanted = thing.revision if number is None else number
    found = next((each for each in read_revisions(thing.key) if each.number == wanted), None)
    if found is None:
        raise editing.RevisionUnknown
    return found


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException("--at: must be a local time such as '2026-12-01 08:30'") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _changed(before: Document, after: Document) -> list[str]:
    """Return the keys that differ."""
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))


def _difference(kind: ThingKind, revisions: Sequence[Revision], number: int) -> str:
    files: Mapping[int, list[str]] = {each.number: _file(kind, each) for each in revisions}
    if number not in files:
        raise editing.RevisionUnknown
    lines = difflib.unified_diff(files.get(number - 1, []), files[number], str(number - 1), str(number))
    return "".join(lines)


def _file(kind: ThingKind, revision: Revision) -> list[str]:
    slug = f"slug: {revision.document['slug']}\n"
    return [slug, *file_of(kind, revision.document).splitlines(keepends=True)]
