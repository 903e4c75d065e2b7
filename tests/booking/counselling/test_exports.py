"""What is held of a person's counselling goes out with everything else; an erasure leaves nameless hours at most."""

from flask import Flask
from sqlalchemy import func, select

from heartport.booking.counselling.models import Appointment, CounsellingConsent, Waiting
from heartport.booking.invariants import find_problems
from heartport.booking.models import Occupancy
from heartport.stores import Store, reading
from tests.booking.counselling.office import booked, hold, office, step
from tests.conftest import Clock, Person, ready_person
from tests.members.residents import CONFIRM


def count(model, *which) -> int:
    with reading(Store.MAIN) as session:
        return session.execute(select(func.count()).select_from(model).where(*which)).scalar_one()


def test_everything_is_in_the_export(app: Flask, clock: Clock, employee: Person) -> None:
    mine = booked(employee, office(app), mode="phone", phone="13800138000")
    held = employee.call("POST", "me/export").json
    (told,) = held["appointments"]
    assert (told["id"], told["phone"], told["state"]) == (mine["id"], "13800138000", "booked")
    assert [each["act"] for each in told["events"]] == ["hold", "confirm"]
    assert held["counselling_consent"] == "2026-11"


def test_an_erasure_gives_hours_back_and_leaves_what_took_place_without_a_name(
    app: Flask, clock: Clock, employee: Person, stranger: Person
) -> None:
    lin = office(app)
    came = booked(employee, lin)
    clock.advance(hours=21)
    desk = lin.at_desk()
    seen = step(desk, came, "check-in").json
    assert step(desk, seen, "attend").status_code == 200
    ahead = booked(employee, lin, "2026-11-25T09:00:00+08:00")
    assert employee.post("me/erasure", CONFIRM).status_code in (200, 202)
    assert count(Appointment, Appointment.account_id == employee.account_id) == 0
    assert count(Appointment, Appointment.id == came["id"], Appointment.account_id.is_(None)) == 1
    assert count(Occupancy, Occupancy.booking_id == ahead["id"]) == 0
    assert count(CounsellingConsent) == count(Waiting) == 0
    assert any("取消" in each["text"] for each in lin.at_desk().get("me/messages").json["items"])
    assert hold(stranger, lin, "2026-11-25T09:00:00+08:00").status_code == 201
    assert desk.get(f"appointments/{came['id']}").json["state"] == "attended"
    assert find_problems() == []


def test_an_erasure_serves_the_line(app: Flask, clock: Clock, employee: Person) -> None:
    lin = office(app)
    once = {"day": "2026-11-24", "starts": "09:00", "ends": "10:00", "opens": True}
    openings = {"version": 2, "weekly": [], "changes": [once]}
    assert lin.at_desk().put("calendar/availability", openings).status_code == 200
    booked(employee, lin, "2026-11-24T09:00:00+08:00")
    other = ready_person(app, "openid-of-one-who-waits-000001")
    key = {"Idempotency-Key": "key-of-a-line-1"}
    assert other.post(f"counsellors/{lin.id}/waiting-list", {}, headers=key).status_code == 201
    assert employee.post("me/erasure", CONFIRM).status_code in (200, 202)
    assert len(other.get("offers").json["items"]) == 1
    assert find_problems() == []
