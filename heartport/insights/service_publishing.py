"""Use case: publish the figures of a month once, its sign-ins in the first nights after it, its bookings a week later.

What is published rests on no row any more: no erasure, retention or correction changes it, so that no two states of it
can be set side by side. Counting writes nothing; one transaction then publishes a part of a month whole or not at all.
"""

import secrets
from collections.abc import Mapping

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.insights.models import ServiceFigure, ServicePublication
from heartport.insights.openings import floor
from heartport.insights.rules.months import MonthPart, Part, due_months
from heartport.insights.rules.service import Measure, Shown
from heartport.insights.service_counts import count_bookings, count_visitors
from heartport.members.erasures import has_accounts
from heartport.recommendations.figures import shown_figure
from heartport.stores import Store, insert_if_absent, reading, write_transaction


def publish_sign_ins() -> int:
    """Publish how many people signed in last month, while that can be counted, and return how many months that were."""
    months = _due(Part.SIGN_INS)
    return sum(publish_part(month, Part.SIGN_INS, shown_visitors(count_visitors(month))) for month in months)


def publish_bookings() -> int:
    """Publish the bookings of every month that is due and has none yet, and return how many months that were."""
    return sum(publish_part(month, Part.BOOKINGS, count_bookings(month)) for month in _due(Part.BOOKINGS))


def shown_visitors(people: Mapping[str, int]) -> Shown:
    """Return what is shown of how many people signed in: adjusted at random and rounded, as what editors learn."""
    figures = {district: shown_figure(count, _coin, floor()) for district, count in people.items()}
    return {(district, Measure.VISITORS): figure for district, figure in figures.items() if figure is not None}


def publish_part(month: str, part: Part, figures: Shown, *, synthetic: bool = False) -> bool:
    """Store a part of a month whole, or leave it to whoever was quicker; return whether it was stored."""

    def work(session: Session) -> bool:
        publication = {"month": month, "part": part.value, "synthetic": synthetic}
        if not insert_if_absent(session, ServicePublication, publication):
            return False
        for (district, measure), figure in figures.items():
            row = {"month": month, "part": part.value, "district": district, "measure": measure.value}
            session.execute(insert(ServiceFigure).values(**row, figure=figure))
        return True

    return write_transaction(Store.MAIN, work)


def published_parts() -> dict[MonthPart, bool]:
    """Return what is published of which month, and whether it is made of invented people."""
    with reading(Store.MAIN) as session:
        rows = session.execute(select(ServicePublication)).scalars().all()
    return {(row.month, Part(row.part)): row.synthetic for row in rows}


def _due(part: Part) -> list[str]:
    """Return the months to publish now, the oldest first; before anybody signed up there are none."""
    return due_months(part, clock.today(), published_parts()) if has_accounts() else []


def _coin() -> int:
    return secrets.randbits(1)
