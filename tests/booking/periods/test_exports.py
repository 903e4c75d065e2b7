"""The export of a period: a table that holds nothing of people, and no cell that is a formula."""

import csv
import io
import re
import zipfile

import pytest
from flask import Flask

from heartport.booking.lectures import planning
from heartport.booking.periods.rules import HEADER, harmless
from heartport.callers import STAFF_ROLES, UNIT_HEAD
from tests.booking.lectures.hall import actor, coordinator, drafted, opened, registered
from tests.booking.workshops.desk import CONTACT, NOTE, VENUE, asked, at, confirmed, make_desk
from tests.conftest import Clock, Person
from tests.staff.doors import make_staff

ALL = "bookings/export?from=2026-11-01&to=2026-12-31"


def table(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_table_holds_what_is_planned_and_nobody_who_comes(app: Flask, clock: Clock, employee: Person) -> None:
    lecture_id, off = opened(title="=1+1"), opened(title="取消的一场")
    drafted(title="草稿")
    registered(lecture_id, employee.account_id)
    planning.cancel_lecture(actor(), off, None)
    answer = coordinator(app).get(f"{ALL}&format=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="heartport-bookings.csv"'
    header, *rows = table(answer)
    assert tuple(header) == HEADER
    what = ["公开讲座", "2026-11-25", "14:00", "15:30"]
    assert [*what, "'=1+1", "", "工人文化宫", "林老师", "报名中", "3", "1", ""] in rows
    assert [row[8] for row in rows if row[4] == "取消的一场"] == ["已取消"]
    assert len(rows) == 2
    assert employee.account_id not in answer.get_data(as_text=True)


def test_workshops_stand_beside_lectures_without_contact_or_venue(app: Flask, clock: Clock) -> None:
    desk = make_desk(app)
    confirmed(desk)
    asked(desk, at(1))
    answer = desk.client("coordinator").get(f"{ALL}&format=csv")
    _, row = table(answer)
    assert row[:4] == ["团体活动", "2026-12-15", "14:00", "15:30"]
    assert row[5:] == ["灯塔区 远帆造船厂", "", "anne 的名字", "已确认", "20", "", ""]
    assert not [word for word in (CONTACT, NOTE, VENUE) if word in answer.get_data(as_text=True)]


def test_a_workbook_holds_the_same_and_no_formula(app: Flask, clock: Clock) -> None:
    opened(title="=HYPERLINK(1)")
    answer = coordinator(app).get(ALL)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="heartport-bookings.xlsx"'
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        sheet, texts = (file.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "sharedStrings"))
    assert "<f>" not in sheet
    assert "&#39;=HYPERLINK(1)" in texts or "'=HYPERLINK(1)" in texts


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1"])
def test_what_would_begin_a_formula_is_shown_as_it_is(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_all_else_stays_as_it_is() -> None:
    assert [harmless(text) for text in ("睡个好觉", "1=1", "")] == ["睡个好觉", "1=1", ""]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("", "from"),
        ("from=2026-11-01", "to"),
        ("from=2026-02-32&to=2026-03-01", "from"),
        ("from=20261101&to=2026-12-01", "from"),
        ("from=2026-W01-1&to=2026-12-01", "from"),
        ("from=2026-12-01&to=2026-11-30", "to"),
        ("from=9999-12-31&to=9999-12-31", "to"),
        ("from=0001-01-01&to=2026-11-30", "from"),
        ("from=2026-01-01&to=2027-01-02", "to"),
        ("from=2026-11-01&to=2026-11-02&format=pdf", "format"),
    ],
)
def test_a_period_that_cannot_be_is_refused_by_its_place(app: Flask, query: str, place: str) -> None:
    answer = coordinator(app).get(f"bookings/export?{query}")
    assert answer.status_code == 422
    assert place in answer.json["errors"]


def test_the_days_are_local_and_both_count(app: Flask, clock: Clock) -> None:
    opened()
    desk = coordinator(app)
    for days, count in (("from=2026-11-25&to=2026-11-25", 1), ("from=2026-11-26&to=2026-11-26", 0)):
        assert len(table(desk.get(f"bookings/export?{days}&format=csv"))) == 1 + count


def test_nobody_but_coordinators_may_export(app: Flask, clock: Clock, employee: Person) -> None:
    assert employee.get(ALL).status_code == 403
    others = [(role, None) for role in STAFF_ROLES if role not in (UNIT_HEAD, "coordinator")]
    assert make_staff(app, "others", *others).signed_in().get(ALL).status_code == 403


def test_the_header_names_nothing_of_people_or_counselling() -> None:
    assert not re.search("姓名|电话|账号|咨询|职工", "".join(HEADER))
