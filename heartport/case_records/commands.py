"""`flask case-records …`: which records there are, and who opened one when."""

import click

from heartport.case_records import audit
from heartport.case_records.records import list_records
from heartport.local_time import local
from heartport.staff.accounts import list_members
from heartport.terminal import Commands

case_records_commands = Commands(
    "case-records", help="See which case records there are and who opened one; not what they say."
)


@case_records_commands.command("list")
def list_all() -> None:
    """List the records by the day of their last version: appointment, counsellor, open or closed, kept until."""
    names = {member.id: member.name for member in list_members()}
    for each in sorted(list_records(), key=lambda record: record.written_on):
        state = "closed" if each.entry.is_closed else "open"
        click.echo(
            f"{each.written_on}  {each.appointment_id}  {names.get(each.written_by, '?')}  {state}, "
            f"version {each.version}, kept until {each.kept_until}"
        )


@case_records_commands.command("audit")
@click.argument("appointment_id")
def show_audit(appointment_id: str) -> None:
    """Show who opened and wrote the record of an appointment, and when."""
    events = audit.events_of(appointment_id)
    for event in events:
        click.echo(f"{local(event.at):%Y-%m-%d %H:%M:%S}  {event.act}  {event.actor or 'an account that is gone'}")
    if not events:
        click.echo("Nobody has opened or written a record of this appointment.")
