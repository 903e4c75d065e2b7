"""Months: which are told of, from which day each part of one is published, and what is said to be coming."""

from datetime import date

import pytest

from heartport.insights.rules.months import (
    Coming,
    Part,
    due_months,
    first_day,
    month_of,
    months_coming,
    months_on,
    months_over,
    published_from,
)

SIGN_INS, BOOKINGS = Part.SIGN_INS, Part.BOOKINGS


@pytest.mark.parametrize(
    ("month", "count", "found"),
    [
        ("2026-11", 1, "2026-12"),
        ("2026-12", 1, "2027-01"),
        ("2027-01", -1, "2026-12"),
        ("2026-03", -1, "2026-02"),
        ("2026-11", -12, "2025-11"),
        ("2026-11", 0, "2026-11"),
    ],
)
def test_months_are_counted_on_over_the_turn_of_the_year(month: str, count: int, found: str) -> None:
    assert months_on(month, count) == found


def test_a_month_begins_on_its_first_day_and_is_that_of_its_last() -> None:
    assert (first_day("2028-02"), month_of(date(2028, 2, 29))) == (date(2028, 2, 1), "2028-02")


def test_twelve_months_that_are_over_are_told_of() -> None:
    told = months_over(date(2027, 1, 1))
    assert (told[0], told[-1], len(told)) == ("2026-12", "2026-01", 12)


@pytest.mark.parametrize(
    ("month", "sign_ins", "bookings"),
    [
        ("2026-12", date(2027, 1, 1), date(2027, 1, 8)),
        ("2027-01", date(2027, 2, 1), date(2027, 2, 8)),
        ("2027-02", date(2027, 3, 1), date(2027, 3, 8)),
    ],
)
def test_each_part_has_its_day(month: str, sign_ins: date, bookings: date) -> None:
    assert (published_from(month, SIGN_INS), published_from(month, BOOKINGS)) == (sign_ins, bookings)


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 11, 30), []),
        (date(2026, 12, 1), ["2026-11"]),
        (date(2026, 12, 3), ["2026-11"]),
        (date(2026, 12, 4), []),
        (date(2027, 1, 1), ["2026-12"]),
        (date(2027, 3, 1), ["2027-02"]),
    ],
)
def test_sign_ins_are_counted_in_the_first_nights_or_not_at_all(today: date, due: list[str]) -> None:
    assert due_months(SIGN_INS, today, ()) == due


def test_bookings_are_due_a_week_after_the_month_and_what_was_missed_comes_first() -> None:
    published = {(month, BOOKINGS) for month in months_over(date(2026, 9, 1))}
    assert due_months(BOOKINGS, date(2026, 10, 7), published) == []
    assert due_months(BOOKINGS, date(2026, 10, 8), published) == ["2026-09"]
    assert due_months(BOOKINGS, date(2026, 12, 7), published) == ["2026-09", "2026-10"]
    assert due_months(BOOKINGS, date(2027, 9, 30), published)[0] == "2026-09"
    assert due_months(BOOKINGS, date(2027, 10, 1), published)[0] == "2026-10"


def coming(today: date, *published: tuple[str, Part]) -> list[Coming]:
    return list(months_coming(today, published))


def test_what_is_coming_is_said_with_its_day() -> None:
    december = Coming("2026-12", {SIGN_INS: date(2027, 1, 1), BOOKINGS: date(2027, 1, 8)})
    assert coming(date(2026, 12, 5), ("2026-11", SIGN_INS)) == [
        Coming("2026-11", {BOOKINGS: date(2026, 12, 8)}),
        december,
    ]
    assert coming(date(2026, 12, 9), ("2026-11", SIGN_INS), ("2026-11", BOOKINGS)) == [december]


def test_what_was_missed_comes_in_the_next_night_and_what_cannot_be_counted_any_more_is_not_promised() -> None:
    assert coming(date(2026, 12, 2))[0].parts == {SIGN_INS: date(2026, 12, 3), BOOKINGS: date(2026, 12, 8)}
    assert coming(date(2026, 12, 3))[0].parts == {BOOKINGS: date(2026, 12, 8)}
    assert coming(date(2026, 12, 20))[0].parts == {BOOKINGS: date(2026, 12, 21)}
