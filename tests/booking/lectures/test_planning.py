"""Coordinators plan over HTTP: lecturer and room take their time, and what is refused names its place."""

import pytest
from flask import Flask

from heartport.booking.invariants import find_problems
from heartport.booking.occupancy import list_taken
from heartport.stores import Store, reading
from tests.booking.desk import claimed, span, wanted
from tests.booking.lectures.hall import (
    body,
    coordinator,
    drafted,
    lecture_row,
    lecturer,
    opened,
    people,
    registered,
    room,
    sign_up,
    some_id,
    states,
    taken,
    unit_seats,
)
from tests.conftest import Clock, Person
from tests.units.trees import make_tree


@pytest.fixture(autouse=True)
def sound(app: Flask, clock: Clock):
    """Whatever a test of this file does, the calendar is sound afterwards."""
    yield
    assert find_problems() == []


@pytest.fixture
def desk(app: Flask, clock: Clock) -> Person:
    return coordinator(app)


def draft(desk: Person, key: str = "key-of-a-lecture", **other: object):
    made = body(str(other.pop("lecturer_id", None) or lecturer()), **other)
    return desk.post("lectures", made, headers={"Idempotency-Key": key})


def step(desk: Person, lecture_id: str, name: str, version: int, **more: object):
    return desk.post(f"lectures/{lecture_id}/{name}", {"version": version, **more})


def times(lecture_id: str) -> list[tuple[str, str]]:
    with reading(Store.MAIN) as session:
        return [(each.resource_id, each.span.starts_at.isoformat()) for each in list_taken(session, lecture_id)]


def told(person: Person) -> list[tuple[str, str]]:
    return [(each["kind"], each["text"]) for each in person.get("me/messages").json["items"]]


def test_a_draft_takes_the_time_of_lecturer_and_room_and_nobody_else_sees_it(desk: Person, employee: Person) -> None:
    hall = room(200)
    answer = draft(desk, room_id=hall)
    assert answer.status_code == 201
    assert (answer.json["state"], answer.json["plan"]["version"]) == ("draft", 1)
    assert {resource for resource, _ in times(answer.json["id"])} == {lecturer(), hall}
    assert employee.get("lectures").json["items"] == []


def test_one_request_that_arrives_twice_makes_one_lecture(desk: Person) -> None:
    assert draft(desk).json["id"] == draft(desk).json["id"]
    assert len(desk.get("lectures").json["items"]) == 1


def test_a_lecturer_who_is_booked_cannot_lecture(desk: Person) -> None:
    claimed(wanted(lecturer(), span("2026-11-25", "15:00", "16:00")))
    answer = draft(desk)
    assert (answer.status_code, answer.json["code"]) == (409, "slot_taken")
    assert draft(desk, key="another-key", starts_at="2026-11-25T16:00:00+08:00").status_code == 201


@pytest.mark.parametrize(
    ("wrong", "code", "place"),
    [
        ({"starts_at": "2026-11-22T11:00:00+08:00"}, "time_past", "starts_at"),
        ({"starts_at": "2026-11-22T12:30:00+08:00"}, "time_too_soon", "starts_at"),
        ({"starts_at": "2026-11-25T14:07:00+08:00"}, "time_off_grid", "starts_at"),
        ({"starts_at": "2028-11-25T14:00:00+08:00"}, "time_too_far", "starts_at"),
        ({"starts_at": "2026-12-25"}, "invalid", "starts_at"),
        ({"starts_at": "2026-02-32T14:00:00+08:00"}, "invalid", "starts_at"),
        ({"starts_at": "2026-11-25T14:00:00"}, "invalid", "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+08:00"}, "invalid", "starts_at"),
        ({"starts_at": "9999-12-31T23:45:00-12:00"}, "invalid", "starts_at"),
        ({"capacity": 0}, "invalid", "capacity"),
        ({"capacity": -1}, "invalid", "capacity"),
        ({"capacity": 10**9}, "invalid", "capacity"),
        ({"unit_quota": 4}, "invalid", "unit_quota"),
        ({"duration_minutes": 20}, "invalid", "duration_minutes"),
        ({"title": " "}, "invalid", "title"),
        ({"title": "字" * 61}, "invalid", "title"),
        ({"summary": "a\u0007"}, "invalid", "summary"),
        ({"lecturer_id": "a" * 22}, "invalid", "lecturer_id"),
        ({"room_id": "a" * 22}, "invalid", "room_id"),
    ],
)
def test_what_cannot_be_is_refused_by_its_place(desk: Person, wrong: dict, code: str, place: str) -> None:
    answer = desk.post("lectures", {**body(lecturer()), **wrong}, headers={"Idempotency-Key": "12345678"})
    assert (answer.status_code, answer.json["code"]) == (422, code), answer.json
    assert list(answer.json["errors"]) == [place]
    assert desk.get("lectures").json["items"] == []


