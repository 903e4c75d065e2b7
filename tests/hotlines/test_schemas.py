from dataclasses import replace
from datetime import date, datetime

import pytest

from heartport.hotlines.rules import ALWAYS, Clinic, Hotline, HotlineKind, parse_hours
from heartport.hotlines.schemas import clinic_out, hotline_out, hours_in_words
from heartport.local_time import SHANGHAI

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
LINE = Hotline("12356", "心理援助热线", HotlineKind.CRISIS, None, ALWAYS, date(2026, 11, 22), "王敏")
LONG_AGO = date(2026, 10, 23)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ("always", "每天 24 小时"),
        ("daily 00:00-24:00", "每天 24 小时"),
        ("mon-fri 08:30-17:30", "周一至周五 8:30–17:30"),
        ("daily 18:00-02:00", "每天 18:00–次日 2:00"),
        ("daily 09:00-24:00", "每天 9:00–24:00"),
        ("daily 18:00-00:00", "每天 18:00–24:00"),
        (
            "mon-fri 08:30-12:00, 14:00-17:30; sat 09:00-12:00",
            "周一至周五 8:30–12:00、14:00–17:30；周六 9:00–12:00",
        ),
        ("sat-sun 09:00-12:00", "周六、周日 9:00–12:00"),
        ("mon,wed,fri 09:00-12:00", "周一、周三、周五 9:00–12:00"),
        ("mon-wed 09:00-12:00; fri-sun 09:00-12:00", "周一至周三、周五至周日 9:00–12:00"),
    ],
)
def test_hours_read_as_a_person_would_say_them(hours, words):
    assert hours_in_words(parse_hours(hours)) == words


def test_a_hotline_goes_out_with_exactly_these_fields():
    assert hotline_out(LINE, MONDAY) == {
        "number": "12356",
        "name": "心理援助热线",
        "kind": "crisis",
        "district": None,
        "hours": "每天 24 小时",
        "open_now": True,
        "verified_on": "2026-11-22",
        "note": None,
    }


@pytest.mark.parametrize(
    ("hours", "note"),
    [
        ("daily 18:00-22:00", "现在不在服务时间，今天 18:00 开通。"),
        ("daily 08:00-09:05", "现在不在服务时间，明天 8:00 开通。"),
        ("wed 08:05-09:00", "现在不在服务时间，11 月 25 日（周三） 8:05 开通。"),
        ("mon 08:00-09:00", "现在不在服务时间，11 月 30 日（周一） 8:00 开通。"),
    ],
)
def test_a_closed_line_says_when_it_opens(hours, note):
    out = hotline_out(replace(LINE, hours=parse_hours(hours)), MONDAY)
    assert (out["open_now"], out["note"]) == (False, note)


@pytest.mark.parametrize(
    ("number", "kind", "instead"),
    [
        ("12356", "crisis", "请换一条线路，情况紧急请拨打 120 或 110"),
        ("12351", "union", "请换一条线路，情况紧急请拨打 120 或 110"),
        ("120", "emergency", "请拨打 110"),
        ("110", "emergency", "请拨打 120"),
    ],
)
def test_a_line_unverified_for_over_30_days_says_so_and_names_another(number, kind, instead):
    line = replace(LINE, number=number, kind=HotlineKind(kind), verified_on=LONG_AGO)
    assert hotline_out(line, MONDAY)["note"] == f"这条信息超过 30 天未核实，如打不通{instead}。"
    assert hotline_out(replace(line, verified_on=date(2026, 10, 24)), MONDAY)["note"] is None


def test_today_for_the_warning_is_the_day_in_shanghai():
    line = replace(LINE, verified_on=date(2026, 10, 24))
    assert hotline_out(line, datetime.fromisoformat("2026-11-23T15:59+00:00"))["note"] is None
    assert hotline_out(line, datetime.fromisoformat("2026-11-23T16:00+00:00"))["note"] is not None


def test_a_line_both_closed_and_stale_says_both():
    note = hotline_out(replace(LINE, hours=parse_hours("mon 08:00-09:00"), verified_on=LONG_AGO), MONDAY)["note"]
    assert "开通。这条信息超过 30 天未核实" in note


def test_an_invented_clinic_says_so():
    clinic = Clinic("示例医院", "心理科", "东区", "一路 1 号", None, ALWAYS, date(2026, 11, 22), "王敏", example=True)
    assert clinic_out(clinic, MONDAY)["note"] == "这是演示条目，并非真实医院。"
    real = replace(clinic, example=False)
    assert clinic_out(real, MONDAY)["note"] is None
    assert "未核实" in clinic_out(replace(real, verified_on=LONG_AGO), MONDAY)["note"]
