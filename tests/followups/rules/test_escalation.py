"""Who answers for a call-back: by the roster and by how much duty has passed, never by a sweeper."""

from dataclasses import replace
from datetime import timedelta

import pytest

from heartport.duty.rules import Duty
from heartport.followups.rules.escalation import Course, charge_of
from tests.duty.teams import at, shift

DAY = [shift(9, 18)]
MINUTE = 1 / 60


def charge(course: Course, hours: float, shifts=DAY):
    return charge_of(course, shifts, at(hours))


@pytest.mark.parametrize(
    ("minutes", "duty", "responsible"),
    [
        (0, Duty.PRIMARY, "anne"),
        (14.99, Duty.PRIMARY, "anne"),
        (15, Duty.BACKUP, "ben"),
        (29.99, Duty.BACKUP, "ben"),
        (30, Duty.SUPERVISOR, "cleo"),
        (400, Duty.SUPERVISOR, "cleo"),
    ],
)
def test_after_15_minutes_the_backup_answers_and_after_30_the_supervisor(minutes, duty, responsible) -> None:
    found = charge(Course(at(10)), 10 + minutes * MINUTE)
    assert (found.duty, found.responsible) == (duty, responsible)
    assert found.waited == pytest.approx(timedelta(minutes=minutes), abs=timedelta(seconds=1))


def test_who_asks_at_night_waits_from_the_first_minute_of_duty_on() -> None:
    asked = Course(at(1))
    assert charge(asked, 8.99) == charge(asked, 1)
    assert (charge(asked, 8.99).responsible, charge(asked, 8.99).duty) == (None, Duty.PRIMARY)
    assert charge(asked, 9.25).duty is Duty.BACKUP


def test_waiting_goes_on_with_the_next_shift_where_it_stopped() -> None:
    shifts = [*DAY, shift(33, 42, ("cleo", "anne", "ben"))]
    asked = Course(at(17.9))
    assert charge(asked, 20, shifts).waited == timedelta(minutes=6)
    found = charge(asked, 33 + 9 * MINUTE, shifts)
    assert (found.duty, found.responsible) == (Duty.BACKUP, "anne")


def test_a_wish_for_later_is_no_waiting() -> None:
    assert charge(Course(at(15)), 14).waited == timedelta()
    assert charge(Course(at(15)), 15.3).duty is Duty.BACKUP


def test_who_accepts_answers_alone_for_15_minutes_and_then_the_roster_does_again() -> None:
    accepted = Course(at(10), "dora", at(10.2))
    assert charge(accepted, 10.2).responsible == "dora"
    assert charge(accepted, 10.4).responsible == "dora"
    assert charge(accepted, 10.4).duty is Duty.BACKUP, "the person has waited all the same"
    assert charge(accepted, 10.45).responsible == "ben"
    assert charge(accepted, 10.5).responsible == "cleo"


def test_who_has_called_answers_from_then_on_and_the_waiting_is_over() -> None:
    called = Course(at(10), "dora", at(10.1), tried_at=at(10.2))
    found = charge(called, 17)
    assert (found.responsible, found.waited, found.duty) == ("dora", timedelta(minutes=12), Duty.PRIMARY)


def test_a_call_by_somebody_before_does_not_count_for_who_accepts_after_them() -> None:
    second = Course(at(10), "dora", at(11), tried_at=at(10.2))
    assert charge(second, 11.1).responsible == "dora"
    assert charge(second, 11.3).responsible == "cleo"


def test_what_was_given_back_waits_as_long_as_it_has() -> None:
    given_back = Course(at(10), tried_at=at(10.2))
    assert (charge(given_back, 11).duty, charge(given_back, 11).waited) == (Duty.SUPERVISOR, timedelta(hours=1))


def test_while_nobody_is_on_duty_who_accepted_answers() -> None:
    assert charge(Course(at(10), "dora", at(10)), 20).responsible == "dora"
    assert charge(Course(at(10)), 20).responsible is None


def test_control_a_clock_that_ignores_the_roster_would_wake_the_supervisor_at_night() -> None:
    """What `charge_of` would say if waiting were the time on the wall."""
    always = [replace(DAY[0], starts_at=at(0), ends_at=at(24))]
    assert charge(Course(at(1)), 8, always).duty is Duty.SUPERVISOR
    assert charge(Course(at(1)), 8).duty is Duty.PRIMARY