def test_a_holiday_is_closed_and_a_day_that_nobody_knows_yet_is_for_whoever_plans(desk: Person, clock: Clock) -> None:
    assert draft(desk, starts_at="2027-01-01T14:00:00+08:00").status_code == 201
    clock.advance(days=-60)
    closed = draft(desk, key="the-first-of-october", starts_at="2026-10-01T14:00:00+08:00")
    assert (closed.status_code, closed.json["code"], list(closed.json["errors"])) == (422, "time_closed", ["starts_at"])
    assert draft(desk, key="a-made-up-workday", starts_at="2026-10-10T14:00:00+08:00").status_code == 201


def test_another_zone_is_the_same_moment(desk: Person) -> None:
    assert draft(desk, starts_at="2026-11-25T06:00:00Z").json["starts_at"] == "2026-11-25T14:00:00+08:00"


def test_a_room_that_is_too_small_is_refused(desk: Person) -> None:
    answer = draft(desk, room_id=room(2))
    assert list(answer.json["errors"]) == ["capacity"]


def test_another_time_is_told_and_the_reminder_moves_along(
    app: Flask, clock: Clock, desk: Person, employee: Person
) -> None:
    lecture_id = opened()
    lecturer_id = lecture_row(lecture_id).lecturer_id
    sign_up(employee, lecture_id)
    changed = {**body(lecturer_id, starts_at="2026-11-27T10:00:00+08:00"), "version": 2}
    assert desk.put(f"lectures/{lecture_id}", changed).json["starts_at"] == "2026-11-27T10:00:00+08:00"
    assert times(lecture_id) == [(lecturer_id, "2026-11-27T10:00:00+08:00")]
    moved = "您的预约改到了 11 月 27 日 10:00。时间不合适的话，可以直接在这里取消。"
    assert ("moved", moved) in told(employee)
    clock.advance(days=4, hours=6)
    assert next(kind for kind, _ in told(employee)) == "reminder"
    assert [kind for kind, _ in told(employee)].count("reminder") == 1


def test_a_seat_that_is_kept_for_somebody_is_offered_again_at_the_new_time(
    desk: Person, employee: Person, stranger: Person
) -> None:
    lecture_id = opened(capacity=1)
    sign_up(employee, lecture_id)
    sign_up(stranger, lecture_id, wait=True)
    employee.delete(f"lectures/{lecture_id}/registration")
    changed = {**body(lecture_row(lecture_id).lecturer_id, starts_at="2026-11-27T10:00:00+08:00"), "version": 2}
    assert desk.put(f"lectures/{lecture_id}", changed).status_code == 200
    kinds = dict(told(stranger))
    assert sorted(kinds) == ["moved", "offer"]
    assert kinds["offer"].startswith("为您留出了一个位置：11 月 27 日 10:00。请在 11 月 22 日")


def test_a_stale_version_changes_nothing(desk: Person) -> None:
    lecture_id = opened()
    changed = {**body(lecture_row(lecture_id).lecturer_id, title="新的题目"), "version": 1}
    answer = desk.put(f"lectures/{lecture_id}", changed)
    assert (answer.status_code, answer.json["code"]) == (412, "booking_changed")
    for name in ("close", "postpone", "cancel"):
        assert step(desk, lecture_id, name, 1).status_code == 412
    assert lecture_row(lecture_id).title == "睡个好觉"


