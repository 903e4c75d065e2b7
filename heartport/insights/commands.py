"""`flask insights …`: seal a half-year, look at what waits, check, export and import releases, publish months."""

import os
import sys
from typing import BinaryIO

import click

from heartport.insights import openings, release_documents, releases, sealing, service_publishing
from heartport.insights.documents import settings_out
from heartport.insights.release_schemas import ReleaseDocumentIn
from heartport.insights.rules.budget import Draw
from heartport.members.erasures import account_ids
from heartport.terminal import Commands
from heartport.web.json_reader import parse_json
from heartport.web.schemas import load_body

insights_commands = Commands("insights", help="Make and check anonymised aggregates.")

MOST_WORKERS = 64
LARGEST_DOCUMENT_BYTES = 64 << 20
"""A city of 5,000 units has documents of a few megabytes."""


@insights_commands.command("seal")
@click.option("--window", required=True, help="A half-year that is over, such as 2026H1.")
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), default=lambda: os.cpu_count() or 1)
@click.option("--dry-run", is_flag=True, help="Show what would be done and what stands in the way; opens no answer.")
def seal(window: str, workers: int, *, dry_run: bool) -> None:
    """Count a half-year, add noise, and publish its figures: once."""
    if dry_run:
        show_plan(window)
        return
    total = sum(1 for _ in account_ids())
    with click.progressbar(length=total or 1, label="counting", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        sealed = sealing.seal(window, _source, workers, bar.update)
    click.echo(f"{sealed.window} is published.")


@insights_commands.command("publish-months")
def publish_months() -> None:
    """Publish the service figures that are due and not published; the scheduler does so every night."""
    click.echo(f"Sign-ins published: {service_publishing.publish_sign_ins()} months.")
    click.echo(f"Bookings published: {service_publishing.publish_bookings()} months.")


@insights_commands.command("list")
def list_sealings() -> None:
    """Show all sealings, and how many custodians confirmed each."""
    for each in openings.list_sealings():
        state = "published" if each.published else f"{each.confirmations} of {openings.CUSTODIANS} confirmations"
        click.echo(f"{each.window}  opened {each.opened_on}, {each.units} units, {state}  {each.id}")


@insights_commands.command("verify")
def verify() -> None:
    """Check every release against its signature, digest by digest; exits with 1 where one does not hold."""
    wrong = releases.problems_of_releases()
    for problem in wrong:
        click.echo(problem)
    if wrong:
        raise SystemExit(1)
    click.echo("Every release is as it was signed.")


@insights_commands.command("export-release")
@click.option("--window", required=True, help="A half-year that is published, such as 2026H1.")
def export_release(window: str) -> None:
    """Print a release, with its tables and signatures, as one JSON document: to be kept outside all backups."""
    click.echo(release_documents.export_release(window))


@insights_commands.command("import-release")
@click.argument("file", type=click.File("rb"))
def import_release(file: BinaryIO) -> None:
    """Put a release back of which a restored backup knows nothing, from the document that was exported of it."""
    content = file.read(LARGEST_DOCUMENT_BYTES + 1)
    if len(content) > LARGEST_DOCUMENT_BYTES:
        raise click.ClickException(f"{file.name}: larger than {LARGEST_DOCUMENT_BYTES >> 20} MiB.")
    document = load_body(ReleaseDocumentIn(), parse_json(content))
    put_back = release_documents.import_release(document)
    window = document["content"]["window"]
    click.echo(f"{window} is published again, as it was." if put_back else f"{window} is there, as in the file.")


def show_plan(window: str) -> None:
    """Print what is public about a sealing that has not happened."""
    opened = openings.open_sealing(window)
    openings.check_may_seal(opened)
    sealing.check_budget(window)
    click.echo(f"{window} is over and can be sealed: {opened.units} units as they stood on {opened.opened_on}.")
    for name, value in settings_out(openings.floor()).items():
        click.echo(f"{name}: {value}")
    click.echo("Nothing was opened, counted or written.")


def _source() -> Draw:
    from heartport.insights.noise import opendp_draw  # noqa: PLC0415 - heavy, and needed twice a year

    return opendp_draw()
