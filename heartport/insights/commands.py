"""`flask insights …`: seal a half-year, look at what waits, check a release, publish the service figures of a month."""

import os
import sys

import click

from heartport.insights import openings, releases, sealing, service_publishing
from heartport.insights.documents import settings_out
from heartport.insights.rules.budget import Draw
from heartport.members.erasures import account_ids
from heartport.terminal import Commands

insights_commands = Commands("insights", help="Make and check anonymised aggregates.")

MOST_WORKERS = 64


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
