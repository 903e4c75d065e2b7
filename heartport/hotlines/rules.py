"""When a line is open, in which order lines are shown, and when what we know of them is too old.

Pure. Opening hours are Asia/Shanghai. The moment always arrives as an argument and must carry a time zone,
since UTC taken for local time would be wrong by eight hours. Statutory holidays are not known here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from heartport.local_time import local

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
STALE_AFTER_DAYS = 30  # The deployment's promise: whoever keeps the list calls every number once a month.
EMERGENCY_NUMBERS = ("120", "110")
EXAMPLE_MARK = "演示"  # What the shipped entries say instead of who verified them.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")


class HotlineKind(StrEnum):
    """What a line is for; `crisis` are people trained to listen, `city` any other service of the city."""

    EMERGENCY = "emergency"
    CRISIS = "crisis"
    UNION = "union"
    YOUTH = "youth"
    WOMEN = "women"
    CITY = "city"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One opening on one day, in minutes after that day's midnight; beyond 1440 it runs into the next day."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The openings of each weekday, Monday first; they never overlap."""

    days: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Hotline:
    """One number to call; `district` None is everywhere."""

    number: str
    name: str
    kind: HotlineKind
    district: str | None
    hours: Hours
    verified_on: date
    verified_by: str


@dataclass(frozen=True, slots=True)
class Directory:
    """All hotlines of the deployment; `example` marks the file that we ship, which production refuses."""

    hotlines: tuple[Hotline, ...]
    example: bool


@dataclass(frozen=True, slots=True)
class Clinic:
    """A hospital's psychiatric or psychological clinic; `phone` None where the hospital publishes none."""

    name: str
    department: str
    district: str
    address: str
    phone: str | None
    hours: Hours
    verified_on: date
    verified_by: str
    example: bool


class HoursUnreadable(ValueError):
    """A text of opening hours is not in our form; `str()` says what is wrong with it."""


ALWAYS = Hours(((Span(0, DAY_MINUTES),),) * 7)


def parse_hours(text: str) -> Hours:
    """Read `always`, or parts such as `mon-fri 08:30-12:00, 14:00-17:30; sat 18:00-02:00`.

    Days are `daily`, a day, a range or a list without spaces (`mon,wed`); a day not named is closed. An
    opening that closes earlier than it opens closes on the next day. Raises `HoursUnreadable`.
    """
    if text.strip() == "always":
        return ALWAYS
    days: list[tuple[Span, ...]] = [()] * 7
    for part in text.split(";"):
        named, _, spans = part.strip().partition(" ")
        opened = tuple(sorted(_span(each.strip()) for each in spans.split(",")))
        for day in _days(named):
            if days[day]:
                raise HoursUnreadable(f"{DAYS[day]} is named twice")
            days[day] = opened
    hours = Hours(tuple(days))
    _refuse_overlap(hours)
    return hours


def is_always(hours: Hours) -> bool:
    """Is there no minute of the week without somebody there?"""
    return sum(length for _, length in _openings(hours)) == WEEK_MINUTES


def is_open(hours: Hours, at: datetime) -> bool:
    """Is the line open at this moment? The minute it closes no longer counts."""
    now = _minute_of_week(at)
    return any((now - opens) % WEEK_MINUTES < length for opens, length in _openings(hours))


def opens_next(hours: Hours, at: datetime) -> datetime | None:
    """Return when a closed line opens, in Shanghai time; None while it is open."""
    if is_open(hours, at):
        return None
    now = _minute_of_week(at)
    minutes = min((opens - now) % WEEK_MINUTES for opens, _ in _openings(hours))
    return local(at).replace(second=0, microsecond=0) + timedelta(minutes=minutes)


def in_order(hotlines: Iterable[Hotline], at: datetime, district: str | None = None) -> list[Hotline]:
    """Return the lines for a district (None or an unknown one: those for everywhere), best first.

    Open before closed. Among the open: crisis lines, then 120 and 110, then the others; within these the
    district's own first, then as in the file. A person in crisis should meet first the people who are
    trained to listen and answer now; straight after them, and first of all whenever no crisis line is open,
    come those who can be at the door. A district's own entry replaces the one for everywhere with the same
    number.
    """
    return sorted(
        _served(hotlines, district),
        key=lambda each: (not is_open(each.hours, at), _urgency(each.kind), each.district is None),
    )


def for_crisis(hotlines: Iterable[Hotline], at: datetime, district: str | None = None) -> list[Hotline]:
    """Return, best first, only what belongs on a crisis card: crisis lines, 120 and 110."""
    kinds = (HotlineKind.CRISIS, HotlineKind.EMERGENCY)
    return [each for each in in_order(hotlines, at, district) if each.kind in kinds]


