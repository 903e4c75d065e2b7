"""A counsellor leaves service: whoever waits for them hears of it, and nothing stays that would be offered."""

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from heartport.booking.counselling.counsellors import CounsellorUnknown
from heartport.booking.counselling.desk import transfer_appointment
from heartport.booking.counselling.line import join_line
from heartport.booking.counselling.models import Waiting
from heartport.booking.counselling.sweepers import settle_lines
from heartport.booking.invariants import find_problems
from heartport.booking.models import Occupancy, Resource
from heartport.booking.resources import ResourceBooked, deactivate
from heartport.stores import Store, reading, write_transaction
from tests.booking.counselling.office import Office, booked, key, office, step
from tests.conftest import Clock, Person, ready_person

TUESDAY, LATER = "2026-11-24T09:00:00+08:00", "2026-11-24T10:15:00+08:00"
CLOSED = "很抱歉，您在等的位置不再开放，这次排队到这里就结束了。您可以看看其他时间，或另外排队。"


@pytest.fixture
def lin(app: Flask, clock: Clock, employee: Person) -> Office:
    """A counsellor of whom one hour is offered to the first who waited, while the second waits on."""
    lin = office(app)
    once = {"day": "2026-11-24", "starts": "09:00", "ends": "11:15", "opens": True}
    assert (
        lin.at_desk().put("calendar/availability", {"version": 2, "weekly": [], "changes": [once]}).status_code == 200
    )
    mine, _ = booked(employee, lin, TUESDAY), booked(employee, lin, LATER)
    for each in people(app):
        assert each.post(f"counsellors/{lin.id}/waiting-list", {}, headers=key()).status_code == 201
    assert step(employee, mine, "cancel").status_code == 200
    return lin


def people(app: Flask) -> list[Person]:
    return [ready_person(app, f"openid-of-one-who-waits-000{number}") for number in range(2)]


def texts(person: Person) -> list[str]:
    return [each["text"] for each in person.get("me/messages").json["items"]]


def waiting() -> int:
    with reading(Store.MAIN) as session:
        return session.execute(select(func.count()).select_from(Waiting)).scalar_one()


def taken() -> int:
    with reading(Store.MAIN) as session:
        return session.execute(select(func.count()).select_from(Occupancy)).scalar_one()


def test_everybody_in_the_line_is_told_and_nothing_is_offered_any_more(
    app: Flask, employee: Person, lin: Office
) -> None:
    first, second = people(app)
    (offer,) = first.get("offers").json["items"]
    (other,) = [each for each in employee.get("appointments").json["items"] if each["state"] == "booked"]
    assert step(employee, other, "cancel").status_code == 200
    third = ready_person(app, "openid-of-one-who-waits-0003")
    assert third.post(f"counsellors/{lin.id}/waiting-list", {}, headers=key()).status_code == 201
    for _ in range(2):
        deactivate(lin.id)
    for each in (first, second, third):
        assert texts(each) == [CLOSED]
        assert each.get("offers").json["items"] == []
    assert first.post(f"offers/{offer['id']}/accept", None).json["code"] == "offer_expired"
    assert (waiting(), taken()) == (0, 0)
    assert third.post(f"counsellors/{lin.id}/waiting-list", {}, headers=key()).json["code"] == "counsellor_unknown"
    assert find_problems() == []


def test_while_somebody_is_booked_the_line_and_its_offers_stay(app: Flask, lin: Office) -> None:
    first, second = people(app)
    with pytest.raises(ResourceBooked) as refused:
        deactivate(lin.id)
    assert [each["starts_at"] for each in refused.value.members["bookings"]] == [LATER]
    assert len(first.get("offers").json["items"]) == waiting() == 1
    assert CLOSED not in texts(first) + texts(second)
    assert find_problems() == []


def test_when_the_bookings_are_handed_over_the_line_closes(app: Flask, employee: Person, lin: Office) -> None:
    wang = office(app, "counsellor-wang")
    (other,) = [each for each in employee.get("appointments").json["items"] if each["state"] == "booked"]
    transfer_appointment(other["id"], wang.id)
    assert app.test_cli_runner().invoke(args=["booking", "deactivate", lin.id]).exit_code == 0
    assert [texts(each) for each in people(app)] == [[CLOSED]] * 2
    assert find_problems() == []


def test_nobody_joins_the_line_of_somebody_who_left_just_now(app: Flask, clock: Clock, employee: Person) -> None:
    lin = office(app)
    deactivate(lin.id)
    with pytest.raises(CounsellorUnknown):
        write_transaction(Store.MAIN, lambda session: join_line(session, employee.account_id, lin.id, None))
    assert waiting() == 0


def test_a_line_of_somebody_who_left_earlier_is_closed_too(app: Flask, clock: Clock, employee: Person) -> None:
    """Before lines were closed with their counsellor, they stayed."""
    lin = office(app)

    def work(session) -> None:
        session.execute(update(Resource).where(Resource.id == lin.id).values(active=False))
        session.execute(insert(Waiting).values(account_id=employee.account_id, counsellor_id=lin.id, turn=1))

    write_transaction(Store.MAIN, work)
    assert settle_lines() == 0
    assert (texts(employee), waiting()) == ([CLOSED], 0)
