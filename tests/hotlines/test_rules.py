from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from heartport.hotlines.rules import (
    ALWAYS,
    Clinic,
    Directory,
    Hotline,
    HotlineKind,
    HoursUnreadable,
    clinic_problems_for_production,
    for_crisis,
    in_order,
    is_always,
    is_open,
    is_stale,
    opens_next,
    parse_hours,
    problems_for_production,
)
from heartport.local_time import SHANGHAI

VERIFIED = date(2026, 11, 22)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# 2026-11-23 is a Monday.
MONDAY, TUESDAY, SATURDAY, SUNDAY = "2026-11-23", "2026-11-24", "2026-11-28", "2026-11-29"


def line(number="12356", kind="crisis", hours="always", district=None, **fields) -> Hotline:
    return Hotline(
        number=number,
        name=f"热线 {number}",
        kind=HotlineKind(kind),
        district=district,
        hours=parse_hours(hours),
        verified_on=fields.get("verified_on", VERIFIED),
        verified_by=fields.get("verified_by", "王敏"),
    )


OFFICE = "mon-fri 08:30-12:00, 14:00-17:30"


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        ("always", f"{SUNDAY} 03:00", True),
        (OFFICE, f"{MONDAY} 08:29:59", False),
        (OFFICE, f"{MONDAY} 08:30", True),
        (OFFICE, f"{MONDAY} 11:59:59", True),
        (OFFICE, f"{MONDAY} 12:00", False),
        (OFFICE, f"{MONDAY} 14:00", True),
        (OFFICE, f"{MONDAY} 17:30", False),
        (OFFICE, f"{SATURDAY} 10:00", False),
        ("daily 18:00-02:00", f"{MONDAY} 17:59", False),
        ("daily 18:00-02:00", f"{MONDAY} 23:59", True),
        ("daily 18:00-02:00", f"{MONDAY} 01:59", True),
        ("daily 18:00-02:00", f"{MONDAY} 02:00", False),
        ("sun 18:00-02:00", f"{MONDAY} 01:00", True),
        ("sun 18:00-02:00", f"{SUNDAY} 01:00", False),
        ("sun 18:00-02:00", f"{TUESDAY} 01:00", False),
        ("mon 18:00-24:00", f"{MONDAY} 23:59", True),
        ("mon 18:00-24:00", f"{TUESDAY} 00:00", False),
        ("fri-mon 09:00-10:00", f"{SUNDAY} 09:30", True),
        ("fri-mon 09:00-10:00", f"{TUESDAY} 09:30", False),
        ("mon,sat 09:00-10:00", f"{SATURDAY} 09:30", True),
        ("mon,sat 09:00-10:00; tue 11:00-12:00", f"{TUESDAY} 11:30", True),
    ],
)
def test_a_line_is_open_from_its_first_minute_until_just_before_its_last(hours, moment, expected):
    assert is_open(parse_hours(hours), at(moment)) is expected


def test_a_moment_in_another_zone_is_read_as_shanghai_time():
    hours = parse_hours("daily 08:00-09:00")
    assert is_open(hours, datetime(2026, 11, 23, 0, 30, tzinfo=UTC))
    assert not is_open(hours, datetime(2026, 11, 23, 8, 30, tzinfo=UTC))


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        is_open(ALWAYS, datetime(2026, 11, 23, 8, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        ("always", f"{MONDAY} 10:00", None),
        (OFFICE, f"{MONDAY} 10:00", None),
        (OFFICE, f"{MONDAY} 12:00", f"{MONDAY} 14:00"),
        (OFFICE, f"{MONDAY} 08:29:59", f"{MONDAY} 08:30"),
        (OFFICE, f"{MONDAY} 17:30", f"{TUESDAY} 08:30"),
        (OFFICE, f"{SATURDAY} 10:00", "2026-11-30 08:30"),
        ("sun 18:00-02:00", f"{MONDAY} 02:00", f"{SUNDAY} 18:00"),
        ("mon 09:00-10:00", f"{MONDAY} 10:00", "2026-11-30 09:00"),
    ],
)
def test_a_closed_line_says_when_it_opens(hours, moment, expected):
    assert opens_next(parse_hours(hours), at(moment)) == (at(expected) if expected else None)


def test_open_and_opens_next_agree_on_every_minute_of_a_week():
    hours = parse_hours("mon-thu 08:00-12:00, 22:00-03:00; sun 20:00-07:30")
    moment = at(f"{MONDAY} 00:00")
    for _ in range(7 * 24 * 60):
        opens = opens_next(hours, moment)
        assert (opens is None) is is_open(hours, moment)
        if opens is not None:
            assert is_open(hours, opens)
            assert not is_open(hours, opens - timedelta(minutes=1))
        moment += timedelta(minutes=1)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("always", True),
        ("daily 00:00-24:00", True),
        ("daily 00:00-12:00, 12:00-24:00", True),
        ("daily 00:00-23:59", False),
        ("mon-sat 00:00-24:00", False),
        ("daily 08:00-02:00", False),
    ],
)
def test_24_hours_means_every_minute_of_the_week(hours, expected):
    assert is_always(parse_hours(hours)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Always",
        "daily",
        "08:00-17:00",
        "mon 8:00-17:00",
        "mon 08:00 - 17:00",
        "mon 08:00-25:00",
        "mon 24:00-08:00",
        "mon 08:00-08:00",
        "mon 08:60-09:00",
        "mon 08:00-24:30",
        "monday 08:00-09:00",
        "mon- 08:00-09:00",
        "mon, tue 08:00-09:00",
        "mon 08:00-09:00;",
        "mon 08:00-09:00; mon 10:00-11:00",
        "mon-wed 08:00-09:00; tue 10:00-11:00",
        "mon 08:00-10:00, 09:00-11:00",
        "daily 08:00-02:00, 01:00-03:00",
        "sun 20:00-09:00; mon 08:00-10:00",
        "mon ٠8:00-09:00",
    ],
)
def test_hours_that_could_be_misread_are_refused(text):
    with pytest.raises(HoursUnreadable):
        parse_hours(text)


