"""Registering, waiting and giving up over HTTP, and what people are told."""

import pytest
from flask import Flask
from sqlalchemy import select

from heartport.booking.invariants import find_problems
from heartport.booking.lectures import planning, sweepers
from heartport.booking.models import BookingEvent
from heartport.stores import Store, reading
from tests.booking.lectures.hall import (
    actor,
    coordinator,
    drafted,
    given_up,
    lecture_row,
    opened,
    people,
    registered,
    sign_up,
    some_id,
    states,
    taken,
)
from tests.conftest import Clock, Person


@pytest.fixture(autouse=True)
def sound(app: Flask, clock: Clock):
    """Whatever a test of this file does, the calendar is sound afterwards."""
    yield
    assert find_problems() == []


def told(person: Person) -> list[str]:
    return [each["kind"] for each in person.get("me/messages").json["items"]]


def mine(person: Person, lecture_id: str) -> dict | None:
    return person.get(f"lectures/{lecture_id}").json["mine"]


def test_a_seat_is_taken_and_told(app: Flask, employee: Person) -> None:
    lecture_id = opened()
    answer = sign_up(employee, lecture_id)
    assert (answer.status_code, answer.json["state"]) == (201, "registered")
    shown = employee.get(f"lectures/{lecture_id}").json
    assert (shown["taken"], shown["capacity"], shown["state"]) == (1, 3, "open")
    assert shown["mine"] == answer.json
    assert (shown["starts_at"], shown["lecturer"]) == ("2026-11-25T14:00:00+08:00", "林老师")
    assert "plan" not in shown
    assert told(employee) == ["booked"]


def test_the_reminder_comes_on_the_evening_before_and_not_after_giving_up(
    app: Flask, clock: Clock, employee: Person, stranger: Person
) -> None:
    lecture_id = opened()
    for person in (employee, stranger):
        sign_up(person, lecture_id)
    stranger.delete(f"lectures/{lecture_id}/registration")
    clock.advance(days=2, hours=6)
    assert told(employee) == ["reminder", "booked"]
    assert told(stranger) == []


def test_one_request_that_arrives_twice_takes_one_seat(app: Flask, employee: Person) -> None:
    lecture_id = opened()
    first, second = (sign_up(employee, lecture_id, key="one-and-the-same") for _ in range(2))
    assert first.json == second.json
    assert taken(lecture_id) == 1


def test_another_request_of_the_same_person_is_told_so(app: Flask, employee: Person) -> None:
    lecture_id = opened()
    sign_up(employee, lecture_id)
    again = sign_up(employee, lecture_id, wait=True)
    assert (again.status_code, again.json["code"]) == (409, "already_registered")
    assert taken(lecture_id) == 1


def test_a_full_lecture_says_what_is_free_instead(app: Flask, employee: Person) -> None:
    full, other, theirs, hidden = opened(capacity=1), opened(), opened(), drafted()
    registered(full, people(app, 1)[0].account_id)
    registered(theirs, employee.account_id)
    answer = sign_up(employee, full)
    assert (answer.status_code, answer.json["code"]) == (409, "lecture_full")
    assert [each["id"] for each in answer.json["choices"]] == [other]
    assert employee.get(f"lectures/{full}").json["state"] == "full"
    assert hidden not in str(employee.get("lectures").json)


def test_whoever_waits_is_offered_the_seat_that_becomes_free(app: Flask, employee: Person, stranger: Person) -> None:
    lecture_id = opened(capacity=1)
    sign_up(employee, lecture_id)
    third = people(app, 1)[0]
    assert sign_up(stranger, lecture_id, wait=True).json["ahead"] == 0
    assert sign_up(third, lecture_id, wait=True).json["ahead"] == 1
    employee.delete(f"lectures/{lecture_id}/registration")
    (offer,) = stranger.get("offers").json["items"]
    assert (offer["kind"], offer["about_id"]) == ("lecture", lecture_id)
    assert offer["expires_at"] == "2026-11-22T16:00:00+08:00"
    assert mine(stranger, lecture_id)["offer"] == {"id": offer["id"], "expires_at": offer["expires_at"]}
    assert third.get("offers").json["items"] == []
    assert (told(stranger), told(third)) == (["offer"], [])
    assert taken(lecture_id) == 1
    accepted = stranger.post(f"offers/{offer['id']}/accept", None)
    assert accepted.json == {"booking_id": offer["id"]}
    assert stranger.post(f"offers/{offer['id']}/accept", None).json == accepted.json
    assert mine(stranger, lecture_id)["state"] == "registered"
    assert told(stranger) == ["booked"]
    assert taken(lecture_id) == 1


