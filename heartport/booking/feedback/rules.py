"""What feedback may say, and when a summary may be shown."""

from collections.abc import Sequence
from dataclasses import dataclass

FLOOR = 10
"""A summary rests on at least ten people, as every figure here does (k = 10, docs/aggregates.md)."""
WORST, BEST = 1, 5


@dataclass(frozen=True, slots=True)
class Said:
    """What one person said: how it was, how useful, both from 1 to 5, and whether they would come again."""

    rating: int
    useful: int
    again: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What all said together; all None where too few did."""

    responses: int | None = None
    rating: float | None = None
    useful: float | None = None
    again_percent: int | None = None


def summarise(said: Sequence[Said]) -> Summary:
    """Return the means, to one decimal, of at least ten."""
    count = len(said)
    if count < FLOOR:
        return Summary()
    return Summary(
        responses=count,
        rating=round(sum(each.rating for each in said) / count, 1),
        useful=round(sum(each.useful for each in said) / count, 1),
        again_percent=round(100 * sum(each.again for each in said) / count),
    )
