"""Figures of the service itself, by month and district: what took place and how many came, never below a floor."""

from collections.abc import Iterable
from dataclasses import dataclass

ELSEWHERE = "其他"
"""What names no district."""


@dataclass(frozen=True, slots=True)
class Held:
    """One lecture that took place: in which month, where, and how many came."""

    month: str
    district: str | None
    attended: int


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """A month in a district; `attended` is None where not enough different people stand behind it."""

    month: str
    district: str
    lectures: int
    attended: int | None


def monthly_figures(held: Iterable[Held], floor: int, this_month: str) -> list[MonthFigure]:
    """Return the figures of the months that are over, the latest first.

    Who came to two lectures may be one person, so a sum is told only where so many came to one of them.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for each in held:
        if each.month < this_month:
            groups.setdefault((each.month, each.district or ELSEWHERE), []).append(each.attended)
    figures = [
        MonthFigure(month, district, len(came), sum(came) if max(came) >= floor else None)
        for (month, district), came in groups.items()
    ]
    return sorted(sorted(figures, key=lambda each: each.district), key=lambda each: each.month, reverse=True)
