"""Who and what can be booked, and how they leave."""

import pytest
from flask import Flask

from heartport.booking.resources import (
    ResourceBooked,
    ResourceUnknown,
    add_person,
    add_room,
    deactivate,
    find_resource,
    list_resources,
    resource_of_staff,
)
from tests.booking.desk import TEN, claimed, room, wanted
from tests.conftest import Clock
from tests.duty.teams import make_team


def test_a_person_is_bound_to_their_staff_account_once(app: Flask) -> None:
    team = make_team(app)
    anne = add_person(team.id_of("anne"), "dengta")
    assert add_person(team.id_of("anne"), "yugang") == anne
    found = find_resource(anne)
    assert (found.kind, found.name, found.district, found.active) == ("person", "anne 的名字", "yugang", True)
    assert resource_of_staff(team.id_of("anne")) == anne
    assert resource_of_staff(team.id_of("ben")) is None


def test_rooms_and_equipment_stand_beside_people(app: Flask) -> None:
    add_room("大教室", "dengta", 80)
    add_room("投影仪", kind="equipment")
    assert [(each.name, each.capacity) for each in list_resources("room")] == [("大教室", 80)]
    assert len(list_resources()) == 2


def test_what_is_booked_cannot_leave_and_says_by_what(app: Flask, clock: Clock) -> None:
    one = room()
    claimed(wanted(one, TEN))
    earlier = claimed(wanted(one))
    with pytest.raises(ResourceBooked) as refused:
        deactivate(one)
    bookings = refused.value.members["bookings"]
    assert bookings[0] == {"kind": "test", "booking_id": earlier, "starts_at": "2026-11-23T09:00:00+08:00"}
    assert len(bookings) == 2
    clock.advance(days=2)
    deactivate(one)
    assert list_resources() == []
    assert [each.active for each in list_resources(active_only=False)] == [False]


def test_what_is_not_there_cannot_leave(app: Flask) -> None:
    with pytest.raises(ResourceUnknown):
        deactivate("nowhere")


def test_who_left_can_come_back(app: Flask) -> None:
    team = make_team(app)
    anne = add_person(team.id_of("anne"), None)
    deactivate(anne)
    assert add_person(team.id_of("anne"), None) == anne
    assert find_resource(anne).active
