"""Where the people of the calendar are met, as it is stored: the address in clear, the link to a room sealed."""

from collections.abc import Collection

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from heartport.booking.models import MeetingPlaceRow
from heartport.booking.rules.meeting_places import LONGEST_LINK, NOWHERE, MeetingPlace
from heartport.errors import Stale
from heartport.stores import Store, reading
from heartport.vault.door import current_vault

COLUMN = "meeting link"
LINK_LENGTH = LONGEST_LINK + 12
"""Bytes of the padded link, which is ASCII."""


class PlaceChanged(Stale):
    """The place was changed since it was read."""

    code = "place_changed"
    detail = "见面地点刚被改过，请刷新后再改。"


def read_place(resource_id: str) -> MeetingPlace:
    """Return where somebody is met, with its version."""
    with reading(Store.MAIN) as session:
        return read_places(session, [resource_id]).get(resource_id, NOWHERE)


def read_places(session: Session, resource_ids: Collection[str]) -> dict[str, MeetingPlace]:
    """Return it of those of these people who ever said it."""
    rows = session.execute(select(MeetingPlaceRow).where(MeetingPlaceRow.resource_id.in_(resource_ids))).scalars()
    return {row.resource_id: _place(row) for row in rows}


def replace_place(session: Session, resource_id: str, place: MeetingPlace) -> MeetingPlace:
    """Put a place in the stead of what a locked resource has, and return what that was; the same changes nothing.

    Raises `PlaceChanged` where it is another version than the one that was read.
    """
    before = read_places(session, [resource_id]).get(resource_id, NOWHERE)
    if place == before:
        return before
    if place.version != before.version:
        raise PlaceChanged
    values = {
        "address": place.address,
        "directions": place.directions,
        "link_sealed": _seal(resource_id, place.link),
        "version": before.version + 1,
    }
    if before.version:
        session.execute(update(MeetingPlaceRow).where(MeetingPlaceRow.resource_id == resource_id).values(values))
    else:
        session.execute(insert(MeetingPlaceRow).values(resource_id=resource_id, **values))
    return before


def clear_place(session: Session, resource_id: str) -> None:
    """Delete what was said of a place; its version goes on, so that no two changes are taken for one."""
    values = {"address": None, "directions": None, "link_sealed": None, "version": MeetingPlaceRow.version + 1}
    session.execute(update(MeetingPlaceRow).where(MeetingPlaceRow.resource_id == resource_id).values(values))


def _seal(resource_id: str, link: str | None) -> bytes | None:
    return None if link is None else current_vault().seal_column(COLUMN, resource_id, link, LINK_LENGTH)


def _place(row: MeetingPlaceRow) -> MeetingPlace:
    link = row.link_sealed and current_vault().open_column(COLUMN, row.resource_id, row.link_sealed)
    return MeetingPlace(row.address, row.directions, link or None, row.version)
