"""Days off and worked weekends come from the library, and the file goes before it."""

from datetime import date
from pathlib import Path

import pytest

from heartport.booking.calendar_days import library_notices, load_days
from heartport.booking.rules.days import CalendarDays, DayKind
from heartport.config import ROOT
from heartport.content import ContentRefused

LIBRARY = CalendarDays(library_notices())


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "holidays.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        # 国务院办公厅关于2026年部分节假日安排的通知: 10 月 1 日至 7 日放假, 9 月 20 日、10 月 10 日上班.
        (date(2026, 9, 20), DayKind.MADE_UP_WORKDAY),
        (date(2026, 9, 30), DayKind.WORKDAY),
        (date(2026, 10, 1), DayKind.HOLIDAY),
        (date(2026, 10, 7), DayKind.HOLIDAY),
        (date(2026, 10, 10), DayKind.MADE_UP_WORKDAY),
        (date(2026, 10, 11), DayKind.WEEKEND),
        (date(2026, 11, 23), DayKind.WORKDAY),
        (date(2026, 12, 31), DayKind.WORKDAY),
    ],
)
def test_the_notice_for_2026(day: date, kind: DayKind) -> None:
    assert LIBRARY.kind_of(day) is kind


def test_beyond_the_last_notice_a_day_is_unknown_and_not_guessed() -> None:
    after = date(max(LIBRARY.notices) + 1, 1, 4)
    assert LIBRARY.kind_of(after) is DayKind.UNKNOWN
    assert LIBRARY.unknown_days(date(2026, 12, 30), date(2026, 12, 31)) == []


def test_the_shipped_file_says_nothing_against_the_library() -> None:
    assert load_days(ROOT / "content" / "holidays.yaml") == LIBRARY


def test_a_file_brings_a_later_year_and_single_days(tmp_path: Path) -> None:
    days = load_days(
        file(
            tmp_path,
            "years: [{year: 2090, source: 通知, holidays: [2090-01-02], made_up_workdays: [2090-01-07]}]\n"
            "days: [{day: 2026-11-24, kind: holiday, reason: 本市活动}]\n",
        )
    )
    assert days.kind_of(date(2090, 1, 2)) is DayKind.HOLIDAY
    assert days.kind_of(date(2090, 1, 3)) is DayKind.WORKDAY
    assert days.kind_of(date(2090, 1, 7)) is DayKind.MADE_UP_WORKDAY
    assert days.kind_of(date(2026, 11, 24)) is DayKind.HOLIDAY
    assert days.kind_of(date(2026, 10, 1)) is DayKind.HOLIDAY


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("years: []\n", "days"),
        ("years: [{year: 2090, source: 通知, holidays: [], made_up_workdays: []}]\ndays: []\n", "holidays"),
        (
            "years: [{year: 2090, source: 通知, holidays: [2091-01-01], made_up_workdays: []}]\ndays: []\n",
            "years › 1 › holidays",
        ),
        (
            "years: [{year: 2090, source: 通知, holidays: [2090-01-02], made_up_workdays: [2090-01-02]}]\ndays: []\n",
            "day off too",
        ),
        ("years: []\ndays: [{day: 2090-02-32, kind: holiday, reason: x}]\n", "day"),
        ("years: []\ndays: [{day: 2026-11-24, kind: unknown, reason: x}]\n", "kind"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        load_days(file(tmp_path, text))
    assert any(place in problem for problem in refused.value.problems)
