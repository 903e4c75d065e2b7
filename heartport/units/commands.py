"""`flask units …` and `flask invites …`: what an administrator does with the unit tree and its codes."""

from pathlib import Path

import click

from heartport.content import ContentRefused
from heartport.errors import NotFound
from heartport.local_time import local
from heartport.terminal import Commands
from heartport.typed_codes import grouped
from heartport.units import files, invites, tree

units_commands = Commands("units", help="Load and show the unit tree.")
invites_commands = Commands("invites", help="Make and replace the codes that bind people to a unit.")


@units_commands.command("load")
@click.argument("file", type=click.Path(path_type=Path))
def load(file: Path) -> None:
    """Take over FILE: make new units, rename and move known ones; what it does not name stays."""
    try:
        changes = files.load_units(file)
    except ContentRefused as refused:
        raise click.ClickException("\n".join(refused.problems)) from None
    for word, keys in (("new", changes.new), ("renamed", changes.renamed), ("moved", changes.moved)):
        for key in keys:
            click.echo(f"{word} {key}")
    click.echo(
        f"{len(changes.new)} new, {len(changes.renamed)} renamed, {len(changes.moved)} moved, "
        f"{changes.unchanged} unchanged, {changes.unnamed} not in the file"
    )


@units_commands.command("list")
def list_units() -> None:
    """Show the tree with the id, the key and the level of each unit."""
    for node in tree.list_units():
        click.echo(f"{node.id}  {'  ' * node.depth}{node.name} ({node.level}, {node.key})")


@invites_commands.command("new")
@click.argument("unit")
@click.option("--uses", type=int, required=True, help="How many people it binds.")
@click.option("--days", type=int, required=True, help="How many days it lives.")
def new(unit: str, uses: int, days: int) -> None:
    """Make a code for UNIT (an id or a key), shown this once."""
    place = tree.find_unit(unit)
    code = invites.make_invite(place.id, uses, days)
    click.echo(f"{grouped(code)}  {' › '.join(place.names)}, {uses} uses, {days} days")


@invites_commands.command("rotate")
@click.argument("code_or_unit", metavar="CODE|UNIT")
def rotate(code_or_unit: str) -> None:
    """Replace a code, or every live code of a unit; uses and time stay as they are."""
    try:
        replaced = invites.rotate_invites_of(tree.find_unit(code_or_unit).id)
    except NotFound:
        replaced = [invites.rotate_invite(code_or_unit)]
    for each in replaced:
        click.echo(f"{grouped(each.code)}  {' › '.join(each.place.names)}")
    if not replaced:
        click.echo("This unit has no live code.")


@invites_commands.command("list")
def list_invites() -> None:
    """Show all invites; the codes themselves are not kept."""
    for each in invites.list_invites():
        until = local(each.expires_at).strftime("%Y-%m-%d %H:%M")
        click.echo(f"{' › '.join(each.place.names)}: {each.state}, until {until}, {each.uses_left} uses left")