def test_a_newcomer_does_not_overtake_the_line(app: Flask, clock: Clock, employee: Person, stranger: Person) -> None:
    lecture_id = opened(capacity=1)
    sign_up(employee, lecture_id)
    sign_up(stranger, lecture_id, wait=True)
    employee.delete(f"lectures/{lecture_id}/registration")
    third = people(app, 1)[0]
    assert sign_up(third, lecture_id).status_code == 409
    clock.advance(hours=4)
    # Nobody swept: the next who asks lets the offer expire, and then the seat is theirs.
    assert sign_up(third, lecture_id).json["state"] == "registered"
    assert stranger.get("offers").json["items"] == []
    assert told(stranger) == ["offer_expired"]
    assert taken(lecture_id) == 1


def test_an_offer_is_declined_and_goes_on(app: Flask, employee: Person, stranger: Person) -> None:
    lecture_id = opened(capacity=1)
    sign_up(employee, lecture_id)
    third = people(app, 1)[0]
    for person in (stranger, third):
        sign_up(person, lecture_id, wait=True)
    employee.delete(f"lectures/{lecture_id}/registration")
    (offer,) = stranger.get("offers").json["items"]
    for _ in range(2):
        assert stranger.post(f"offers/{offer['id']}/decline", None).status_code == 204
    assert len(third.get("offers").json["items"]) == 1
    assert stranger.post(f"offers/{offer['id']}/accept", None).status_code == 404
    assert states(lecture_id) == ["cancelled", "left", "offered"]


def test_an_offer_whose_time_is_over_is_not_accepted(app: Flask, clock: Clock, employee: Person) -> None:
    lecture_id = opened(capacity=1)
    first = people(app, 1)[0]
    sign_up(first, lecture_id)
    sign_up(employee, lecture_id, wait=True)
    first.delete(f"lectures/{lecture_id}/registration")
    (offer,) = employee.get("offers").json["items"]
    clock.advance(hours=4)
    answer = employee.post(f"offers/{offer['id']}/accept", None)
    assert (answer.status_code, answer.json["code"]) == (409, "offer_expired")
    assert sweepers.let_offers_expire() == 1
    assert employee.post(f"offers/{offer['id']}/accept", None).status_code == 404
    assert taken(lecture_id) == 0


def test_an_offer_of_the_evening_holds_until_the_next_day(app: Flask, clock: Clock, employee: Person) -> None:
    lecture_id = opened(capacity=1)
    first = people(app, 1)[0]
    sign_up(first, lecture_id)
    sign_up(employee, lecture_id, wait=True)
    clock.advance(hours=11)  # 23:00
    first.delete(f"lectures/{lecture_id}/registration")
    assert told(employee) == []
    assert employee.get("offers").json["items"][0]["expires_at"] == "2026-11-23T12:00:00+08:00"
    clock.advance(hours=9)
    assert told(employee) == ["offer"]


def test_another_persons_offer_is_not_there(app: Flask, employee: Person, stranger: Person) -> None:
    lecture_id = opened(capacity=1)
    first = people(app, 1)[0]
    sign_up(first, lecture_id)
    sign_up(employee, lecture_id, wait=True)
    first.delete(f"lectures/{lecture_id}/registration")
    offer_id = employee.get("offers").json["items"][0]["id"]
    for act in ("accept", "decline"):
        assert stranger.post(f"offers/{offer_id}/{act}", None).status_code == 404
        assert stranger.post(f"offers/{some_id()}/{act}", None).status_code == 404
    assert len(employee.get("offers").json["items"]) == 1


def test_giving_up_twice_gives_one_seat_back(app: Flask, employee: Person, stranger: Person) -> None:
    lecture_id = opened()
    for person in (employee, stranger):
        sign_up(person, lecture_id)
    for _ in range(2):
        assert employee.delete(f"lectures/{lecture_id}/registration").status_code == 204
    assert taken(lecture_id) == 1
    assert sign_up(employee, lecture_id).json["state"] == "registered"


