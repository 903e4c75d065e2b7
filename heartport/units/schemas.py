"""What comes in and goes out about units."""

from typing import Any

from marshmallow import fields, validate

from heartport.units.tree import Place
from heartport.web.schemas import BodyIn


class JoinIn(BodyIn):
    """An invite code as somebody typed it."""

    invite_code = fields.String(required=True, validate=validate.Length(max=40, error="不超过 40 个字符。"))


def unit_out(place: Place) -> dict[str, Any]:
    """Return a unit with the names on the way to it, its own last."""
    return {"id": place.id, "name": place.name, "path": list(place.names)}


def invite_out(place: Place) -> dict[str, Any]:
    """Return to what an invite would bind: names alone, and nothing about uses."""
    return {"unit": {"name": place.name, "path": list(place.names)}}
