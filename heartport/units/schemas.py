"""What comes in and goes out about units."""

from typing import Annotated, TypedDict

from marshmallow import fields, validate

from heartport.units.tree import Place
from heartport.web.schemas import BodyIn

LONGEST_TYPED = 40


class JoinIn(BodyIn):
    """An invite code as somebody typed it."""

    invite_code = fields.String(
        required=True, validate=validate.Length(max=LONGEST_TYPED, error=f"不超过 {LONGEST_TYPED} 个字符。")
    )


class UnitOut(TypedDict):
    """A unit."""

    id: str
    name: str
    path: Annotated[list[str], "The names on the way to it, from the city down, its own last."]


class NamedUnitOut(TypedDict):
    """A unit, by its names alone."""

    name: str
    path: list[str]


class InviteOut(TypedDict):
    """To what an invite would bind."""

    unit: NamedUnitOut


def unit_out(place: Place) -> UnitOut:
    """Return a unit with the names on the way to it, its own last."""
    return {"id": place.id, "name": place.name, "path": list(place.names)}


def invite_out(place: Place) -> InviteOut:
    """Return to what an invite would bind: names alone, and nothing about uses."""
    return {"unit": {"name": place.name, "path": list(place.names)}}
