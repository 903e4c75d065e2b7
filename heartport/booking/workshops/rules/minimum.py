"""成团: from how many people on a workshop takes place, until when it may be too small, and which two may be one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from heartport.errors import Conflict, Invalid
from heartport.local_time import local

DECIDED_BEFORE = timedelta(days=7)
"""So many days before the start it is decided whether a group is large enough."""
WARNED_BEFORE = timedelta(days=3)
"""So many days before that, coordinators are told, while there is time to bring two units together."""


class Verdict(StrEnum):
    """What becomes of a workshop."""

    GO = "go"
    WARN = "warn"
    CANCEL = "cancel"


class HeadcountOutside(Invalid):
    """So many people do not fit."""

    code = "headcount_outside"
    detail = "人数超过了这个课题能容纳的范围。"


class UnderMinimum(Conflict):
    """Too few people, and the day on which that is decided has come."""

    code = "workshop_under_minimum"
    detail = "人数还不到成团人数，而离活动只剩不到一周。请先增加人数，或与别的单位合办。"


class NotOneGroup(Conflict):
    """The two workshops cannot be held as one."""

    code = "workshop_not_joinable"
    detail = "这两场不能合办：课题须相同，对方须已确认且没有并入别场，总人数不超过上限。"


@dataclass(frozen=True, slots=True)
class Group:
    """All who come to one workshop: the unit's own people and those of units that joined it."""

    topic_code: str
    headcounts: Sequence[int]
    min_people: int
    max_people: int

    @property
    def total(self) -> int:
        """How many people that are."""
        return sum(self.headcounts)

    @property
    def is_large_enough(self) -> bool:
        """Tell whether it takes place."""
        return self.total >= self.min_people


def decided_on(starts_at: datetime) -> date:
    """Return the local day on which it is decided."""
    return (local(starts_at) - DECIDED_BEFORE).date()


def verdict_on(group: Group, starts_at: datetime, today: date) -> Verdict:
    """Say what becomes of a confirmed workshop as of this day."""
    if group.is_large_enough or today < decided_on(starts_at) - WARNED_BEFORE:
        return Verdict.GO
    return Verdict.CANCEL if today >= decided_on(starts_at) else Verdict.WARN


def check_large_enough(group: Group, starts_at: datetime, today: date) -> None:
    """Raise `UnderMinimum` where the day of the decision is there already."""
    if verdict_on(group, starts_at, today) is Verdict.CANCEL:
        raise UnderMinimum


def check_headcount(headcount: int, max_people: int) -> None:
    """Raise `HeadcountOutside`; fewer than the minimum may ask, since they can still become enough."""
    if not 1 <= headcount <= max_people:
        raise HeadcountOutside(errors={"headcount": [f"请填 1 至 {max_people} 人；更多的人请分两场。"]})


def check_joinable(host: Group, topic_code: str, headcount: int, *, is_confirmed: bool, is_guest: bool) -> None:
    """Raise `NotOneGroup` unless this many people may join a confirmed workshop of the same topic."""
    fits = host.total + headcount <= host.max_people
    if not (fits and is_confirmed and not is_guest and host.topic_code == topic_code):
        raise NotOneGroup
