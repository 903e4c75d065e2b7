"""`flask booking …`: look whether the calendar is sound, and say who and what can be booked."""

import click

from heartport.booking.counselling.desk import transfer_appointment
from heartport.booking.invariants import find_problems, unknown_days_ahead
from heartport.booking.resources import ResourceBooked, add_person, add_room, deactivate, list_resources
from heartport.staff.accounts import staff_id_of
from heartport.terminal import Commands

DAYS_AHEAD = 60

booking_commands = Commands("booking", help="The calendar: check it, and say who and what can be booked.")


@booking_commands.command("check")
def check() -> None:
    """Say what is wrong with the calendar; exits with 1 if anything is. Nothing is repaired."""
    problems = find_problems()
    for problem in problems:
        click.echo(problem)
    if unknown := unknown_days_ahead(DAYS_AHEAD):
        click.echo(
            f"note: of the next {DAYS_AHEAD} days {unknown} have no holiday notice yet and stay closed"
            " (content/holidays.yaml)"
        )
    if problems:
        raise SystemExit(1)
    click.echo("The calendar is sound.")


@booking_commands.command("add-person")
@click.argument("username")
@click.option("--district", help="Where this person works; travel takes time between districts.")
def add_staff(username: str, district: str | None) -> None:
    """Let the member of staff USERNAME be booked."""
    click.echo(add_person(staff_id_of(username), district))


@booking_commands.command("add-room")
@click.argument("name")
@click.option("--district", help="Where it is.")
@click.option("--capacity", type=click.IntRange(min=1), help="How many people it takes.")
@click.option("--equipment", is_flag=True, help="It is no room but a piece of equipment.")
def add_place(name: str, district: str | None, capacity: int | None, equipment: bool) -> None:
    """Add a room (or equipment) of this NAME."""
    click.echo(add_room(name, district, capacity, "equipment" if equipment else "room"))


@booking_commands.command("deactivate")
@click.argument("resource_id")
def deactivate_resource(resource_id: str) -> None:
    """Take RESOURCE_ID out of service; refused with the list of its bookings while there are any.

    Whoever waits for this person is told that the line is closed, and what is offered to them is taken back.
    """
    try:
        deactivate(resource_id)
    except ResourceBooked as refused:
        for each in refused.members["bookings"]:
            click.echo(f"{each['starts_at']}  {each['kind']} {each['booking_id']}")
        raise


@booking_commands.command("transfer")
@click.argument("appointment_id")
@click.argument("to_id")
def transfer(appointment_id: str, to_id: str) -> None:
    """Give APPOINTMENT_ID to the counsellor TO_ID at the same time; the person is told.

    What was shared for it is not handed on: that takes a new tick of the person.
    """
    transfer_appointment(appointment_id, to_id)
    click.echo("transferred")


@booking_commands.command("list")
def list_all() -> None:
    """List everybody and everything that can be booked."""
    for each in list_resources(active_only=False):
        closed = "" if each.active else "  (out of service)"
        click.echo(f"{each.id}  {each.kind:9}  {each.name}{closed}")
