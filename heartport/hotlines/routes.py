"""HTTP of the hotlines: always reachable, without signing in."""

from flask import request

from heartport.hotlines.schemas import HotlineOut
from heartport.hotlines.service import list_hotlines
from heartport.web.contract import Blueprint
from heartport.web.shapes import PageOut, Parameter

DISTRICT = Parameter(
    "district", "query", "Only the lines of this district, and those that serve everywhere.", {"type": "string"}
)

hotlines = Blueprint("hotlines", __name__, url_prefix="/api/v1/hotlines", description="求助热线 Hotlines")


@hotlines.get("")
@hotlines.takes(DISTRICT)
@hotlines.answers(200, PageOut[HotlineOut])
def show_hotlines() -> PageOut[HotlineOut]:
    """Show whom to call now: whoever answers at this moment first."""
    return {"items": list_hotlines(request.args.get("district")), "next_cursor": None}
