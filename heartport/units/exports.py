"""A person's unit in the document of everything that is held about them."""

from typing import TypedDict

from heartport.members.standing import Standing
from heartport.units.bindings import unit_of
from heartport.units.schemas import UnitOut, unit_out


class UnitPartOut(TypedDict):
    """What the units hold about a person."""

    unit: UnitOut | None


def export_unit(standing: Standing) -> UnitPartOut:
    """Return the unit with its path, or null."""
    place = unit_of(standing.account_id)
    return {"unit": unit_out(place) if place else None}
