"""HTTP of the units: what an invite would bind to, joining, leaving. No route tells how often an invite was used."""

from typing import Any

from heartport.errors import TooMany
from heartport.units import bindings, invites
from heartport.units.rules import InviteExpired, InviteReplaced, InviteUnknown, InviteUsedUp
from heartport.units.schemas import LONGEST_TYPED, InviteOut, JoinIn, UnitOut, invite_out, unit_out
from heartport.web.access import current_caller
from heartport.web.contract import STORES_FAIL, Blueprint
from heartport.web.limits import count_invite
from heartport.web.shapes import Parameter

EXAMPLE = "HEART-P0RT1"
CODE = Parameter(
    "code",
    "path",
    "An invite code; spaces, dashes and case do not matter.",
    {"type": "string", "maxLength": LONGEST_TYPED},
    example=EXAMPLE,
)

open_invites = Blueprint(
    "invites", __name__, url_prefix="/api/v1/invites", description="邀请码 What an invite binds to"
)
own_unit = Blueprint("own_unit", __name__, url_prefix="/api/v1/me/unit", description="我的单位 Joining and leaving")


@open_invites.get("/<code>")
@open_invites.takes(CODE)
@open_invites.answers(200, InviteOut)
@open_invites.refuses(InviteUnknown, InviteReplaced, InviteExpired, TooMany, *STORES_FAIL)
def show_invite(code: str) -> InviteOut:
    """Show to which unit a code would bind."""
    count_invite()
    return invite_out(invites.show_invite(code))


@own_unit.post("")
@own_unit.arguments(JoinIn, example={"invite_code": EXAMPLE})
@own_unit.answers(200, UnitOut)
@own_unit.refuses(InviteUnknown, InviteReplaced, InviteExpired, InviteUsedUp)
def join_unit(body: dict[str, Any]) -> UnitOut:
    """Join the unit of an invite, instead of any other; a repetition answers the same and takes no further use."""
    return unit_out(bindings.join_unit(current_caller().account_id, body["invite_code"]))


@own_unit.delete("")
@own_unit.answers(204)
def leave_unit() -> tuple[str, int]:
    """Leave the unit."""
    bindings.leave_unit(current_caller().account_id)
    return "", 204
