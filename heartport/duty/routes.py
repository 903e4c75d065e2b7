"""HTTP of the roster: staff on duty read it, a coordinator replaces what is to come."""

from typing import Any

from heartport.callers import COORDINATOR
from heartport.duty.roster import RosterChanged, read_roster, replace_roster
from heartport.duty.rules import RosterRefused, Shift
from heartport.duty.schemas import RosterIn, RosterOut, roster_out
from heartport.web.access import also_requires
from heartport.web.contract import Blueprint

SHIFT = {"starts_at": "2026-11-30T09:00:00+08:00", "ends_at": "2026-11-30T17:00:00+08:00"}
EXAMPLE = {"version": 1, "items": [{**SHIFT, "primary": "lin", "backup": "wang", "supervisor": "chen"}]}

duty_shifts = Blueprint("duty_shifts", __name__, url_prefix="/api/v1/duty-shifts", description="值班表")


@duty_shifts.get("")
@duty_shifts.answers(200, RosterOut)
def show_roster() -> RosterOut:
    """Show the shifts from now on and who may be on duty."""
    return roster_out(read_roster())


@duty_shifts.put("")
@duty_shifts.answers(200, RosterOut)
@duty_shifts.refuses(RosterRefused, RosterChanged)
@also_requires(COORDINATOR)
@duty_shifts.arguments(RosterIn, example=EXAMPLE)
def save_roster(body: dict[str, Any]) -> RosterOut:
    """Replace all shifts that are not over."""
    replace_roster([Shift(**each) for each in body["items"]], body["version"])
    return roster_out(read_roster())