def test_a_wrong_state_is_told(desk: Person) -> None:
    lecture_id = drafted()
    answer = step(desk, lecture_id, "postpone", 1)
    assert (answer.status_code, answer.json["code"], answer.json["state"]) == (409, "booking_state", "draft")
    assert step(desk, lecture_id, "hold", 1).json["code"] == "not_over_yet"
    assert step(desk, some_id(), "open", 1).status_code == 404


def test_the_capacity_is_not_lowered_below_what_is_taken(app: Flask, desk: Person) -> None:
    lecture_id = opened()
    for person in people(app, 2):
        registered(lecture_id, person.account_id)
    lecturer_id = lecture_row(lecture_id).lecturer_id
    answer = desk.put(f"lectures/{lecture_id}", {**body(lecturer_id, capacity=1), "version": 2})
    assert (answer.status_code, answer.json["code"], answer.json["taken"]) == (409, "capacity_taken", 2)
    assert desk.put(f"lectures/{lecture_id}", {**body(lecturer_id, capacity=2), "version": 2}).status_code == 200
    assert (lecture_row(lecture_id).capacity, taken(lecture_id)) == (2, 2)


def test_more_seats_go_to_the_line_first(app: Flask, desk: Person, employee: Person) -> None:
    lecture_id = opened(capacity=1)
    registered(lecture_id, people(app, 1)[0].account_id)
    sign_up(employee, lecture_id, wait=True)
    desk.put(f"lectures/{lecture_id}", {**body(lecture_row(lecture_id).lecturer_id, capacity=2), "version": 2})
    assert len(employee.get("offers").json["items"]) == 1
    assert taken(lecture_id) == 2


def test_a_quota_holds_while_the_hall_has_room_and_cannot_be_lowered(app: Flask, desk: Person) -> None:
    yard = make_tree()["yard"]
    lecture_id = opened(capacity=20, unit_quota=5)
    workers = people(app, 7)
    for person in workers[:5]:
        registered(lecture_id, person.account_id, unit_id=yard)
    registered(lecture_id, workers[5].account_id, unit_id=yard, wait=True)
    assert states(lecture_id) == ["registered"] * 5 + ["waiting"]
    registered(lecture_id, workers[6].account_id)
    lecturer_id = lecture_row(lecture_id).lecturer_id
    more = {**body(lecturer_id, capacity=20, unit_quota=6), "version": 2}
    assert desk.put(f"lectures/{lecture_id}", more).status_code == 200
    assert unit_seats(lecture_id) == {yard: 6}
    less = {**more, "unit_quota": 5, "version": 3}
    assert desk.put(f"lectures/{lecture_id}", less).json["code"] == "quota_taken"


def test_somebody_whose_quota_is_used_up_is_passed_over_until_it_is_not(app: Flask) -> None:
    yard = make_tree()["yard"]
    lecture_id = opened(capacity=6, unit_quota=5)
    workers, (other, last) = people(app, 6), people(app, 2)
    for person in workers[:5]:
        registered(lecture_id, person.account_id, unit_id=yard)
    registered(lecture_id, other.account_id)
    registered(lecture_id, workers[5].account_id, unit_id=yard, wait=True)
    registered(lecture_id, last.account_id, wait=True)
    other.delete(f"lectures/{lecture_id}/registration")
    assert len(last.get("offers").json["items"]) == 1
    assert workers[5].get("offers").json["items"] == []
    workers[0].delete(f"lectures/{lecture_id}/registration")
    assert len(workers[5].get("offers").json["items"]) == 1


def test_the_quota_is_that_of_the_enterprise_and_leaving_the_unit_gives_it_back(app: Flask, employee: Person) -> None:
    units = make_tree()
    join(employee, units["welding"])
    lecture_id = opened(unit_quota=5)
    sign_up(employee, lecture_id)
    assert unit_seats(lecture_id) == {units["yard"]: 1}
    employee.delete("me/unit")
    employee.delete(f"lectures/{lecture_id}/registration")
    assert unit_seats(lecture_id) == {units["yard"]: 0}


