"""Whether a share differs from another by more than chance and noise make likely."""

from enum import StrEnum

from heartport.insights.rules.figures import Figure
from heartport.insights.rules.uncertainty import is_higher


class Change(StrEnum):
    """How a figure stands to another; nothing is said where the difference may be chance or noise."""

    HIGHER = "higher"
    LOWER = "lower"
    NO_CLEAR_DIFFERENCE = "no_clear_difference"


def change_between(before: Figure, after: Figure) -> Change:
    """Return how the second figure stands to the first."""
    if is_higher(after, before):
        return Change.HIGHER
    return Change.LOWER if is_higher(before, after) else Change.NO_CLEAR_DIFFERENCE
