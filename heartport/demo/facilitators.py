"""The demonstration's facilitators, rooms and equipment; whoever has openings, a place or qualifications keeps them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from heartport.booking.availability import read_openings, replace_openings
from heartport.booking.counselling.places import save_place
from heartport.booking.meeting_places import read_place
from heartport.booking.resources import add_person, add_room, find_resource, list_resources, resource_of_staff
from heartport.booking.rules.meeting_places import MeetingPlace
from heartport.booking.rules.openings import WEEK, OpenDay, Opening
from heartport.booking.workshops.facilitators import list_facilitators, qualify
from heartport.staff.accounts import staff_id_of

WORKED = WEEK[:5]


def load_facilitators(folder: Path) -> None:
    """Make the facilitators, rooms and equipment that are not there yet."""
    raw = yaml.safe_load((folder / "facilitators.yaml").read_text(encoding="utf-8"))
    known = {each.id for each in list_facilitators(0)}
    for entry in raw["facilitators"]:
        load_facilitator(entry, known)
    names = {each.name for each in list_resources(active_only=False)}
    for kind, key in (("room", "rooms"), ("equipment", "equipment")):
        for entry in raw[key]:
            if entry["name"] not in names:
                add_room(**entry, kind=kind)


def load_facilitator(entry: dict[str, Any], known: set[str]) -> None:
    """Let one member of staff be booked on working days, be met somewhere, and lead what the file says."""
    staff_id = staff_id_of(entry["username"])
    resource_id = resource_of_staff(staff_id) or add_person(staff_id, entry["district"])
    if not read_openings(resource_id).weekly:
        weekly = [opening(day, entry) for day in WORKED]
        if evening := entry.get("reserved"):
            weekly.append(replace(opening(OpenDay(evening["day"]), evening), reserved=True))
        replace_openings(resource_id, weekly, [], None)
    if "place" in entry and find_resource(resource_id).active and not read_place(resource_id).version:
        save_place(resource_id, MeetingPlace(**entry["place"]))
    if resource_id not in known:
        qualify(resource_id, entry["qualifications"])


def opening(day: OpenDay, entry: dict[str, Any]) -> Opening:
    """Return the opening of a day that an entry has from and to its hours."""
    return Opening(day, minutes(entry["from"]), minutes(entry["to"]))


def minutes(text: str) -> int:
    """Return the minutes since midnight of "08:30"."""
    hours, rest = text.split(":")
    return 60 * int(hours) + int(rest)
