"""What is wrong with the calendar is found, and nothing is repaired."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from heartport.booking import invariants
from heartport.booking.invariants import CalendarBroken, Kept, check_calendar, find_problems
from heartport.booking.models import BookingEvent, Occupancy, OccupancyTick
from heartport.booking.occupancy import Booking
from heartport.stores import Store, engine_of
from tests.booking.desk import NINE, claimed, done, room, rows, wanted
from tests.booking.doors import MACHINE, Door, act, doors, new_door
from tests.conftest import Logged

KEPT = Kept(MACHINE, lambda: select(Door.id, Door.state, Door.version))


@pytest.fixture(autouse=True)
def _doors(app: Flask) -> Iterator[None]:
    before = app.extensions["heartport.booking_checks"]
    invariants.init_app(app, [KEPT])
    with doors():
        yield
    app.extensions["heartport.booking_checks"] = before


def closed_door() -> str:
    """Make a booking that stands in a state with time, and has it."""
    door = new_door()
    claimed(wanted(room()), of=Booking("door", door))
    act(door, "shut")
    return door


def spoil(statement) -> list[str]:
    done(lambda session: session.connection().execute(statement) and None)
    return find_problems()


def test_a_sound_calendar_has_no_problem() -> None:
    closed_door()
    claimed(wanted(room()))
    assert find_problems() == []
    assert check_calendar() == 0


@pytest.mark.parametrize(
    "statement",
    [
        delete(OccupancyTick).where(OccupancyTick.tick == NINE.start),
        delete(OccupancyTick).where(OccupancyTick.tick == NINE.start + 1),
        delete(OccupancyTick),
        update(OccupancyTick).where(OccupancyTick.tick == NINE.end - 1).values(tick=NINE.end),
    ],
)
def test_ticks_that_are_not_those_of_the_occupancy_are_found(statement) -> None:
    claimed(wanted(room()))
    assert [problem.split(":")[1] for problem in spoil(statement)] == [" its ticks are not its time"]


def test_overlapping_occupancies_are_found_where_no_fuse_forbids_them() -> None:
    if engine_of(Store.MAIN).dialect.name == "postgresql":
        pytest.skip("the exclusion constraint forbids them")
    one, two = room("一"), room("二")
    claimed(wanted(one))
    claimed(wanted(two))
    assert any("overlap" in each for each in spoil(update(Occupancy).values(resource_id=one)))


@pytest.mark.parametrize("number", [1, 2])
def test_a_gap_in_the_audit_is_found(number: int) -> None:
    door = new_door()
    act(door, "shut")
    act(door, "open")
    problems = spoil(delete(BookingEvent).where(BookingEvent.number == number))
    assert problems == [f"booking {door}: its audit has a gap"]


def test_a_state_that_nobody_noted_is_found() -> None:
    door = closed_door()
    (problem,) = spoil(update(Door).values(version=9))
    assert problem == f"door {door}: state and version are not those of the last event"
    assert len(spoil(delete(BookingEvent))) == 1


def test_time_without_a_booking_and_a_booking_without_time_are_found() -> None:
    door = closed_door()
    act(door, "open")
    assert find_problems() == [f"door {door}: takes time and is open"]
    act(door, "shut")
    assert spoil(delete(Occupancy)) == [f"door {door}: is closed and has no time"]


def test_time_of_a_booking_that_is_gone_is_found() -> None:
    door = closed_door()
    assert spoil(delete(Door)) == [f"door {door}: takes time and is gone"]


def test_the_nightly_look_raises_the_alarm_and_repairs_nothing(logged: Logged) -> None:
    claimed(wanted(room()))
    spoil(delete(OccupancyTick))
    with pytest.raises(CalendarBroken):
        check_calendar()
    assert [line["problems"] for line in logged.of("calendar_broken")] == [1]
    assert len(rows()) == 1


def test_a_kind_may_bring_checks_of_its_own(app: Flask) -> None:
    invariants.init_app(app, [replace(KEPT)], [lambda _session: iter(["seats: too many"])])
    assert find_problems() == ["seats: too many"]
