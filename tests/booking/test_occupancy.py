"""Time is claimed, confirmed, moved and given back; what is taken is refused, all of it or nothing."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from heartport import clock as service_clock
from heartport.booking.models import Occupancy
from heartport.booking.occupancy import (
    HoldExpired,
    SlotTaken,
    Wanted,
    claim,
    clear_expired,
    confirm,
    list_taken,
    lock_resources,
    move,
    offering,
    release,
    transfer,
)
from heartport.booking.resources import add_room, deactivate
from heartport.booking.rules.grid import Span
from heartport.stores import Store, engine_of, reading, write_transaction
from tests.booking.desk import NINE, TEN, booking, claimed, done, room, rows, span, ticks_of_resource, wanted
from tests.conftest import Clock

TEN_MINUTES = timedelta(minutes=10)


def held(*parts, minutes: int = 10) -> str:
    return claimed(*parts, held_until=service_clock.now() + timedelta(minutes=minutes))


def test_a_claim_takes_its_time_with_buffers_and_its_ticks(app: Flask) -> None:
    one = room()
    claimed(wanted(one, NINE, before=1, after=2))
    (row,) = rows()
    assert (row.starts, row.ends, row.blocked_from, row.blocked_until) == (*NINE, NINE.start - 1, NINE.end + 2)
    assert ticks_of_resource(one) == list(range(NINE.start - 1, NINE.end + 2))


@pytest.mark.parametrize("shift", [-3, -1, 0, 1, 3])
def test_time_that_overlaps_is_refused(app: Flask, shift: int) -> None:
    one = room()
    claimed(wanted(one))
    with pytest.raises(SlotTaken):
        claimed(wanted(one, Span(NINE.start + shift, NINE.end + shift)))
    assert len(rows()) == 1


def test_what_only_touches_is_free_and_buffers_count(app: Flask) -> None:
    one = room()
    claimed(wanted(one))
    claimed(wanted(one, TEN))
    with pytest.raises(SlotTaken):
        claimed(wanted(one, Span(TEN.end, TEN.end + 4), before=1))


def test_all_of_it_is_taken_or_nothing(app: Flask) -> None:
    one, two = room("一"), room("二")
    claimed(wanted(two))
    with pytest.raises(SlotTaken):
        claimed(wanted(one), wanted(two))
    assert ticks_of_resource(one) == []


def test_a_booking_cannot_take_the_same_time_twice(app: Flask) -> None:
    one, twice = room(), booking()
    claimed(wanted(one), of=twice)
    with pytest.raises(SlotTaken):
        claimed(wanted(one), of=twice)


def test_what_is_out_of_service_or_not_there_is_taken(app: Flask) -> None:
    gone = room()
    deactivate(gone)
    for resource_id in (gone, "nowhere"):
        with pytest.raises(SlotTaken):
            claimed(wanted(resource_id))


def test_a_hold_keeps_others_out_until_its_time_is_over(app: Flask, clock: Clock) -> None:
    one = room()
    held(wanted(one))
    clock.advance(minutes=9, seconds=59)
    with pytest.raises(SlotTaken):
        claimed(wanted(one))
    clock.advance(seconds=1)
    claimed(wanted(one))
    assert [row.expires_at for row in rows()] == [None]


def test_an_expired_hold_goes_as_a_whole(app: Flask, clock: Clock) -> None:
    one, two = room("一"), room("二")
    old = held(wanted(one), wanted(two))
    clock.advance(minutes=10)
    claimed(wanted(one))
    with pytest.raises(HoldExpired):
        done(lambda session: confirm(session, old))
    assert ticks_of_resource(two) == []


def test_only_a_hold_in_the_way_is_cleared(app: Flask, clock: Clock) -> None:
    one = room()
    held(wanted(one, TEN))
    clock.advance(minutes=10)
    claimed(wanted(one))
    assert len(rows()) == 2


def test_confirming_in_time_keeps_it_for_good(app: Flask, clock: Clock) -> None:
    one = room()
    mine = held(wanted(one))
    done(lambda session: confirm(session, mine))
    clock.advance(days=1)
    assert done(clear_expired) == 0
    assert [row.expires_at for row in rows()] == [None]


def test_who_confirms_too_late_is_refused_even_if_nobody_else_came(app: Flask, clock: Clock) -> None:
    mine = held(wanted(room()))
    clock.advance(minutes=10)
    with pytest.raises(HoldExpired):
        done(lambda session: confirm(session, mine))


def test_confirming_what_holds_nothing_is_refused(app: Flask) -> None:
    mine = claimed(wanted(room()))
    for booking_id in (mine, "nobody"):
        with pytest.raises(HoldExpired):
            done(lambda session, it=booking_id: confirm(session, it))
    assert len(rows()) == 1


def test_a_confirmed_hold_replaces_what_the_booking_had(app: Flask) -> None:
    one, mine = room(), booking()
    claimed(wanted(one), of=mine)
    claimed(wanted(one, TEN), of=mine, held_until=service_clock.now() + TEN_MINUTES)
    done(lambda session: confirm(session, mine.id))
    assert [(row.starts, row.expires_at) for row in rows()] == [(TEN.start, None)]
    assert ticks_of_resource(one) == list(range(*TEN))


def test_released_time_is_free_again(app: Flask) -> None:
    one = room()
    mine = claimed(wanted(one))
    assert done(lambda session: release(session, mine)) == 1
    claimed(wanted(one))


def test_what_is_only_held_can_be_released_by_itself(app: Flask) -> None:
    one, mine = room(), booking()
    claimed(wanted(one), of=mine)
    claimed(wanted(one, TEN), of=mine, held_until=service_clock.now() + TEN_MINUTES)
    assert done(lambda session: release(session, mine.id, only_held=True)) == 1
    assert [row.starts for row in rows()] == [NINE.start]


@pytest.mark.parametrize("shift", [-4, -2, 0, 1, 4, 40])
def test_a_booking_moves_also_onto_part_of_its_own_time(app: Flask, shift: int) -> None:
    one, mine = room(), booking()
    claimed(wanted(one, NINE, after=1), of=mine)
    there = Span(NINE.start + shift, NINE.end + shift)
    done(lambda session: move(session, mine, [wanted(one, there, after=1)]))
    assert ticks_of_resource(one) == list(range(there.start, there.end + 1))
    assert [(row.starts, row.blocked_until) for row in rows()] == [(there.start, there.end + 1)]


def test_a_move_that_fails_leaves_everything_where_it_was(app: Flask) -> None:
    one, mine = room(), booking()
    claimed(wanted(one), of=mine)
    claimed(wanted(one, Span(TEN.start + 2, TEN.end)))
    before = ticks_of_resource(one)
    with pytest.raises(SlotTaken):
        done(lambda session: move(session, mine, [wanted(one, Span(TEN.start, TEN.end))]))
    assert ticks_of_resource(one) == before


def test_a_booking_moves_to_other_resources(app: Flask) -> None:
    one, two, three = room("一"), room("二"), room("三")
    mine = booking()
    claimed(wanted(one), wanted(two), of=mine)
    done(lambda session: move(session, mine, [wanted(two, TEN), wanted(three, TEN)]))
    assert (ticks_of_resource(one), ticks_of_resource(two), ticks_of_resource(three)) == (
        [],
        list(range(*TEN)),
        list(range(*TEN)),
    )


def test_a_booking_is_transferred_to_somebody_who_is_free(app: Flask) -> None:
    one, two = room("一"), room("二")
    mine = booking()
    claimed(wanted(one, NINE, before=1, after=1), of=mine)
    done(lambda session: transfer(session, mine, one, two))
    assert ticks_of_resource(one) == []
    assert ticks_of_resource(two) == list(range(NINE.start - 1, NINE.end + 1))
    claimed(wanted(one))
    with pytest.raises(SlotTaken):
        done(lambda session: transfer(session, mine, two, one))
    with reading(Store.MAIN) as session:
        assert [each.resource_id for each in list_taken(session, mine.id)] == [two]


def test_the_sweeper_clears_what_is_over_and_nothing_else(app: Flask, clock: Clock) -> None:
    one = room()
    held(wanted(one), minutes=10)
    held(wanted(one, TEN), minutes=11)
    clock.advance(minutes=10)
    assert done(clear_expired) == 1
    assert ticks_of_resource(one) == list(range(*TEN))


def test_a_lost_race_carries_what_is_free_instead(app: Flask) -> None:
    one = room()
    claimed(wanted(one))
    with pytest.raises(SlotTaken) as refused, offering(lambda: ["那一个", "另一个"]):
        claimed(wanted(one))
    assert refused.value.members["choices"] == ["那一个", "另一个"]


def test_who_is_late_hears_so_without_waiting_for_whoever_has_the_lock(app: Flask) -> None:
    """A free hour waits: somebody may take it just now. The one writer of SQLite is waited for in any case."""
    if engine_of(Store.MAIN).dialect.name == "sqlite":
        pytest.skip("SQLite has one writer, whatever is locked")
    one = room()
    claimed(wanted(one))

    with ThreadPoolExecutor(2) as pool:

        def work(session: Session) -> Future[type[Exception] | None]:
            lock_resources(session, [one])
            waiting = pool.submit(refusal, app, wanted(one, TEN))
            assert pool.submit(refusal, app, wanted(one, NINE)).result(timeout=2) is SlotTaken
            assert not waiting.done()
            return waiting

        assert write_transaction(Store.MAIN, work).result() is None


def refusal(app: Flask, part: Wanted) -> type[Exception] | None:
    with app.app_context():
        try:
            claimed(part)
        except SlotTaken as problem:
            return type(problem)
    return None


def test_on_postgresql_a_fuse_stands_behind_the_lock(app: Flask) -> None:
    """Whoever goes around `claim` is refused by the database itself; SQLite has the keys of the ticks alone."""
    one, other = add_room("一"), add_room("二")
    claimed(wanted(one))
    row = {
        "id": "around",
        "resource_id": one,
        "kind": "test",
        "booking_id": "around",
        "starts": NINE.start + 1,
        "ends": NINE.end + 1,
        "blocked_from": NINE.start + 1,
        "blocked_until": NINE.end + 1,
    }
    done(lambda session: session.execute(insert(Occupancy).values(**{**row, "resource_id": other})) and None)
    if engine_of(Store.MAIN).dialect.name == "postgresql":
        with pytest.raises(IntegrityError):
            done(lambda session: session.execute(insert(Occupancy).values(**{**row, "id": "again"})) and None)


def test_a_claim_of_a_whole_day_and_many_parts(app: Flask) -> None:
    one = room()
    day = span("2026-11-23", "00:00", "23:45")
    of = booking()
    done(lambda session: claim(session, of, [wanted(one, Span(each, each + 1)) for each in range(*day)]))
    assert ticks_of_resource(one) == list(range(*day))
