"""HTTP of the units: what an invite would bind to, joining, leaving. No route tells how often an invite was used."""

from typing import Any

from heartport.units import bindings, invites
from heartport.units.schemas import JoinIn, invite_out, unit_out
from heartport.web.access import current_caller
from heartport.web.contract import Blueprint
from heartport.web.limits import count_invite

open_invites = Blueprint("invites", __name__, url_prefix="/api/v1/invites", description="邀请码")
own_unit = Blueprint("own_unit", __name__, url_prefix="/api/v1/me/unit", description="我的单位")


@open_invites.get("/<code>")
def show_invite(code: str) -> dict[str, Any]:
    """Show to which unit a code would bind."""
    count_invite()
    return invite_out(invites.show_invite(code))


@own_unit.post("")
@own_unit.arguments(JoinIn)
def join_unit(body: dict[str, Any]) -> dict[str, Any]:
    """Join the unit of an invite, instead of any other; a repetition answers the same and takes no further use."""
    return unit_out(bindings.join_unit(current_caller().account_id, body["invite_code"]))


@own_unit.delete("")
def leave_unit() -> tuple[str, int]:
    """Leave the unit."""
    bindings.leave_unit(current_caller().account_id)
    return "", 204
