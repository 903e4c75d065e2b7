"""Pure decisions about duty: what a roster may say, who answers for a call-back, and how long somebody has waited."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from heartport.errors import Invalid

BACKUP_AFTER = timedelta(minutes=15)
SUPERVISOR_AFTER = timedelta(minutes=30)
"""The contract: escalation to the backup after 15 minutes, to the supervisor after 30."""

LONGEST_SHIFT = timedelta(hours=24)
FURTHEST_AHEAD = timedelta(days=400)
"""A longer shift, or one further away, is a slip of the pen; a roster of a whole year fits."""


class Duty(StrEnum):
    """What somebody is on duty as."""

    PRIMARY = "primary"
    BACKUP = "backup"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """A stretch of time and who is on duty in it: ids of staff once stored, user names as somebody writes them."""

    starts_at: datetime
    ends_at: datetime
    primary: str
    backup: str
    supervisor: str

    @property
    def people(self) -> dict[Duty, str]:
        """Who does what."""
        return {Duty.PRIMARY: self.primary, Duty.BACKUP: self.backup, Duty.SUPERVISOR: self.supervisor}

    def overlaps(self, other: "Shift") -> bool:
        """Tell whether both hold at some moment; a shift ends where the next one begins."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a list of shifts: in which of them, counted from 0, in which field, and what."""

    index: int
    field: str
    message: str


class RosterRefused(Invalid):
    """The shifts that were sent cannot be a roster; `errors` names each place."""

    code = "roster_refused"
    detail = "值班表有些地方需要修改。"


def roster_problems(
    shifts: Sequence[Shift], over: Sequence[Shift], able: Collection[str], now: datetime
) -> list[Problem]:
    """Say all that is wrong with shifts to come; `over` are those that have ended, `able` who may be on duty."""
    problems = []
    for index, shift in enumerate(shifts):
        found = [*_wrong_times(shift, now), *_wrong_people(shift, able), *_overlaps(shift, shifts[:index], over)]
        problems += [Problem(index, field, message) for field, message in found]
    return problems


def _wrong_times(shift: Shift, now: datetime) -> Iterator[tuple[str, str]]:
    if shift.ends_at <= shift.starts_at:
        yield "ends_at", "结束须晚于开始。"
    elif shift.ends_at - shift.starts_at > LONGEST_SHIFT:
        yield "ends_at", "一个班次最长 24 小时。"
    if shift.ends_at <= now:
        yield "ends_at", "这个班次已经结束。"
    elif shift.ends_at - now > FURTHEST_AHEAD:
        yield "ends_at", f"最多提前 {FURTHEST_AHEAD.days} 天排班。"


def _wrong_people(shift: Shift, able: Collection[str]) -> Iterator[tuple[str, str]]:
    named: list[str] = []
    for duty, who in shift.people.items():
        if who not in able:
            yield duty.value, "没有这个工作人员，或者此人不能值班（须为咨询师、临床负责人或协调员，且账号未停用）。"
        elif who in named:
            yield duty.value, "同一个班次的三个人须各不相同。"
        named.append(who)


def _overlaps(shift: Shift, earlier: Sequence[Shift], over: Sequence[Shift]) -> Iterator[tuple[str, str]]:
    number = next((number for number, other in enumerate(earlier, start=1) if other.overlaps(shift)), None)
    if number is not None:
        yield "starts_at", f"与第 {number} 个班次时间重叠。"
    if any(other.overlaps(shift) for other in over):
        yield "starts_at", "与已经结束的班次时间重叠。"


def shift_at(shifts: Sequence[Shift], moment: datetime) -> Shift | None:
    """Return the shift that holds at a moment; its last instant belongs to the next one."""
    return next((each for each in shifts if each.starts_at <= moment < each.ends_at), None)


def first_on_duty(shifts: Sequence[Shift], since: datetime) -> datetime | None:
    """Return the first moment, not before `since`, at which somebody is on duty; None where the roster has ended.

    The shifts are in their order, as the roster gives them.
    """
    return next((max(each.starts_at, since) for each in shifts if each.ends_at > since), None)


def duty_time(shifts: Sequence[Shift], since: datetime, until: datetime) -> timedelta:
    """Return how much of a stretch lies within shifts: who asks at night waits from the morning on."""
    spans = (min(each.ends_at, until) - max(each.starts_at, since) for each in shifts)
    return sum((span for span in spans if span > timedelta()), timedelta())


def duty_for(waited: timedelta) -> Duty:
    """Return who answers for a call-back that has waited so long."""
    if waited >= SUPERVISOR_AFTER:
        return Duty.SUPERVISOR
    return Duty.BACKUP if waited >= BACKUP_AFTER else Duty.PRIMARY


def end_of_replaced(running: Shift, wanted: Sequence[Shift], now: datetime) -> datetime | None:
    """Return where a running shift ends that a new roster replaces; None where nothing of it is left.

    What was duty until now stays so: somebody who has waited since this morning must not begin anew.
    """
    end = min((now, *(each.starts_at for each in wanted)))
    return end if end > running.starts_at else None