def is_stale(entry: Hotline | Clinic, today: date) -> bool:
    """Was the entry last verified more than 30 days ago?"""
    return (today - entry.verified_on).days > STALE_AFTER_DAYS


def problems_for_production(directory: Directory, today: date) -> list[str]:
    """Say, one sentence each, why production must not start with these hotlines; empty if it may.

    The 24-hour line must be for everywhere and of kind `crisis`: in the middle of the night, in every district,
    somebody trained must answer. An entry that is merely old is shown with a warning and never stops a start: a
    worker that restarts on the 31st day must not take the whole service down.
    """
    problems = ["hotlines: the file is marked `example: true`"] if directory.example else []
    numbers = {each.number for each in directory.hotlines if each.district is None}
    problems += [f"hotlines: {number} is missing" for number in EMERGENCY_NUMBERS if number not in numbers]
    problems += _unverified("hotlines", [(each.number, each.verified_by) for each in directory.hotlines])
    problems += [
        f"hotlines: {each.number} says that it was verified on a day to come"
        for each in directory.hotlines
        if each.verified_on > today
    ]
    if not any(_holds_the_night(each) for each in directory.hotlines):
        problems.append(
            "hotlines: no crisis line besides 120 and 110 is open 24 hours and for every district "
            "(call it, then set verified_on and verified_by)"
        )
    return problems


def clinic_problems_for_production(clinics: Sequence[Clinic]) -> list[str]:
    """Say why production must not start with these clinics; nobody may be sent to an invented hospital."""
    problems = ["clinics: the file is marked `example: true`"] if any(each.example for each in clinics) else []
    return problems + _unverified("clinics", [(each.name, each.verified_by) for each in clinics])


def _days(text: str) -> list[int]:
    if text == "daily":
        return list(range(7))
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise HoursUnreadable("days must be `daily`, or of mon tue wed thu fri sat sun, such as `mon-fri` or `sat`")
        start = DAYS.index(first)
        length = (DAYS.index(last) - start) % 7 if dash else 0
        found += [(start + step) % 7 for step in range(length + 1)]
    return found


def _span(text: str) -> Span:
    match = SPAN.fullmatch(text)
    if match is None:
        raise HoursUnreadable("times must look like `08:30-17:30` (24 hours, two digits, no spaces)")
    hour, minute, last_hour, last_minute = match.groups()
    opens = int(hour) * 60 + int(minute)
    closes = int(last_hour) * 60 + int(last_minute) if last_hour else DAY_MINUTES
    if opens == closes:
        raise HoursUnreadable("opens and closes at the same time (24 hours are `00:00-24:00`, or `always`)")
    return Span(opens, closes if closes > opens else closes + DAY_MINUTES)


def _openings(hours: Hours) -> Iterator[tuple[int, int]]:
    """Yield (minute of the week it opens, how many minutes long), in the order of the week."""
    for day, spans in enumerate(hours.days):
        for span in spans:
            yield day * DAY_MINUTES + span.opens, span.closes - span.opens


def _refuse_overlap(hours: Hours) -> None:
    openings = list(_openings(hours))
    first = openings[0][0]
    nexts = [opens for opens, _ in openings[1:]] + [first + WEEK_MINUTES]
    for (opens, length), following in zip(openings, nexts, strict=True):
        if opens + length > following:
            raise HoursUnreadable(f"two openings overlap on or after {DAYS[opens // DAY_MINUTES]}")


def _minute_of_week(at: datetime) -> int:
    here = local(at)
    return here.weekday() * DAY_MINUTES + here.hour * 60 + here.minute


def _served(hotlines: Iterable[Hotline], district: str | None) -> list[Hotline]:
    listed = list(hotlines)
    own = {each.number for each in listed if each.district is not None and each.district == district}
    return [
        each
        for each in listed
        if (each.district is None and each.number not in own)
        or (each.district is not None and each.district == district)
    ]


def _urgency(kind: HotlineKind) -> int:
    return {HotlineKind.CRISIS: 0, HotlineKind.EMERGENCY: 1}.get(kind, 2)


def _unverified(file: str, entries: list[tuple[str, str]]) -> list[str]:
    return [
        f"{file}: {entry} still carries the verified_by of the example" for entry, by in entries if EXAMPLE_MARK in by
    ]


def _holds_the_night(line: Hotline) -> bool:
    return (
        line.kind is HotlineKind.CRISIS
        and line.number not in EMERGENCY_NUMBERS
        and line.district is None
        and is_always(line.hours)
    )
