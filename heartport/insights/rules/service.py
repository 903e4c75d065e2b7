"""Figures of the service itself, by month and district: what took place and how many came, never below a floor.

No row is the sum of others, so that none which is hidden is what is missing from one that is shown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from heartport.insights.rules.blocks import Tree

ELSEWHERE = "其他"
"""What names no district."""
DISTRICTS = ("district", "industry")


class Kind(StrEnum):
    """What people come to together."""

    LECTURE = "lecture"
    WORKSHOP = "workshop"


@dataclass(frozen=True, slots=True)
class Held:
    """One lecture or workshop that took place: in which month, where, how many had a place and how many came."""

    kind: Kind
    month: str
    district: str | None
    booked: int
    attended: int


@dataclass(frozen=True, slots=True)
class Hour:
    """One appointment whose time has come; of whoever was erased since there is no account."""

    month: str
    district: str | None
    account_id: str | None
    attended: bool


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """A month in a district; counts of people are None where not enough different ones stand behind them."""

    month: str
    district: str
    lectures: int
    registered: int | None
    attended: int | None
    workshops: int
    workshop_attended: int | None
    appointments: int | None
    appointments_attended: int | None


def monthly_figures(held: Iterable[Held], hours: Iterable[Hour], floor: int, this_month: str) -> list[MonthFigure]:
    """Return the figures of the months that are over, the latest first."""
    gatherings: dict[tuple[str, str], list[Held]] = {}
    appointments: dict[tuple[str, str], list[Hour]] = {}
    for each in held:
        gatherings.setdefault((each.month, each.district or ELSEWHERE), []).append(each)
    for hour in hours:
        appointments.setdefault((hour.month, hour.district or ELSEWHERE), []).append(hour)
    places = sorted(gatherings.keys() | appointments.keys(), key=lambda each: each[1])
    return [
        _figure(place, gatherings.get(place, ()), appointments.get(place, ()), floor)
        for place in sorted(places, key=lambda each: each[0], reverse=True)
        if place[0] < this_month
    ]


def districts_within(tree: Tree, scope: Collection[str | None]) -> frozenset[str] | None:
    """Return the names of the districts that lie wholly within a remit; None is everywhere."""
    if None in scope:
        return None
    inside = (node for node in tree.nodes.values() if node.level in DISTRICTS)
    return frozenset(node.name for node in inside if not set(scope).isdisjoint(tree.lineage(node.id)))


def district_of(tree: Tree, unit_id: str) -> str | None:
    """Return the name of the district or industry in which a unit is; a city is in none."""
    above = (tree.nodes[each] for each in tree.lineage(unit_id))
    return next((node.name for node in above if node.level in DISTRICTS), None)


def openings_by_month(published: Mapping[str, Iterable[int | None]]) -> dict[str, int]:
    """Return the sum of the figures of a month that the library published; what it does not show is not in it."""
    sums = {month: sum(each or 0 for each in figures) for month, figures in published.items()}
    return {month: found for month, found in sums.items() if found}


def _figure(place: tuple[str, str], held: Sequence[Held], hours: Sequence[Hour], floor: int) -> MonthFigure:
    lectures = [each for each in held if each.kind is Kind.LECTURE]
    workshops = [each for each in held if each.kind is Kind.WORKSHOP]
    return MonthFigure(
        *place,
        lectures=len(lectures),
        registered=_people([each.booked for each in lectures], floor),
        attended=_people([each.attended for each in lectures], floor),
        workshops=len(workshops),
        workshop_attended=_people([each.attended for each in workshops], floor),
        appointments=_appointments(hours, floor),
        appointments_attended=_appointments([each for each in hours if each.attended], floor),
    )


def _people(counts: Sequence[int], floor: int) -> int | None:
    """Who came to two may be one person, so a sum is told only where so many came to one of them."""
    return sum(counts) if counts and max(counts) >= floor else None


def _appointments(hours: Sequence[Hour], floor: int) -> int | None:
    """All who were erased since may have been one person."""
    return len(hours) if len({each.account_id for each in hours}) >= floor else None
