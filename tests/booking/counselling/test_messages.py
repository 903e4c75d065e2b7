"""What is said of an appointment goes when it is not true any more, before it reaches anybody."""

from datetime import date

from flask import Flask
from sqlalchemy import select

from heartport.booking.availability import replace_openings
from heartport.booking.counselling.desk import transfer_appointment
from heartport.booking.counselling.sweepers import settle_lines
from heartport.booking.rules.openings import Change, OpenDay, Opening
from heartport.messages.models import Message
from heartport.messages.notes import open_content
from heartport.messages.outbox import Recipient, to_employee, to_staff
from heartport.stores import Store, reading
from tests.booking.counselling.office import booked, office, step
from tests.conftest import Clock, Person, agree

WEDNESDAY, THURSDAY = "2026-11-25T09:00:00+08:00", "2026-11-26T09:00:00+08:00"


def waiting_for(to: Recipient) -> list[tuple[str, str]]:
    """Return kind and time of all messages of somebody, those to come too."""
    with reading(Store.MAIN) as session:
        rows = session.execute(select(Message).where(to.own)).scalars().all()
    contents = [open_content(row.id, row.content_sealed) for row in rows]
    return sorted((each.kind.value, each.at.isoformat()[:16] if each.at else "") for each in contents)


def unsent(to: Recipient) -> int:
    with reading(Store.MAIN) as session:
        return len(session.execute(select(Message).where(to.own, Message.unsent)).scalars().all())


def kinds(to: Recipient) -> list[str]:
    return [kind for kind, _ in waiting_for(to)]


def texts(person: Person) -> list[str]:
    return [each["text"] for each in person.get("me/messages").json["items"]]


def test_what_is_cancelled_is_not_announced_any_more(app: Flask, clock: Clock, employee: Person) -> None:
    agree(employee, "notifications")
    lin, person = office(app), to_employee(employee.account_id)
    mine = booked(employee, lin, WEDNESDAY)
    assert kinds(person) == ["booked", "reminder"]
    assert kinds(to_staff(lin.staff_id)) == ["assigned"]
    assert step(employee, mine, "cancel").status_code == 200
    assert kinds(person) == []
    assert kinds(to_staff(lin.staff_id)) == ["cancelled"]


def test_what_was_read_stays_and_goes_out_no_more(app: Flask, clock: Clock, employee: Person) -> None:
    agree(employee, "notifications")
    lin, person = office(app), to_employee(employee.account_id)
    mine = booked(employee, lin, WEDNESDAY)
    (told,) = employee.get("me/messages").json["items"]
    employee.post(f"me/messages/{told['id']}/read", None)
    assert unsent(person) == 2
    assert step(employee, mine, "cancel").status_code == 200
    assert kinds(person) == ["booked"]
    assert unsent(person) == 0


def test_a_move_is_told_once_and_its_evening_replaces_the_earlier_one(
    app: Flask, clock: Clock, employee: Person
) -> None:
    lin, person = office(app), to_employee(employee.account_id)
    mine = booked(employee, lin, WEDNESDAY)
    moved = step(employee, mine, "reschedule", starts_at=THURSDAY).json
    at = "2026-11-26T09:00"
    assert waiting_for(person) == [("moved", at), ("reminder", at)]
    assert waiting_for(to_staff(lin.staff_id)) == [("moved", at)]
    clock.advance(days=3, hours=6)
    assert [each["kind"] for each in employee.get("me/messages").json["items"]] == ["reminder", "moved"]
    assert moved["starts_at"] == THURSDAY


def test_a_reminder_that_was_read_does_not_stand_in_the_way_of_the_next(
    app: Flask, clock: Clock, employee: Person
) -> None:
    lin, person = office(app), to_employee(employee.account_id)
    evening = Change(date(2026, 11, 24), 19 * 60, 20 * 60, opens=True)
    replace_openings(lin.id, [Opening(OpenDay.THU, 9 * 60, 12 * 60)], [evening], None)
    mine = booked(employee, lin, "2026-11-24T19:00:00+08:00")
    clock.advance(days=1, hours=6)
    for told in employee.get("me/messages").json["items"]:
        employee.post(f"me/messages/{told['id']}/read", None)
    assert step(employee, mine, "reschedule", starts_at=THURSDAY).status_code == 200
    assert ("reminder", "2026-11-26T09:00") in waiting_for(person)


def test_another_appointment_is_still_announced(app: Flask, clock: Clock, employee: Person) -> None:
    lin, person = office(app), to_employee(employee.account_id)
    mine = booked(employee, lin, WEDNESDAY)
    booked(employee, lin, THURSDAY)
    step(employee, mine, "cancel")
    assert waiting_for(person) == [("booked", "2026-11-26T09:00"), ("reminder", "2026-11-26T09:00")]


def test_whom_a_counsellor_cancels_reads_of_that_alone(app: Flask, clock: Clock, employee: Person) -> None:
    lin = office(app)
    mine = booked(employee, lin, WEDNESDAY)
    assert step(lin.at_desk(), mine, "cancel").status_code == 200
    assert kinds(to_employee(employee.account_id)) == ["cancelled"]
    assert kinds(to_staff(lin.staff_id)) == []


def test_a_handed_over_appointment_is_told_as_what_it_is(app: Flask, clock: Clock, employee: Person) -> None:
    lin, wang = office(app), office(app, "counsellor-wang")
    mine = booked(employee, lin, WEDNESDAY)
    transfer_appointment(mine["id"], wang.id)
    at = "2026-11-25T09:00"
    assert waiting_for(to_employee(employee.account_id)) == [("reminder", at), ("updated", at)]
    assert texts(employee) == ["预约的安排有更新，请打开查看。"]
    assert texts(lin.at_desk()) == ["您 11 月 25 日 9:00 的一个预约已由同事接手，不再占用您的时间。"]
    assert texts(wang.at_desk()) == ["您有一个新的预约安排：11 月 25 日 9:00。"]


def test_a_missing_that_is_corrected_before_morning_is_never_told(app: Flask, clock: Clock, employee: Person) -> None:
    lin = office(app)
    mine = booked(employee, lin)
    clock.advance(hours=35)
    missed = step(lin.at_desk(), mine, "no-show").json
    assert "missed" in kinds(to_employee(employee.account_id))
    assert step(lin.at_desk(), missed, "check-in").status_code == 200
    assert "missed" not in kinds(to_employee(employee.account_id))


def test_an_offer_that_is_taken_asks_for_nothing_any_more(app: Flask, clock: Clock, employee: Person) -> None:
    lin = office(app)
    mine = booked(employee, lin)
    assert step(lin.at_desk(), mine, "cancel").status_code == 200
    settle_lines()
    (offer,) = employee.get("offers").json["items"]
    assert "offer" in kinds(to_employee(employee.account_id))
    taken = employee.post(f"offers/{offer['id']}/accept", None).json["booking_id"]
    assert step(employee, employee.get(f"appointments/{taken}").json, "confirm").status_code == 200
    assert "offer" not in kinds(to_employee(employee.account_id))
