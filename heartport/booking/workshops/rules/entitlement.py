"""How many workshops a unit may have in a year, when one is charged, and when it comes back."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from heartport.booking.workshops.rules.steps import MOST_MOVES, Act, MovesUsed, TooLateToMove
from heartport.errors import Conflict
from heartport.local_time import local

YEARLY = 4
"""Workshops that a unit may have in one year, unless the federation grants it more or fewer."""
MOST_YEARLY = 50
CUT_OFF = timedelta(hours=72)
"""Up to so long before the start the unit may cancel and has its entitlement back, or ask for another time."""

CHARGE, RETURN = -1, 1


class EntitlementUsed(Conflict):
    """The unit has had as many workshops as it may have in that year."""

    code = "entitlement_used"
    detail = "贵单位这一年的活动名额已经用完。可以取消还没开始的一场，或联系协调员申请增加。"


def year_of(starts_at: datetime) -> int:
    """Return to which year a workshop is charged: the local one in which it begins."""
    return local(starts_at).year


def charged_unit(lineage: tuple[str, ...]) -> str:
    """Return whose entitlement counts, given the ids from the city down: the enterprise's, not each department's."""
    return lineage[: min(len(lineage), 3)][-1]


def comes_back(act: Act, starts_at: datetime, now: datetime) -> bool:
    """Tell whether an act gives the entitlement back: always where the unit did not cause it."""
    return act is not Act.CANCEL_BY_UNIT or starts_at - now >= CUT_OFF


def check_may_move(moves: int, starts_at: datetime, now: datetime) -> None:
    """Raise `MovesUsed`, or `TooLateToMove` after the cut-off."""
    if moves >= MOST_MOVES:
        raise MovesUsed
    if starts_at - now < CUT_OFF:
        raise TooLateToMove


def used(changes: Iterable[int]) -> int:
    """Return how many workshops a ledger says were used."""
    return -sum(changes)
