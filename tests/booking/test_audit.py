"""A state changes once a version, and each change leaves one event."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from heartport.booking.audit import (
    BookingChanged,
    Step,
    begin,
    events_of,
    person_actor,
    service_actor,
    staff_actor,
)
from heartport.booking.models import BookingEvent
from heartport.booking.rules.machines import BookingStateWrong
from heartport.errors import NotFound
from heartport.local_time import local
from heartport.stores import Store, reading
from heartport.vault.door import SubjectGone, current_vault
from tests.booking.desk import done
from tests.booking.doors import ACTOR, DOORS, MACHINE, act, doors, new_door, stored
from tests.conftest import Clock, Person
from tests.threads import at_once


@pytest.fixture(autouse=True)
def _doors(app: Flask) -> Iterator[None]:
    with doors():
        yield


def events(door_id: str) -> list[tuple[int, str, str]]:
    with reading(Store.MAIN) as session:
        return [(each.number, each.act, each.state) for each in events_of(session, [door_id])[door_id]]


def test_each_change_raises_the_version_and_leaves_one_event() -> None:
    door = new_door()
    assert act(door, "shut", 1, note="quietly") == "closed"
    assert act(door, "lock") == "locked"
    assert stored(door) == ("locked", 3, "quietly")
    assert events(door) == [(1, "create", "open"), (2, "shut", "closed"), (3, "lock", "locked")]


def test_from_a_wrong_state_it_is_refused_and_nothing_is_noted() -> None:
    door = new_door()
    for version in (1, 7, None):
        with pytest.raises(BookingStateWrong):
            act(door, "lock", version)
    assert stored(door)[:2] == ("open", 1)
    assert len(events(door)) == 1


def test_a_stale_version_is_refused() -> None:
    door = new_door()
    act(door, "shut", 1)
    act(door, "open", 2)
    for version in (0, 1, 2, 4):
        with pytest.raises(BookingChanged):
            act(door, "shut", version)
    assert stored(door)[:2] == ("open", 3)


def test_a_booking_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        act("nowhere", "shut", 1)


def test_a_booking_begins_as_its_machine_says() -> None:
    with pytest.raises(ValueError, match="begins"):
        done(lambda session: begin(session, DOORS, "x", Step("create", ACTOR), state="locked"))
    assert MACHINE.first == ["open"]


def test_of_many_at_once_exactly_one_changes_it(app: Flask) -> None:
    door = new_door()

    def try_it(_number: int) -> str | None:
        try:
            return act(door, "shut", 1)
        except (BookingChanged, BookingStateWrong):
            return None

    assert sorted(map(str, at_once(app, try_it, 12))) == ["None"] * 11 + ["closed"]
    assert events(door) == [(1, "create", "open"), (2, "shut", "closed")]


def test_of_the_time_only_the_local_day_is_kept(clock: Clock) -> None:
    new_door()
    with reading(Store.MAIN) as session:
        (at,) = session.execute(select(BookingEvent.at)).scalars()
    assert local(at).isoformat() == "2026-11-22T00:00:00+08:00"


def test_actors_are_pseudonyms_and_a_persons_goes_with_their_key(employee: Person) -> None:
    person = person_actor(employee.account_id)
    assert len({person, staff_actor("somebody"), staff_actor("another"), service_actor()}) == 4
    assert person_actor(employee.account_id) == person
    current_vault().destroy_key(current_vault().link_of(employee.account_id))
    with pytest.raises(SubjectGone):
        person_actor(employee.account_id)