def join(person: Person, unit_id: str) -> None:
    from heartport.units import invites

    invite = invites.make_invite(unit_id, 10, 30)
    assert person.post("me/unit", {"invite_code": invite}).status_code == 200


def test_postponing_keeps_registrations_and_gives_the_time_back(desk: Person, employee: Person) -> None:
    lecture_id = opened()
    lecturer_id = lecture_row(lecture_id).lecturer_id
    sign_up(employee, lecture_id)
    assert step(desk, lecture_id, "postpone", 2).json["state"] == "postponed"
    assert times(lecture_id) == []
    shown = employee.get(f"lectures/{lecture_id}").json
    assert (shown["starts_at"], shown["mine"]["state"]) == (None, "registered")
    assert ("moved", "您的预约改了时间，新的时间定下来后会告诉您。") in told(employee)
    again = step(desk, lecture_id, "resume", 3, **body(lecturer_id, starts_at="2026-12-02T19:00:00+08:00"))
    assert (again.json["state"], again.json["starts_at"]) == ("open", "2026-12-02T19:00:00+08:00")
    assert any("12 月 2 日 19:00" in text for _, text in told(employee))
    assert taken(lecture_id) == 1


def test_one_tap_declines_while_it_is_postponed(desk: Person, employee: Person) -> None:
    lecture_id = opened()
    sign_up(employee, lecture_id)
    step(desk, lecture_id, "postpone", 2)
    assert employee.delete(f"lectures/{lecture_id}/registration").status_code == 204
    assert taken(lecture_id) == 0


def test_resuming_at_a_time_that_is_taken_changes_nothing(desk: Person, employee: Person) -> None:
    lecture_id = opened()
    lecturer_id = lecture_row(lecture_id).lecturer_id
    step(desk, lecture_id, "postpone", 2)
    claimed(wanted(lecturer_id, span("2026-11-25", "14:00", "15:00")))
    assert step(desk, lecture_id, "resume", 3, **body(lecturer_id)).json["code"] == "slot_taken"
    assert lecture_row(lecture_id).state == "postponed"


def test_calling_off_tells_everybody_and_frees_the_time(app: Flask, desk: Person, employee: Person) -> None:
    lecture_id = opened(capacity=1)
    (waiting,) = people(app, 1)
    sign_up(employee, lecture_id)
    sign_up(waiting, lecture_id, wait=True)
    assert step(desk, lecture_id, "cancel", 2).json["state"] == "cancelled"
    assert states(lecture_id) == ["cancelled", "cancelled"]
    assert (times(lecture_id), taken(lecture_id)) == ([], 0)
    for person in (employee, waiting):
        assert [kind for kind, _ in told(person)] == ["cancelled"]
        shown = person.get(f"lectures/{lecture_id}").json
        assert (shown["state"], shown["mine"]) == ("cancelled", None)
        assert person.get("lectures").json["items"] == []


def test_closing_stops_registration_and_opening_lets_the_line_move(
    app: Flask, desk: Person, employee: Person, stranger: Person
) -> None:
    lecture_id = opened(capacity=1)
    sign_up(employee, lecture_id)
    sign_up(stranger, lecture_id, wait=True)
    step(desk, lecture_id, "close", 2)
    employee.delete(f"lectures/{lecture_id}/registration")
    assert stranger.get("offers").json["items"] == []
    assert step(desk, lecture_id, "open", 3).json["state"] == "full"
    assert len(stranger.get("offers").json["items"]) == 1


def test_employees_plan_nothing(employee: Person) -> None:
    lecture_id = opened()
    assert draft(employee).status_code == 403
    for name in ("open", "close", "postpone", "cancel", "hold"):
        assert step(employee, lecture_id, name, 2).status_code == 403
    for name in ("check-in-code", "feedback"):
        assert employee.get(f"lectures/{lecture_id}/{name}").status_code == 403
