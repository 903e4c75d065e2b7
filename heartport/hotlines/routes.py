"""HTTP of the hotlines: always reachable, without signing in."""

from typing import Any

from flask import request

from heartport.hotlines.service import list_hotlines
from heartport.web.contract import Blueprint

hotlines = Blueprint("hotlines", __name__, url_prefix="/api/v1/hotlines", description="求助热线")


@hotlines.get("")
def show_hotlines() -> dict[str, Any]:
    """Show whom to call now."""
    return {"items": list_hotlines(request.args.get("district")), "next_cursor": None}