@pytest.mark.parametrize(("days", "stale"), [(0, False), (30, False), (31, True), (400, True), (-1, False)])
def test_an_entry_is_stale_when_verified_more_than_30_days_ago(days, stale):
    assert is_stale(line(), VERIFIED + timedelta(days=days)) is stale


LINES = [
    line("12351", "union", OFFICE),
    line("120", "emergency"),
    line("110", "emergency"),
    line("12356", "crisis", "daily 08:00-02:00"),
    line("800", "union", district="东区"),
    line("801", "crisis", "daily 20:00-23:00", district="东区"),
    line("802", "crisis", district="西区"),
]


@pytest.mark.parametrize(
    ("moment", "district", "expected"),
    [
        (f"{MONDAY} 10:00", None, ["12356", "120", "110", "12351"]),
        (f"{MONDAY} 10:00", "东区", ["12356", "120", "110", "800", "12351", "801"]),
        (f"{MONDAY} 21:00", "东区", ["801", "12356", "120", "110", "800", "12351"]),
        (f"{MONDAY} 03:00", "东区", ["120", "110", "800", "801", "12356", "12351"]),
        (f"{MONDAY} 03:00", "西区", ["802", "120", "110", "12356", "12351"]),
        (f"{MONDAY} 10:00", "没有这个区", ["12356", "120", "110", "12351"]),
        (f"{MONDAY} 10:00", "", ["12356", "120", "110", "12351"]),
    ],
)
def test_open_crisis_lines_come_first_then_emergency_then_the_districts_own(moment, district, expected):
    assert [each.number for each in in_order(LINES, at(moment), district)] == expected


def test_no_closed_line_ever_stands_before_an_open_one():
    for hour in range(24):
        moment = at(f"{MONDAY} {hour:02}:00")
        opened = [is_open(each.hours, moment) for each in in_order(LINES, moment, "东区")]
        assert opened == sorted(opened, reverse=True)


def test_a_districts_own_entry_replaces_the_one_for_everywhere_with_the_same_number():
    own = line("12356", "crisis", district="东区")
    assert [each for each in in_order([*LINES, own], at(f"{MONDAY} 03:00"), "东区") if each.number == "12356"] == [own]
    assert own not in in_order([*LINES, own], at(f"{MONDAY} 03:00"), None)


def test_a_crisis_card_carries_crisis_and_emergency_lines_only():
    assert [each.number for each in for_crisis(LINES, at(f"{MONDAY} 10:00"), "东区")] == [
        "12356",
        "120",
        "110",
        "801",
    ]


GOOD = Directory((line("12356"), line("120", "emergency"), line("110", "emergency")), example=False)


def test_production_accepts_verified_lines_with_one_open_all_night():
    assert problems_for_production(GOOD, VERIFIED) == []


def test_an_old_entry_is_warned_of_and_never_stops_a_start():
    assert problems_for_production(GOOD, VERIFIED + timedelta(days=400)) == []


def with_crisis_line(**changes) -> Directory:
    return Directory((replace(GOOD.hotlines[0], **changes), *GOOD.hotlines[1:]), example=False)


@pytest.mark.parametrize(
    ("directory", "today", "word"),
    [
        (replace(GOOD, example=True), VERIFIED, "example: true"),
        (GOOD, VERIFIED - timedelta(days=1), "day to come"),
        (Directory(GOOD.hotlines[1:], example=False), VERIFIED, "24 hours"),
        (Directory(GOOD.hotlines[:2], example=False), VERIFIED, "110 is missing"),
        (Directory(GOOD.hotlines[::2], example=False), VERIFIED, "120 is missing"),
        (with_crisis_line(hours=parse_hours("daily 08:00-02:00")), VERIFIED, "24 hours"),
        (with_crisis_line(district="东区"), VERIFIED, "24 hours"),
        (with_crisis_line(kind=HotlineKind.UNION), VERIFIED, "24 hours"),
        (with_crisis_line(number="110"), VERIFIED, "24 hours"),
        (with_crisis_line(verified_by="演示数据，部署时须逐条核实"), VERIFIED, "verified_by of the example"),
    ],
)
def test_production_refuses(directory, today, word):
    problems = problems_for_production(directory, today)
    assert any(word in problem for problem in problems)


def test_production_refuses_invented_clinics():
    real = Clinic("市一院", "心理科", "东区", "东区一路 1 号", None, ALWAYS, VERIFIED, "王敏", example=False)
    assert clinic_problems_for_production([real]) == []
    assert clinic_problems_for_production([real, replace(real, example=True)])
    assert clinic_problems_for_production([replace(real, verified_by="演示数据")])
