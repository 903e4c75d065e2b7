"""Whoever waits is offered what becomes free, in their order, one at a time, and nobody overtakes."""

from datetime import date

import pytest
from flask import Flask

from heartport.booking.availability import replace_openings
from heartport.booking.counselling.sweepers import delete_ended, settle_lines
from heartport.booking.invariants import find_problems
from heartport.booking.resources import deactivate
from heartport.booking.rules.openings import Change
from heartport.booking.sweepers import clear_expired_holds
from tests.booking.counselling.office import LATER, MONDAY, VERSION, Office, booked, hold, key, office, step
from tests.conftest import Clock, Person, ready_person

TUESDAY = "2026-11-24T09:00:00+08:00"


@pytest.fixture(autouse=True)
def sound(app: Flask, clock: Clock):
    yield
    assert find_problems() == []


@pytest.fixture
def full(app: Flask, employee: Person) -> tuple[Office, list[dict]]:
    """A counsellor whose two hours of the half-year are taken."""
    lin = office(app)
    desk = lin.at_desk()
    once = {"day": "2026-11-24", "starts": "09:00", "ends": "11:15", "opens": True}
    assert desk.put("calendar/availability", {"version": 2, "weekly": [], "changes": [once]}).status_code == 200
    return lin, [booked(employee, lin, TUESDAY), booked(employee, lin, "2026-11-24T10:15:00+08:00")]


def wait(person: Person, lin: Office, **more: object):
    return person.post(f"counsellors/{lin.id}/waiting-list", more, headers=key())


def waiting_person(app: Flask, number: int) -> Person:
    return ready_person(app, f"openid-of-one-who-waits-00{number:04}")


def test_nobody_waits_where_something_is_free(app: Flask, clock: Clock, stranger: Person) -> None:
    refused = wait(stranger, office(app))
    assert (refused.status_code, refused.json["code"]) == (409, "times_free")
    assert [each["starts_at"] for each in refused.json["choices"]][:2] == [MONDAY, LATER]


def test_a_freed_hour_goes_to_the_first_who_waits_and_to_nobody_else(app: Flask, full, employee: Person) -> None:
    lin, (mine, _) = full
    first, second, stranger = (waiting_person(app, number) for number in range(3))
    assert [wait(each, lin).json["ahead"] for each in (first, second)] == [0, 1]
    assert step(employee, mine, "cancel").status_code == 200
    (offer,) = first.get("offers").json["items"]
    assert (offer["kind"], offer["title"], offer["starts_at"]) == ("appointment", "预约", TUESDAY)
    assert second.get("offers").json["items"] == []
    assert hold(stranger, lin, TUESDAY).json["code"] == "slot_taken"
    assert second.post(f"offers/{offer['id']}/accept", None).status_code == 404
    made = first.post(f"offers/{offer['id']}/accept", None).json["booking_id"]
    assert first.post(f"offers/{offer['id']}/accept", None).json["booking_id"] == made
    held = first.get(f"appointments/{made}").json
    assert step(first, held, "confirm", consent_version=VERSION).json["state"] == "booked"


def test_what_is_declined_or_runs_out_goes_to_the_next(app: Flask, full, clock: Clock, employee: Person) -> None:
    lin, (mine, _) = full
    people = [waiting_person(app, number) for number in range(3)]
    for each in people:
        assert wait(each, lin).status_code == 201
    step(employee, mine, "cancel")
    (offer,) = people[0].get("offers").json["items"]
    assert people[0].post(f"offers/{offer['id']}/decline", None).status_code == 204
    assert people[0].post(f"offers/{offer['id']}/decline", None).status_code == 204
    (second,) = people[1].get("offers").json["items"]
    clock.advance(hours=4)
    late = people[1].post(f"offers/{second['id']}/accept", None)
    assert (late.status_code, late.json["code"]) == (409, "offer_expired")
    assert settle_lines() == 1
    assert len(people[2].get("offers").json["items"]) == 1
    assert "重新排队" in people[1].get("me/messages").json["items"][0]["text"]


def test_the_claim_itself_serves_the_line_first(app: Flask, full, clock: Clock, employee: Person) -> None:
    """No sweeper ran: the offer is over, and the next in line still comes before whoever claims now."""
    lin, (mine, _) = full
    first, second, stranger = (waiting_person(app, number) for number in range(3))
    wait(first, lin)
    wait(second, lin)
    step(employee, mine, "cancel")
    clock.advance(hours=4)
    clear_expired_holds()
    assert hold(stranger, lin, TUESDAY).json["code"] == "slot_taken"
    settle_lines()
    assert len(second.get("offers").json["items"]) == 1


def test_leaving_is_leaving(app: Flask, full, employee: Person) -> None:
    lin, (mine, _) = full
    first, second = (waiting_person(app, number) for number in range(2))
    wait(first, lin)
    wait(second, lin)
    for _ in range(2):
        assert first.delete(f"counsellors/{lin.id}/waiting-list").status_code == 204
    step(employee, mine, "cancel")
    assert first.get("offers").json["items"] == []
    assert len(second.get("offers").json["items"]) == 1


def test_whom_the_counsellor_cancels_stands_before_everybody(app: Flask, full, employee: Person) -> None:
    lin, (mine, other) = full
    first = waiting_person(app, 0)
    wait(first, lin)
    assert step(lin.at_desk(), mine, "cancel").status_code == 200
    assert step(employee, other, "cancel").status_code == 200
    assert len(employee.get("offers").json["items"]) == 1


def test_what_a_counsellor_calls_off_is_offered_to_nobody(app: Flask, full, employee: Person) -> None:
    lin, (mine, _) = full
    first = waiting_person(app, 0)
    wait(first, lin)
    assert step(lin.at_desk(), mine, "cancel").status_code == 200
    settle_lines()
    assert first.get("offers").json["items"] == employee.get("offers").json["items"] == []
    assert TUESDAY not in [each["starts_at"] for each in first.get(f"counsellors/{lin.id}/slots").json["items"]]
    assert hold(first, lin, TUESDAY).json["code"] == "time_closed"


def test_whoever_is_called_off_waits_for_the_way_of_meeting_that_they_chose(app: Flask, employee: Person) -> None:
    lin = office(app)
    mine = booked(employee, lin, mode="video")
    assert step(lin.at_desk(), mine, "cancel").status_code == 200
    settle_lines()
    (offer,) = employee.get("offers").json["items"]
    assert employee.get(f"appointments/{offer['id']}").json["mode"] == "video"


def test_the_line_of_somebody_out_of_service_stops_nobody_elses(app: Flask, full, clock: Clock) -> None:
    lin, _ = full
    first = waiting_person(app, 0)
    wait(first, lin)
    clock.advance(days=3)
    deactivate(lin.id)
    later = {"day": date(2026, 12, 1), "starts": 540, "ends": 600, "opens": True}
    replace_openings(lin.id, [], [Change(**later)], None)
    assert settle_lines() == 0
    assert first.get("offers").json["items"] == []


def test_what_did_not_take_place_is_deleted_after_three_months(app: Flask, clock: Clock, employee: Person) -> None:
    lin = office(app)
    gone = booked(employee, lin)
    step(employee, gone, "cancel")
    kept = booked(employee, lin, LATER)
    clock.advance(days=89)
    assert delete_ended() == 0
    clock.advance(days=3)
    assert delete_ended() == 1
    again = ready_person(app, "openid-of-an-employee-0000001")
    assert [each["id"] for each in again.get("appointments").json["items"]] == [kept["id"]]
