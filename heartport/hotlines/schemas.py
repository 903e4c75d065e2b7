"""What clients see of a hotline or a clinic: hours in words, whether it is open now, and how sure we are."""

from datetime import datetime
from itertools import groupby
from typing import Annotated, TypedDict

from heartport.hotlines.rules import (
    DAY_MINUTES,
    EMERGENCY_NUMBERS,
    STALE_AFTER_DAYS,
    Clinic,
    Hotline,
    HotlineKind,
    Hours,
    Span,
    is_always,
    is_open,
    is_stale,
    opens_next,
)
from heartport.local_time import WEEKDAYS, in_words, local
from heartport.web.shapes import Day, one_of


class HotlineOut(TypedDict):
    """A number to call."""

    number: str
    name: str
    kind: Annotated[str, one_of(HotlineKind)]
    district: Annotated[str | None, "Null is everywhere."]
    hours: Annotated[str, "Opening hours in words."]
    open_now: bool
    verified_on: Day
    note: Annotated[str | None, "A sentence to show under it."]


class ClinicOut(TypedDict):
    """A clinic of a hospital."""

    name: str
    department: str
    district: str
    address: str
    phone: str | None
    hours: Annotated[str, "Opening hours in words."]
    verified_on: Day
    note: Annotated[str | None, "A sentence to show under it."]


class HotlinesBesideOut(TypedDict):
    """Whom to call instead, beside a refusal."""

    hotlines: list[HotlineOut]


def hotline_out(hotline: Hotline, at: datetime) -> HotlineOut:
    """Return a hotline as of this moment; `note` is a sentence to show under it, or None."""
    return {
        "number": hotline.number,
        "name": hotline.name,
        "kind": hotline.kind.value,
        "district": hotline.district,
        "hours": hours_in_words(hotline.hours),
        "open_now": is_open(hotline.hours, at),
        "verified_on": hotline.verified_on.isoformat(),
        "note": "".join((_opening_note(hotline.hours, at), _stale_note(hotline, at))) or None,
    }


def clinic_out(clinic: Clinic, at: datetime) -> ClinicOut:
    """Return a clinic as of this moment; `note` says that it is an example or long unverified, or is None."""
    note = ""
    if clinic.example:
        note = "这是演示条目，并非真实医院。"
    elif is_stale(clinic, local(at).date()):
        note = f"这条信息超过 {STALE_AFTER_DAYS} 天未核实，就诊前请先向医院确认。"
    return {
        "name": clinic.name,
        "department": clinic.department,
        "district": clinic.district,
        "address": clinic.address,
        "phone": clinic.phone,
        "hours": hours_in_words(clinic.hours),
        "verified_on": clinic.verified_on.isoformat(),
        "note": note or None,
    }


def hours_in_words(hours: Hours) -> str:
    """Say opening hours in Chinese: 每天 24 小时, or 周一至周五 8:30–17:30；周六 9:00–12:00."""
    if is_always(hours):
        return "每天 24 小时"
    alike: dict[tuple[Span, ...], list[int]] = {}
    for day, spans in enumerate(hours.days):
        if spans:
            alike.setdefault(spans, []).append(day)
    return "；".join(f"{_days_in_words(days)} {'、'.join(map(_span_in_words, spans))}" for spans, days in alike.items())


def _days_in_words(days: list[int]) -> str:
    if len(days) == 7:
        return "每天"
    # Days in a row differ from their place in the list by the same amount.
    runs = [[day for _, day in run] for _, run in groupby(enumerate(days), lambda pair: pair[1] - pair[0])]
    return "、".join(part for run in runs for part in _run_in_words(run))


def _run_in_words(run: list[int]) -> list[str]:
    if len(run) > 2:
        return [f"周{WEEKDAYS[run[0]]}至周{WEEKDAYS[run[-1]]}"]
    return [f"周{WEEKDAYS[day]}" for day in run]


def _span_in_words(span: Span) -> str:
    after_midnight = span.closes > DAY_MINUTES
    closes = span.closes - DAY_MINUTES if after_midnight else span.closes
    return f"{_clock(span.opens)}–{'次日 ' if after_midnight else ''}{_clock(closes)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _opening_note(hours: Hours, at: datetime) -> str:
    opens = opens_next(hours, at)
    if opens is None:
        return ""
    return f"现在不在服务时间，{in_words(opens, at)} 开通。"


def _stale_note(hotline: Hotline, at: datetime) -> str:
    if not is_stale(hotline, local(at).date()):
        return ""
    if hotline.kind is HotlineKind.EMERGENCY:
        others = " 或 ".join(number for number in EMERGENCY_NUMBERS if number != hotline.number)
        instead = f"如打不通请拨打 {others}"
    else:
        instead = f"如打不通请换一条线路，情况紧急请拨打 {' 或 '.join(EMERGENCY_NUMBERS)}"
    return f"这条信息超过 {STALE_AFTER_DAYS} 天未核实，{instead}。"
