"""How two phones merge, what falls out when it is full, what clearing takes: rules over plain values."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from heartport.own_library.rules import (
    MOST_FAVOURITES,
    MOST_GIVEN,
    MOST_TRACES,
    FavouritesFull,
    Given,
    Heard,
    Opinion,
    OwnLibrary,
    Why,
    cleared,
    with_favourite,
    with_given,
    with_opened,
    with_opinion,
    with_progress,
    without_favourite,
    without_trace,
)

DAY = date(2026, 11, 22)
MOMENT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
RAIN, WAVES = b"rain..", b"waves."


def ref(number: int) -> bytes:
    return number.to_bytes(6)


def heard(seconds: int, minute: int, length: int = 300) -> Heard:
    return Heard(seconds, length, MOMENT + timedelta(minutes=minute))


Step = Callable[[OwnLibrary], OwnLibrary]
STEPS: dict[str, Step] = {
    "favourite": lambda own: with_favourite(own, RAIN, DAY),
    "no favourite": lambda own: without_favourite(own, RAIN),
    "opened": lambda own: with_opened(own, RAIN, DAY, finished=False),
    "finished": lambda own: with_opened(own, RAIN, DAY, finished=True),
    "progress": lambda own: with_progress(own, RAIN, heard(90, 0), DAY),
    "forgotten": lambda own: without_trace(own, RAIN),
    "cleared": lambda own: cleared(own, MOMENT, paused=False),
    "paused": lambda own: cleared(own, MOMENT, paused=True),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_what_is_said_twice_is_as_if_it_were_said_once(step: Step) -> None:
    known = with_favourite(with_opened(OwnLibrary(), WAVES, DAY, finished=False), WAVES, DAY)
    assert step(step(known)) == step(known)


def test_in_whatever_order_two_phones_are_heard_the_later_place_stands() -> None:
    said = (heard(200, 0), heard(30, 5), heard(31, 5))
    for order in permutations(said):
        own = OwnLibrary()
        for each in order:
            own = with_progress(own, RAIN, each, DAY)
        assert (own.traces[RAIN].seconds, own.traces[RAIN].heard_at) == (31, MOMENT + timedelta(minutes=5))


@pytest.mark.parametrize(("seconds", "finished"), [(0, False), (289, False), (290, True), (300, True)])
def test_a_track_is_finished_where_only_its_fading_is_left(seconds: int, finished: bool) -> None:
    assert with_progress(OwnLibrary(), RAIN, heard(seconds, 0), DAY).traces[RAIN].finished is finished


def test_what_is_finished_stays_so_whatever_another_phone_says_later() -> None:
    own = with_opened(OwnLibrary(), RAIN, DAY, finished=True)
    own = with_opened(with_progress(own, RAIN, heard(5, 9), DAY), RAIN, DAY, finished=False)
    assert (own.traces[RAIN].finished, own.traces[RAIN].seconds) == (True, 5)


def test_a_further_favourite_is_refused_when_it_is_full_and_none_is_lost() -> None:
    own = OwnLibrary(favourites={ref(number): DAY for number in range(MOST_FAVOURITES)})
    with pytest.raises(FavouritesFull):
        with_favourite(own, RAIN, DAY)
    assert with_favourite(own, ref(3), DAY + timedelta(days=1)) == own
    assert with_favourite(without_favourite(own, ref(3)), RAIN, DAY).favourites[RAIN] == DAY


def test_what_was_not_touched_for_longest_falls_out_of_the_history_and_favourites_stay() -> None:
    own = with_favourite(OwnLibrary(), ref(0), DAY)
    for number in range(MOST_TRACES + 5):
        own = with_opened(own, ref(number), DAY + timedelta(days=number // 10), finished=False)
        own = with_opened(own, ref(1), DAY + timedelta(days=number // 10), finished=False)
    assert list(own.traces)[:2] == [ref(6), ref(7)]
    assert ref(1) in own.traces
    assert (len(own.traces), list(own.favourites)) == (MOST_TRACES, [ref(0)])


def test_clearing_takes_all_but_favourites_and_what_was_heard_before_does_not_come_back() -> None:
    own = STEPS["progress"](STEPS["favourite"](OwnLibrary()))
    own = cleared(
        with_given(own, [Given(WAVES, DAY, Why.LIGHT)], b"ground"), MOMENT + timedelta(minutes=1), paused=False
    )
    assert (own.traces, own.given, own.grounds, list(own.favourites)) == ({}, (), b"", [RAIN])
    assert with_progress(own, RAIN, heard(50, 1), DAY) == own
    assert with_progress(own, RAIN, heard(50, 2), DAY).traces[RAIN].seconds == 50


@pytest.mark.parametrize("name", ["opened", "finished", "progress"])
def test_whoever_wants_no_history_gets_none(name: str) -> None:
    paused = cleared(OwnLibrary(), MOMENT - timedelta(days=1), paused=True)
    assert STEPS[name](paused) == paused
    assert STEPS["favourite"](paused).favourites == {RAIN: DAY}


def test_recommendations_fall_out_the_oldest_first_and_the_last_ones_are_known() -> None:
    own = OwnLibrary()
    for number in range(MOST_GIVEN):
        own = with_given(own, [Given(ref(2 * number + n), DAY, Why.RANDOM) for n in range(2)], b"")
    assert len(own.given) == MOST_GIVEN
    assert [each.ref for each in own.given_last()] == [ref(2 * MOST_GIVEN - 2), ref(2 * MOST_GIVEN - 1)]
    assert OwnLibrary().given_last() == ()


def test_an_opinion_stands_with_the_recommendation_and_beside_the_thing() -> None:
    given = Given(RAIN, DAY, Why.RANDOM, b"")
    own = with_opinion(with_given(OwnLibrary(), [given], b""), given, Opinion.HELPFUL)
    assert own.given[0].opinion is Opinion.HELPFUL
    assert (own.traces[RAIN].opinion, own.traces[RAIN].why, own.traces[RAIN].opened) == (
        Opinion.HELPFUL,
        Why.RANDOM,
        False,
    )
    paused = with_opinion(with_given(OwnLibrary(paused=True), [given], b""), given, Opinion.HELPFUL)
    assert (paused.traces, paused.given[0].opinion) == ({}, Opinion.HELPFUL)


def test_what_is_opened_after_it_was_recommended_knows_why() -> None:
    own = with_given(OwnLibrary(), [Given(RAIN, DAY, Why.RESULT)], b"")
    assert with_opened(own, RAIN, DAY, finished=False).traces[RAIN].why is Why.RESULT
    assert with_opened(own, WAVES, DAY, finished=False).traces[WAVES].why is None
