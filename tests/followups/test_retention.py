"""What becomes of call-backs by themselves: numbers are not kept for ever, nor is that somebody asked."""

from heartport.followups import calls
from heartport.followups.events import delete_old_events
from heartport.followups.retention import delete_ended, let_forgotten_lapse
from heartport.followups.rules.steps import CloseOutcome
from tests.conftest import Clock, Person
from tests.duty.teams import Team, put_on_duty, shift
from tests.followups.desk import asked, event_rows, row_of


def test_a_call_back_that_nobody_closes_lapses_after_two_weeks_and_the_number_goes(
    person: Person, team: Team, clock: Clock
) -> None:
    follow_up_id = asked(person)
    calls.accept(team.caller("anne"), follow_up_id, 1)
    clock.advance(days=13, hours=23)
    assert let_forgotten_lapse() == 0
    clock.advance(hours=1)
    assert (let_forgotten_lapse(), let_forgotten_lapse()) == (1, 0)
    row = row_of(follow_up_id)
    assert (row.state, row.contact_sealed, row.accepted_by, row.version) == ("lapsed", None, None, 3)
    assert [each.act for each in event_rows(follow_up_id)] == ["ask", "accept", "lapse"]


def test_who_was_told_of_a_later_day_waits_from_that_day_on(person: Person, team: Team, clock: Clock) -> None:
    put_on_duty(shift(24 * 20, 24 * 20 + 8))
    asked(person)
    clock.advance(days=30)
    assert let_forgotten_lapse() == 0
    clock.advance(days=5)
    assert let_forgotten_lapse() == 1


def test_without_any_roster_left_it_counts_from_the_request(person: Person, team: Team, clock: Clock) -> None:
    asked(person)
    put_on_duty()
    clock.advance(days=14)
    assert let_forgotten_lapse() == 1


def test_what_has_ended_is_deleted_after_a_month_and_its_events_after_a_year(
    person: Person, team: Team, clock: Clock
) -> None:
    follow_up_id, anne = asked(person), team.caller("anne")
    calls.accept(anne, follow_up_id, 1)
    calls.close(anne, follow_up_id, 2, CloseOutcome.TALKED)
    clock.advance(days=29, hours=23)
    assert delete_ended() == 0
    clock.advance(hours=1)
    assert (delete_ended(), delete_ended()) == (1, 0)
    assert row_of(follow_up_id) is None
    assert len(event_rows(follow_up_id)) == 3
    clock.advance(days=343)  # 30 November 2027: the month of a year ago is still kept whole.
    assert delete_ended() == 0
    clock.advance(days=1)
    assert delete_ended() == 3


def test_what_is_still_there_keeps_its_events(person: Person, team: Team, clock: Clock) -> None:
    follow_up_id = asked(person)
    clock.advance(days=500)
    assert delete_old_events() == 0
    assert len(event_rows(follow_up_id)) == 1


def test_nothing_live_and_young_is_touched(person: Person, team: Team) -> None:
    follow_up_id = asked(person)
    assert (let_forgotten_lapse(), delete_ended()) == (0, 0)
    assert row_of(follow_up_id).state == "open"
