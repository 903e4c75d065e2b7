"""Use case: count once, when a month is over, how many people opened, finished and liked what; for editors.

People are counted who agreed to `aggregate`, in memory, from their sealed records. Nothing is counted while a month
goes on, and a published month never changes, so that no two counts can be set side by side. Cut off on the way,
nothing is published, and it begins again.
"""

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.errors import NotSignedIn
from heartport.library.shelf import current_shelf
from heartport.members.erasures import account_ids, has_accounts
from heartport.members.policies import Purpose
from heartport.members.standing import read_standing
from heartport.own_library.refs import things_by_ref
from heartport.own_library.rules import Opinion, OwnLibrary, Trace
from heartport.own_library.service import own_library_of
from heartport.recommendations.figures import Bit, shown_figure
from heartport.recommendations.models import LibraryReport, LibraryReportRow
from heartport.stores import Store, insert_if_absent, reading, write_transaction
from heartport.vault.door import SubjectGone

MEASURES = ("opened", "finished", "helpful", "unhelpful")
Name = tuple[str, str]
"""Kind and id of a thing, or `why` and a reason."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One published row; None where fewer than ten people stand behind it."""

    kind: str
    name: str
    opened: int | None
    finished: int | None
    helpful: int | None
    unhelpful: int | None


def publish_last_month() -> int:
    """Publish the month before this one unless that was done, and return how many rows it has."""
    month = _month_before(clock.today())
    if not has_accounts() or month in published_months():
        return 0
    return _publish(month, list(_figures(_count(month), _coin)))


def published_months() -> list[str]:
    """Return the months that are published, the latest first."""
    with reading(Store.MAIN) as session:
        return list(session.execute(select(LibraryReport.month).order_by(LibraryReport.month.desc())).scalars())


def read_report(month: str) -> list[Figures]:
    """Return the rows of a month, those of most people first."""
    rows = select(LibraryReportRow).where(LibraryReportRow.month == month)
    with reading(Store.MAIN) as session:
        found = [
            Figures(row.kind, row.name, row.opened, row.finished, row.helpful, row.unhelpful)
            for row in session.execute(rows).scalars()
        ]
    return sorted(found, key=lambda each: (each.kind == "why", -(each.opened or 0), each.kind, each.name))


def _publish(month: str, figures: Sequence[Figures]) -> int:
    """Store a month whole, or leave it to whoever was quicker."""

    def work(session: Session) -> int:
        if not insert_if_absent(session, LibraryReport, {"month": month}):
            return 0
        for each in figures:
            row = {name: getattr(each, name) for name in ("kind", "name", *MEASURES)}
            session.execute(insert(LibraryReportRow).values(month=month, **row))
        return len(figures)

    return write_transaction(Store.MAIN, work)


def _count(month: str) -> Counter[tuple[Name, str]]:
    """Return how many people did what with which thing; each of them counts once."""
    counts: Counter[tuple[Name, str]] = Counter()
    names = {ref: (thing.kind.value, thing.id) for ref, thing in things_by_ref(current_shelf()).items()}
    for own in _consenting():
        traces = {ref: each for ref, each in own.traces.items() if f"{each.day:%Y-%m}" == month and ref in names}
        counts.update({(names[ref], measure) for ref, each in traces.items() for measure in _done(each)})
        counts.update({(("why", each.why.value), m) for each in traces.values() if each.why for m in _done(each)})
    return counts


def _consenting() -> Iterator[OwnLibrary]:
    """Give the library of everybody who agrees to be counted now."""
    for account_id in account_ids():
        try:
            if Purpose.AGGREGATE in read_standing(account_id).granted:
                yield own_library_of(account_id)
        except (NotSignedIn, SubjectGone):
            continue  # Erased, or about to be.


def _done(trace: Trace) -> Iterator[str]:
    if trace.opened:
        yield "opened"
    if trace.finished:
        yield "finished"
    if trace.opinion:
        yield "helpful" if trace.opinion is Opinion.HELPFUL else "unhelpful"


def _figures(counts: Counter[tuple[Name, str]], bit: Bit) -> Iterator[Figures]:
    """Give the rows of which anything can be shown."""
    for kind, name in sorted({name for name, _ in counts}):
        shown = {measure: shown_figure(counts[(kind, name), measure], bit) for measure in MEASURES}
        if any(shown.values()):
            yield Figures(kind, name, **shown)


def _coin() -> int:
    return secrets.randbits(1)


def _month_before(day: date) -> str:
    return f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"
