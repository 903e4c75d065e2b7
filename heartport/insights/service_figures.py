"""Use case: how the service is used, by month and district, as it was published; nothing of it is about health.

Whoever looks sees the districts of their remit. Of the library there is what its editors' report has published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from heartport import clock
from heartport.callers import DUTY_ROLES, Caller
from heartport.insights.models import ServiceFigure
from heartport.insights.openings import current_tree
from heartport.insights.rules.months import Coming, MonthPart, Part, months_coming, months_over
from heartport.insights.rules.service import Measure, districts_within, openings_by_month
from heartport.insights.service_publishing import published_parts
from heartport.recommendations.report import published_months, read_report
from heartport.stores import Store, reading


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """What is shown of a month in a district; `figures` lacks what is hidden, and what is not published yet."""

    month: str
    district: str
    has_bookings: bool
    synthetic: bool
    figures: dict[Measure, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """Months and districts, what was opened in the library by month, of the whole city, and what is still to come."""

    months: list[MonthFigure]
    opened: dict[str, int]
    coming: list[Coming]


def read_service_figures(caller: Caller) -> ServiceFigures:
    """Return the figures of the last twelve months that are over, the latest first, of the districts of a remit."""
    today = clock.today()
    told, published = months_over(today), published_parts()
    scope = frozenset().union(*(caller.scopes.get(role, frozenset()) for role in DUTY_ROLES))
    districts = districts_within(current_tree(), scope)
    found = sorted(_stored(told, published), key=lambda each: each.district)
    months = sorted(
        (each for each in found if districts is None or each.district in districts),
        key=lambda each: each.month,
        reverse=True,
    )
    library = (month for month in published_months() if month in told)
    opened = {month: [each.opened for each in read_report(month) if each.kind != "why"] for month in library}
    return ServiceFigures(months, openings_by_month(opened), list(months_coming(today, published)))


def _stored(told: Sequence[str], published: Mapping[MonthPart, bool]) -> Iterable[MonthFigure]:
    found: dict[tuple[str, str], MonthFigure] = {}
    with reading(Store.MAIN) as session:
        for row in session.execute(select(ServiceFigure).where(ServiceFigure.month.in_(told))).scalars():
            synthetic = any(published.get((row.month, part), False) for part in Part)
            empty = MonthFigure(row.month, row.district, (row.month, Part.BOOKINGS) in published, synthetic)
            figure = found.setdefault((row.month, row.district), empty)
            figure.figures[Measure(row.measure)] = row.figure
    return found.values()
