"""Who may ask to be called, how often, when they can be called, and when nobody will any more."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from heartport.errors import Conflict, TooMany
from heartport.local_time import SHANGHAI, local
from heartport.members.rules import ADULT, AgeGroupNeeded, ConsentNeeded, UnderAge

MOST_AN_HOUR = 5
HOUR = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=14)
"""After so many days since somebody could first have called, a request lapses: nobody keeps a number for ever."""

FOR_ADULTS = "这里的回电面向 18 岁以上的职工。如果您想找人说说，可以拨打 12355 青少年服务台。"


class When(StrEnum):
    """What part of the day suits the person."""

    SOON = "soon"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


HOURS: Mapping[When, tuple[int, int]] = {When.MORNING: (9, 12), When.AFTERNOON: (12, 18), When.EVENING: (18, 21)}
"""Local hours; nobody is called by default before 9 or after 21."""


class Urgency(StrEnum):
    """How urgent it is, as the person says."""

    NORMAL = "normal"
    URGENT = "urgent"


class FollowUpTooOften(TooMany):
    """The person asked and withdrew again and again."""

    code = "follow_up_too_often"
    detail = f"一小时内最多请求 {MOST_AN_HOUR} 次回电，请过一会儿再试。"


class RosterEmpty(Conflict):
    """Nobody is on duty, now or later: nobody would call."""

    code = "roster_empty"
    detail = "现在没有安排回电服务。需要有人说说话，可以拨打下面的热线。"


def check_may_ask(age_group: str | None, follow_up_granted: bool) -> None:
    """Raise `AgeGroupNeeded`, `UnderAge` or `ConsentNeeded` where a person may not ask to be called.

    There is no counselling here for who is under 18, and a call-back is the beginning of it.
    """
    if age_group is None:
        raise AgeGroupNeeded("请人回电前，请先选择您的年龄段。")
    if age_group != ADULT:
        raise UnderAge(FOR_ADULTS)
    if not follow_up_granted:
        raise ConsentNeeded("请人回电前，需要您先同意「请人回电」这一项。", members={"purpose": "follow_up"})


def why_not_offered(age_group: str | None, somebody_on_duty: bool) -> str | None:
    """Say why a person is offered no call-back, or None; an age that is not said yet is asked for on asking."""
    if age_group not in (None, ADULT):
        return FOR_ADULTS
    return None if somebody_on_duty else RosterEmpty.detail


def needs_hotlines(urgency: Urgency | None, on_duty: bool) -> bool:
    """Tell whether who waits should see whom to call now: it is urgent, or nobody is there; None waits no more."""
    return urgency is not None and (urgency is Urgency.URGENT or not on_duty)


def check_pace(asked: Collection[datetime], now: datetime) -> None:
    """Raise `FollowUpTooOften` for who asked five times within the hour before now, and say when to come back."""
    recent = sorted((each for each in asked if each > now - HOUR), reverse=True)
    if len(recent) >= MOST_AN_HOUR:
        again = recent[MOST_AN_HOUR - 1] + HOUR - now
        raise FollowUpTooOften(retry_after_seconds=int(again.total_seconds()) + 1)


def call_from(asked_at: datetime, when: When) -> datetime:
    """Return from when on the call may come: at once, or from the next such part of a day on."""
    if when is When.SOON:
        return asked_at
    here = local(asked_at)
    begins, ends = (_at_hour(here.date(), hour) for hour in HOURS[when])
    if here >= ends:
        return _at_hour(here.date() + timedelta(days=1), HOURS[when][0])
    return max(begins, here)


def _at_hour(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def is_forgotten(asked_at: datetime, expected: datetime | None, now: datetime) -> bool:
    """Tell whether a request has waited so long that it lapses; counted from when somebody could first have called."""
    return (expected or asked_at) + FORGOTTEN_AFTER <= now
