"""Every command of `flask` on one page; what serves requests loads none of them."""

from flask import Flask

from heartport.assessments.commands import scales_commands
from heartport.booking.commands import booking_commands
from heartport.booking.workshops.commands import workshops_commands
from heartport.case_records.commands import case_records_commands
from heartport.catalogue.commands import topics_commands
from heartport.config import Settings
from heartport.database_roles import roles_commands
from heartport.demo.people import demo_commands
from heartport.duty.commands import duty_commands
from heartport.insights.commands import insights_commands
from heartport.jobs.commands import jobs_commands
from heartport.library.commands import library_commands
from heartport.library.content_commands import content_commands
from heartport.members.commands import restore_commands
from heartport.recommendations.commands import report
from heartport.staff.commands import staff_commands
from heartport.units.commands import invites_commands, units_commands
from heartport.vault.commands import keys_commands, vault_commands


def init_app(app: Flask) -> None:
    """Add all commands."""
    add_file_commands(app)
    content_commands.add_command(report)
    for commands in (
        jobs_commands,
        roles_commands,
        staff_commands,
        units_commands,
        invites_commands,
        duty_commands,
        booking_commands,
        workshops_commands,
        case_records_commands,
        content_commands,
        restore_commands,
        vault_commands,
        insights_commands,
    ):
        app.cli.add_command(commands)
    settings: Settings = app.extensions["heartport.settings"]
    if settings.demo:
        app.cli.add_command(demo_commands)


def add_file_commands(app: Flask) -> None:
    """Add those that work on files alone: they need no settings, no database and no keys."""
    for commands in (keys_commands, scales_commands, library_commands, topics_commands):
        app.cli.add_command(commands)


def create_files_app(why: Exception) -> Flask:
    """Make an application that has only the commands which work on files: no database, no keys, no routes.

    `why` is what stands in the way of the whole service; a command that would need it says so.
    """
    app = Flask("heartport", static_folder=None)
    app.extensions["heartport.files_only"] = why
    add_file_commands(app)
    return app
