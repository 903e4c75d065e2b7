"""What is shown of where an appointment takes place, whom a change of it concerns, and what is missing."""

from dataclasses import dataclass
from datetime import date

from heartport.booking.counselling.rules.limits import MODES
from heartport.booking.rules.meeting_places import MeetingPlace
from heartport.booking.rules.openings import Openings

TO_FOLLOW = {"in_person": "地点稍后由咨询师告知。", "video": "视频链接稍后由咨询师告知。"}
"""What stands in the stead of a place that nobody said yet, for the modes that need one."""
CALLED = "到时咨询师会拨打您留下的电话。"
OPEN_IT = "视频链接请打开这次预约查看。"


@dataclass(frozen=True, slots=True)
class Where:
    """What is shown of where an appointment takes place: a place, or a sentence in its stead, or neither."""

    place: MeetingPlace | None = None
    note: str | None = None


def place_in(mode: str, place: MeetingPlace) -> MeetingPlace | None:
    """Return what of a place somebody needs who meets in this mode; None where there is nothing of it."""
    if mode == "in_person" and place.address:
        return MeetingPlace(place.address, place.directions)
    if mode == "video" and place.link:
        return MeetingPlace(link=place.link)
    return None


def where_to_meet(mode: str, place: MeetingPlace) -> Where:
    """Return what the person of an appointment is shown."""
    found = place_in(mode, place)
    return Where(found) if found else Where(note=TO_FOLLOW.get(mode, CALLED))


def without_link(where: Where) -> Where:
    """Return what a list shows of it: the link is there only for whoever opens the one appointment."""
    return Where(note=OPEN_IT) if where.place and where.place.link else where


def changed_modes(before: MeetingPlace, after: MeetingPlace) -> list[str]:
    """Return the modes in which somebody is shown something else than before."""
    return [mode for mode in MODES if place_in(mode, before) != place_in(mode, after)]


def missing_modes(openings: Openings, place: MeetingPlace, today: date) -> list[str]:
    """Return the modes in which somebody can be booked without being told where; past single days count for nothing."""
    offered = {mode for each in openings.weekly for mode in each.modes or MODES}
    if any(each.opens and each.day >= today for each in openings.changes):
        offered.update(MODES)
    return [mode for mode in TO_FOLLOW if mode in offered and place_in(mode, place) is None]