def test_leaving_the_line_gives_no_seat_back(app: Flask, employee: Person) -> None:
    lecture_id = opened(capacity=1)
    registered(lecture_id, people(app, 1)[0].account_id)
    sign_up(employee, lecture_id, wait=True)
    employee.delete(f"lectures/{lecture_id}/registration")
    assert states(lecture_id) == ["left", "registered"]
    assert taken(lecture_id) == 1


def test_nobody_registers_for_what_is_not_open(app: Flask, clock: Clock, employee: Person) -> None:
    draft, closed, begun = drafted(), opened(), opened()
    planning.close_lecture(actor(), closed, None)
    for lecture_id in (draft, closed):
        answer = sign_up(employee, lecture_id)
        assert (answer.status_code, answer.json["code"]) == (409, "registration_closed")
    assert sign_up(employee, some_id()).status_code == 404
    assert employee.get(f"lectures/{draft}").status_code == 404
    clock.advance(days=3, hours=2)
    assert sign_up(employee, begun).json["code"] == "registration_closed"


def test_whoever_registered_cannot_give_up_once_it_has_begun(app: Flask, clock: Clock, employee: Person) -> None:
    lecture_id = opened()
    sign_up(employee, lecture_id)
    clock.advance(days=3, hours=2)
    for _ in range(2):
        assert employee.delete(f"lectures/{lecture_id}/registration").json["code"] == "registration_closed"
        sweepers.close_begun()


def test_coordinators_see_all_lectures_and_nobody_who_comes(app: Flask, employee: Person) -> None:
    lecture_id, draft = opened(capacity=1), drafted()
    registered(lecture_id, people(app, 1)[0].account_id)
    sign_up(employee, lecture_id, wait=True)
    found = {each["id"]: each for each in coordinator(app).get("lectures").json["items"]}
    assert set(found) == {lecture_id, draft}
    assert found[lecture_id]["mine"] is None
    assert found[lecture_id]["plan"] == {
        "version": 2,
        "unit_quota": None,
        "lecturer_id": lecture_row(lecture_id).lecturer_id,
        "room_id": None,
        "duration_minutes": 90,
        "waiting": 1,
        "attended": None,
    }
    assert employee.account_id not in str(found)


def test_the_list_goes_page_by_page(app: Flask, employee: Person) -> None:
    made = {opened() for _ in range(3)}
    first = employee.get("lectures?limit=2").json
    second = employee.get(f"lectures?limit=2&cursor={first['next_cursor']}").json
    assert {each["id"] for page in (first, second) for each in page["items"]} == made
    assert second["next_cursor"] is None
    assert employee.get("lectures?cursor=eHg").status_code == 422


def test_wrong_bodies_are_refused(app: Flask, employee: Person) -> None:
    lecture_id = opened()
    for wrong in ({"wait": 1}, {"wait": True, "seat": 1}, []):
        answer = employee.post(f"lectures/{lecture_id}/registration", wrong, headers={"Idempotency-Key": "12345678"})
        assert answer.status_code == 422
    assert employee.post(f"lectures/{lecture_id}/registration", {}).json["code"] == "idempotency_key_needed"
    assert taken(lecture_id) == 0


def test_erasing_somebody_frees_the_seat_for_the_next(app: Flask, employee: Person, stranger: Person) -> None:
    lecture_id = opened(capacity=1)
    sign_up(employee, lecture_id)
    sign_up(stranger, lecture_id, wait=True)
    assert employee.post("me/erasure", {"confirm": "抹去我的全部数据"}).status_code == 200
    assert len(stranger.get("offers").json["items"]) == 1
    assert states(lecture_id) == ["offered"]
    with reading(Store.MAIN) as session:
        acts = select(BookingEvent.act).where(BookingEvent.kind == "registration").order_by(BookingEvent.number)
        assert session.execute(acts).scalars().all() == ["wait", "offer"], "the audit goes with the registration"


def test_the_export_names_every_registration(app: Flask, employee: Person) -> None:
    lecture_id = opened()
    sign_up(employee, lecture_id)
    given_up(lecture_id, employee.account_id)
    (held,) = employee.call("POST", "me/export").json["lecture_registrations"]
    assert held.pop("id")
    assert held == {
        "lecture": "睡个好觉",
        "starts_at": "2026-11-25T14:00:00+08:00",
        "state": "cancelled",
        "unit_id": None,
        "place_in_line": None,
        "offered_until": None,
    }
