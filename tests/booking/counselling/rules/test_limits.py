"""How often, how soon and until when: each bound just at it and just past it."""

from datetime import date, datetime, timedelta

import pytest

from heartport.booking.counselling.rules.limits import (
    CORRECTION,
    EARLY,
    LEAD,
    MOST_A_YEAR,
    MOST_COMING,
    MOST_RESCHEDULES,
    SESSION,
    AppointmentBegun,
    CutOffPassed,
    Had,
    NoLongerCorrectable,
    NotYet,
    ReschedulesUsed,
    TooManyAppointments,
    YearlySessionsUsed,
    check_may_book,
    check_may_check_in,
    check_may_move,
    check_may_note_no_show,
    check_new_year,
    check_numbers,
    check_start,
    is_late,
    offer_until,
    span_of,
)
from heartport.booking.counselling.rules.states import State
from heartport.booking.rules.grid import moment_of
from heartport.booking.rules.limits import TimeClosed
from heartport.booking.rules.openings import Window
from heartport.members.rules import AgeGroupNeeded, UnderAge
from tests.booking.desk import moment, tick

NOW = moment("2026-11-22 12:00")
NINE = tick("2026-11-23 09:00")


def had(state: State, day: str) -> Had:
    return Had(state, span_of(tick(f"{day} 09:00")))


@pytest.mark.parametrize(
    ("age_group", "refusal"), [(None, AgeGroupNeeded), ("16-17", UnderAge), ("under_16", UnderAge)]
)
def test_counselling_here_is_for_adults(age_group: str | None, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_may_book(age_group)
    check_may_book("18+")


def test_so_many_appointments_ahead_and_no_more() -> None:
    ahead = [had(State.BOOKED, f"2026-11-{24 + number}") for number in range(MOST_COMING)]
    check_numbers(ahead[1:], NINE, NOW)
    with pytest.raises(TooManyAppointments):
        check_numbers(ahead, NINE, NOW)
    check_numbers([had(State.CANCELLED, "2026-11-24")] * 9 + [had(State.BOOKED, "2026-11-20")] * 2, NINE, NOW)


def test_so_many_sessions_a_year_and_the_next_year_counts_anew() -> None:
    past = [had(State.ATTENDED, f"2026-0{month}-02") for month in range(1, 1 + MOST_A_YEAR)]
    check_numbers(past[1:], NINE, NOW)
    with pytest.raises(YearlySessionsUsed):
        check_numbers(past, NINE, NOW)
    check_numbers(past, tick("2027-01-04 09:00"), NOW)


def test_a_move_counts_only_in_another_year() -> None:
    past = [had(State.ATTENDED, f"2026-0{month}-02") for month in range(1, 1 + MOST_A_YEAR)]
    december, january = tick("2026-12-31 09:00"), tick("2027-01-01 09:00")
    check_new_year(past, NINE, december)
    check_new_year(past, NINE, january)
    check_new_year(past[1:], january, december)
    with pytest.raises(YearlySessionsUsed):
        check_new_year(past, january, december)


def test_moving_ends_with_the_cut_off_and_after_so_many_times() -> None:
    last = moment_of(NINE) - timedelta(hours=24)
    check_may_move(MOST_RESCHEDULES - 1, NINE, last)
    with pytest.raises(CutOffPassed):
        check_may_move(0, NINE, last + timedelta(seconds=1))
    with pytest.raises(ReschedulesUsed):
        check_may_move(MOST_RESCHEDULES, NINE, last)


def test_cancelling_is_late_after_the_cut_off_and_over_at_the_beginning() -> None:
    last = moment_of(NINE) - timedelta(hours=24)
    assert not is_late(NINE, last)
    assert is_late(NINE, last + timedelta(seconds=1))
    with pytest.raises(AppointmentBegun):
        is_late(NINE, moment_of(NINE))


def test_checking_in_has_its_hours_and_a_no_show_its_day() -> None:
    span = span_of(NINE)
    check_may_check_in(span, span.starts_at - EARLY, missed_on=None)
    with pytest.raises(NotYet):
        check_may_check_in(span, span.starts_at - EARLY - timedelta(seconds=1), missed_on=None)
    check_may_check_in(span, span.ends_at + 3 * CORRECTION, missed_on=None)
    noted, last = date(2026, 11, 27), moment("2026-11-28 23:59")
    check_may_check_in(span, last, missed_on=noted)
    with pytest.raises(NoLongerCorrectable):
        check_may_check_in(span, last + timedelta(minutes=1), missed_on=noted)
    with pytest.raises(NotYet):
        check_may_note_no_show(NINE, span.starts_at + timedelta(minutes=14))
    check_may_note_no_show(NINE, span.starts_at + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("starts", "now", "until"),
    [
        ("2026-11-25 09:00", "2026-11-23 09:00", "2026-11-23 13:00"),
        ("2026-11-25 09:00", "2026-11-23 21:00", "2026-11-24 11:00"),
        ("2026-11-23 13:00", "2026-11-23 10:00", "2026-11-23 11:00"),
        ("2026-11-23 12:00", "2026-11-23 09:31", None),
        ("2026-11-24 09:30", "2026-11-23 23:00", None),
        ("2026-11-24 10:15", "2026-11-23 23:00", None),
        ("2026-11-24 10:30", "2026-11-23 23:00", "2026-11-24 08:30"),
    ],
)
def test_an_offer_runs_four_waking_hours_and_never_into_the_lead(starts: str, now: str, until: str | None) -> None:
    assert offer_until(moment(starts), moment(now)) == (moment(until) if until else None)
    assert until is None or moment(until) <= moment(starts) - LEAD


def starts(window: Window, at: int, now: datetime = NOW, *, within_week: bool = False) -> bool:
    try:
        check_start([window], at, "phone", now, within_week=within_week)
    except TimeClosed:
        return False
    return True


def test_a_start_lies_on_the_steps_of_its_window_and_ends_within_it() -> None:
    window = Window(NINE, NINE + 12)
    assert [at - NINE for at in range(NINE - 2, NINE + 14) if starts(window, at)] == [0, SESSION.step]
    assert not starts(Window(NINE, NINE + 12, ("in_person",)), NINE)


def test_what_is_reserved_opens_to_who_ticked_and_to_all_a_day_before() -> None:
    window = Window(NINE, NINE + 4, (), reserved=True)
    early, day_before = moment_of(NINE) - timedelta(days=7), moment_of(NINE) - timedelta(hours=24)
    assert starts(window, NINE, early, within_week=True)
    assert not starts(window, NINE, early)
    assert not starts(window, NINE, early - timedelta(seconds=1), within_week=True)
    assert starts(window, NINE, day_before)
    assert not starts(window, NINE, day_before - timedelta(seconds=1))
