"""Pure decisions about what editors may see of a count: a floor, a random adjustment, a rounding."""

from collections.abc import Callable

FLOOR = 10
"""The fewest people behind a figure, as everywhere here (k = 10, docs/aggregates.md)."""
STEP = 5

Bit = Callable[[], int]
"""Returns 0 or 1, each as likely as the other."""


def shown_figure(people: int, bit: Bit, floor: int = FLOOR) -> int | None:
    """Return what is shown of a count, rounded to fives, or None where too few people stand behind it.

    The adjustment hides whether it was nine or ten, or one more: what is shown must reach the floor too. It is exact
    two-sided geometric noise of ratio one half, made of fair coins, with no floating point in it.
    """
    adjusted = people + heads(bit) - heads(bit)
    if people < floor or adjusted < floor:
        return None
    return STEP * ((2 * adjusted + STEP) // (2 * STEP))


def heads(bit: Bit) -> int:
    """Return how often a coin falls on heads before it first falls on tails."""
    count = 0
    while bit():
        count += 1
    return count
