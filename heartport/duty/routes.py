"""HTTP of the roster: staff on duty read it, a coordinator replaces what is to come."""

from typing import Any

from heartport.callers import COORDINATOR
from heartport.duty.roster import read_roster, replace_roster
from heartport.duty.rules import Shift
from heartport.duty.schemas import RosterIn, roster_out
from heartport.web.access import also_requires
from heartport.web.contract import Blueprint

duty_shifts = Blueprint("duty_shifts", __name__, url_prefix="/api/v1/duty-shifts", description="值班表")


@duty_shifts.get("")
def show_roster() -> dict[str, Any]:
    """Show the shifts from now on and who may be on duty."""
    return roster_out(read_roster())


@duty_shifts.put("")
@also_requires(COORDINATOR)
@duty_shifts.arguments(RosterIn)
def save_roster(body: dict[str, Any]) -> dict[str, Any]:
    """Replace all shifts that are not over."""
    replace_roster([Shift(**each) for each in body["items"]], body["version"])
    return roster_out(read_roster())
