"""Figures of the service itself, of one month and by district: what took place and who came, never below a floor.

No figure is the sum of others, so that none which is hidden is what is missing from one that is shown.
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


class Measure(StrEnum):
    """What a figure counts."""

    VISITORS = "visitors"
    LECTURES = "lectures"
    REGISTERED = "registered"
    ATTENDED = "attended"
    WORKSHOPS = "workshops"
    WORKSHOP_ATTENDED = "workshop_attended"
    APPOINTMENTS = "appointments"
    APPOINTMENTS_ATTENDED = "appointments_attended"


Shown = dict[tuple[str, Measure], int]
"""What is shown of a month, by district and measure; what is hidden is not in it."""


@dataclass(frozen=True, slots=True)
class Held:
    """One lecture or workshop that took place: where, how many had a place and how many came."""

    kind: Kind
    district: str
    booked: int
    attended: int


@dataclass(frozen=True, slots=True)
class Hour:
    """One appointment whose time has come; of whoever was erased since there is no account."""

    district: str
    account_id: str | None
    attended: bool


def booking_figures(held: Sequence[Held], hours: Sequence[Hour], floor: int) -> Shown:
    """Return what is shown of lectures, workshops and appointments."""
    figures: Shown = {}
    for district in {each.district for each in held} | {each.district for each in hours}:
        gatherings = [each for each in held if each.district == district]
        appointments = [each for each in hours if each.district == district]
        found = {**_gatherings(gatherings, floor), **_appointments(appointments, floor)}
        figures |= {(district, measure): figure for measure, figure in found.items() if figure}
    return figures


def people_by_district(tree: Tree, people: Mapping[str | None, int]) -> dict[str, int]:
    """Return how many people there are in each district, of so many in each unit and in none."""
    found: dict[str, int] = {}
    for unit_id, count in people.items():
        district = district_of(tree, unit_id) if unit_id else ELSEWHERE
        found[district] = found.get(district, 0) + count
    return found


def districts_within(tree: Tree, scope: Collection[str | None]) -> frozenset[str] | None:
    """Return the names of the districts that lie wholly within a remit; None is everywhere."""
    if None in scope:
        return None
    inside = (node for node in tree.nodes.values() if node.level in DISTRICTS)
    return frozenset(node.name for node in inside if not set(scope).isdisjoint(tree.lineage(node.id)))


def district_of(tree: Tree, unit_id: str) -> str:
    """Return the name of the district or industry in which a unit is; a city is in none."""
    above = (tree.nodes[each] for each in tree.lineage(unit_id))
    return next((node.name for node in above if node.level in DISTRICTS), ELSEWHERE)


def openings_by_month(published: Mapping[str, Iterable[int | None]]) -> dict[str, int]:
    """Return the sum of the figures of a month that the library published; what it does not show is not in it."""
    sums = {month: sum(each or 0 for each in figures) for month, figures in published.items()}
    return {month: found for month, found in sums.items() if found}


def _gatherings(held: Sequence[Held], floor: int) -> dict[Measure, int | None]:
    lectures = [each for each in held if each.kind is Kind.LECTURE]
    workshops = [each for each in held if each.kind is Kind.WORKSHOP]
    return {
        Measure.LECTURES: len(lectures),
        Measure.REGISTERED: _people([each.booked for each in lectures], floor),
        Measure.ATTENDED: _people([each.attended for each in lectures], floor),
        Measure.WORKSHOPS: len(workshops),
        Measure.WORKSHOP_ATTENDED: _people([each.attended for each in workshops], floor),
    }


def _appointments(hours: Sequence[Hour], floor: int) -> dict[Measure, int | None]:
    return {
        Measure.APPOINTMENTS: _hours(hours, floor),
        Measure.APPOINTMENTS_ATTENDED: _hours([each for each in hours if each.attended], floor),
    }


def _people(counts: Sequence[int], floor: int) -> int | None:
    """Who came to two may be one person, so a sum is told only where so many came to one of them."""
    return sum(counts) if counts and max(counts) >= floor else None


def _hours(hours: Sequence[Hour], floor: int) -> int | None:
    """All who were erased since may have been one person."""
    return len(hours) if len({each.account_id for each in hours}) >= floor else None
