"""`flask content report`: what editors may know of how the library is used."""

import csv
import sys

import click
from flask.cli import with_appcontext

from heartport.recommendations.report import MEASURES, published_months, read_report

TOO_FEW = "<10"


@click.command("report")
@click.option("--month", help="Such as 2026-11; the latest that is published if left out.")
@with_appcontext
def report(month: str | None) -> None:
    """Print as CSV how many people opened, finished and liked what in a month that is over.

    Figures are rounded to fives, rest on ten people at least, and say nothing of any of them.
    """
    months = published_months()
    chosen = month or next(iter(months), None)
    if chosen not in months:
        raise click.ClickException(f"Published are: {', '.join(months) or 'none yet'}.")
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["month", "kind", "name", *MEASURES])
    for each in read_report(str(chosen)):
        table.writerow([chosen, each.kind, each.name, *(getattr(each, name) or TOO_FEW for name in MEASURES)])
