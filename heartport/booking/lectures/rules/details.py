"""What a lecture may look like."""

from dataclasses import dataclass, field
from datetime import datetime

from heartport.errors import Conflict, Invalid

MOST_SEATS = 1000
LEAST_QUOTA = 5
"""A quota that is used up must not point at fewer people than five."""
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_VENUE = 60, 600, 80
SHORTEST_MINUTES, LONGEST_MINUTES = 15, 480


class CapacityTaken(Conflict):
    """More seats are taken than would be left; `taken` says how many."""

    code = "capacity_taken"
    detail = "已报名的人数超过了新的名额，名额不能少于已报名人数。"


class QuotaTaken(Conflict):
    """People of some unit have more seats than the new quota."""

    code = "quota_taken"
    detail = "有单位的已报名人数超过了新的单位名额上限，上限不能再低。"


@dataclass(frozen=True, slots=True)
class Details:
    """What a coordinator says of a lecture."""

    title: str
    summary: str
    venue: str
    starts_at: datetime
    duration_minutes: int
    capacity: int
    unit_quota: int | None
    lecturer_id: str
    room_id: str | None = field(default=None)


def check_room(capacity: int, room_takes: int | None) -> None:
    """Raise `Invalid` where a room takes fewer people than there are seats."""
    if room_takes is not None and room_takes < capacity:
        raise Invalid(errors={"capacity": [f"这个场地最多容纳 {room_takes} 人。"]})


def check_seats(capacity: int, taken: int) -> None:
    """Raise `CapacityTaken` where more is taken than there would be."""
    if capacity < taken:
        raise CapacityTaken(members={"taken": taken})


def check_quota(quota: int | None, most_taken: int) -> None:
    """Raise `QuotaTaken` where some unit has more than it could have."""
    if quota is not None and quota < most_taken:
        raise QuotaTaken
