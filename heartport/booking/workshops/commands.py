"""`flask workshops …`: say what facilitators may lead, and how many workshops a unit may have in a year."""

import click

from heartport.booking.resources import ResourceUnknown, resource_of_staff
from heartport.booking.workshops.entitlements import allow
from heartport.booking.workshops.facilitators import list_facilitators, qualify
from heartport.booking.workshops.replacing import transfer
from heartport.booking.workshops.rules.entitlement import MOST_YEARLY, charged_unit
from heartport.staff.accounts import staff_id_of
from heartport.terminal import Commands
from heartport.units.tree import find_unit

workshops_commands = Commands("workshops", help="Who may lead workshops, and how many a unit may have.")


@workshops_commands.command("qualify")
@click.argument("username")
@click.argument("qualifications", nargs=-1)
def qualify_member(username: str, qualifications: tuple[str, ...]) -> None:
    """Let USERNAME lead topics that ask for QUALIFICATIONS (ids of topics.yaml), in the place of what they may lead."""
    qualify(_bookable(username), qualifications)
    click.echo(f"{username}: {', '.join(sorted(set(qualifications))) or 'leads nothing'}")


@workshops_commands.command("transfer")
@click.argument("username")
@click.argument("other")
def transfer_workshops(username: str, other: str) -> None:
    """Let OTHER lead what USERNAME is to lead, as far as they may and are free; exits with 1 if anything stays."""
    outcomes = transfer(_bookable(username), _bookable(other))
    for each in outcomes:
        click.echo(f"{each.workshop_id}  {each.text}")
    if any(not each.is_gone for each in outcomes):
        raise SystemExit(1)


@workshops_commands.command("facilitators")
def show_facilitators() -> None:
    """List who may lead what."""
    for each in list_facilitators(0):
        click.echo(f"{each.id}  {each.name}  {each.district or '-'}  {', '.join(sorted(each.qualifications))}")


@workshops_commands.command("entitle")
@click.argument("unit")
@click.argument("year", type=click.IntRange(2020, 2100))
@click.argument("allowed", type=click.IntRange(0, MOST_YEARLY))
def entitle_unit(unit: str, year: int, allowed: int) -> None:
    """Let UNIT (id or key; a department counts as its enterprise) have so many workshops in YEAR."""
    standing = allow(charged_unit(find_unit(unit).ids), year, allowed)
    click.echo(f"{year}: {standing.allowed} allowed, {standing.used} used")


def _bookable(username: str) -> str:
    resource_id = resource_of_staff(staff_id_of(username))
    if resource_id is None:
        raise ResourceUnknown
    return resource_id
