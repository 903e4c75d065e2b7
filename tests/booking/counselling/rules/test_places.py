"""What is shown of a place in which mode, whom a change concerns, and what is missing."""

from datetime import date, timedelta

import pytest

from heartport.booking.counselling.rules.places import (
    CALLED,
    OPEN_IT,
    TO_FOLLOW,
    Where,
    changed_modes,
    missing_modes,
    where_to_meet,
    without_link,
)
from heartport.booking.rules.meeting_places import NOWHERE, MeetingPlace
from heartport.booking.rules.openings import Change, OpenDay, Opening, Openings

TODAY = date(2026, 11, 22)
LINK = "https://meet.example/room-305"
DOOR = MeetingPlace("文化宫 305 室", "走东侧小门", None)
ROOM = MeetingPlace(link=LINK)
BOTH = MeetingPlace("文化宫 305 室", "走东侧小门", LINK)


@pytest.mark.parametrize(
    ("mode", "place", "shown"),
    [
        ("in_person", BOTH, Where(DOOR)),
        ("in_person", ROOM, Where(note=TO_FOLLOW["in_person"])),
        ("in_person", NOWHERE, Where(note=TO_FOLLOW["in_person"])),
        ("video", BOTH, Where(ROOM)),
        ("video", DOOR, Where(note=TO_FOLLOW["video"])),
        ("phone", BOTH, Where(note=CALLED)),
    ],
)
def test_each_mode_shows_what_it_needs_and_nothing_else(mode: str, place: MeetingPlace, shown: Where) -> None:
    assert where_to_meet(mode, place) == shown


def test_a_list_shows_everything_but_a_link() -> None:
    assert without_link(Where(ROOM)) == Where(note=OPEN_IT)
    for other in (Where(DOOR), Where(note=CALLED), Where()):
        assert without_link(other) == other


@pytest.mark.parametrize(
    ("before", "after", "modes"),
    [
        (BOTH, BOTH, []),
        (NOWHERE, DOOR, ["in_person"]),
        (BOTH, DOOR, ["video"]),
        (DOOR, MeetingPlace(DOOR.address, "走西门"), ["in_person"]),
        (BOTH, NOWHERE, ["in_person", "video"]),
    ],
)
def test_a_change_concerns_whoever_is_shown_something_else(
    before: MeetingPlace, after: MeetingPlace, modes: list[str]
) -> None:
    assert changed_modes(before, after) == modes


def weekly(*modes: str) -> Openings:
    return Openings([Opening(OpenDay.MON, 540, 720, modes)])


def single(days: int, *, opens: bool) -> Openings:
    return Openings(changes=[Change(TODAY + timedelta(days=days), 540, 720, opens)])


@pytest.mark.parametrize(
    ("openings", "place", "missing"),
    [
        (Openings(), NOWHERE, []),
        (weekly(), NOWHERE, ["in_person", "video"]),
        (weekly(), DOOR, ["video"]),
        (weekly(), BOTH, []),
        (weekly("phone"), NOWHERE, []),
        (weekly("phone", "video"), DOOR, ["video"]),
        (single(0, opens=True), NOWHERE, ["in_person", "video"]),
        (single(-1, opens=True), NOWHERE, []),
        (single(0, opens=False), NOWHERE, []),
    ],
)
def test_missing_is_what_can_be_booked_and_is_nowhere(
    openings: Openings, place: MeetingPlace, missing: list[str]
) -> None:
    assert missing_modes(openings, place, TODAY) == missing
