"""What the unit's file says of a workshop afterwards: how many came, and of feedback only what hides everybody."""

from dataclasses import dataclass

FLOOR = 10
"""From so many sheets on anything is said about them: the smallest group of any figure of this service (k = 10)."""
STEP, LOWEST, HIGHEST = 10, 10, 90
"""Percents: shares are rounded to tens and never said to be nobody's or everybody's."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers for the unit's file; `satisfied_percent` None where too few answered."""

    attended: int
    satisfied_percent: int | None


def summary_of(attended: int | None, responses: int | None, satisfied: int | None) -> Summary | None:
    """Return what is said of a delivered workshop; None where nothing was counted."""
    if attended is None:
        return None
    if responses is None or satisfied is None or responses < FLOOR:
        return Summary(attended, None)
    share = round(100 * satisfied / responses / STEP) * STEP
    return Summary(attended, min(max(share, LOWEST), HIGHEST))
