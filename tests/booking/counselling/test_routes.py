"""Over HTTP: from a free hour to an appointment and on, and what each of the people concerned can and cannot see."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.rules.limits import MOST_A_YEAR, MOST_RESCHEDULES
from heartport.booking.invariants import find_problems
from heartport.columns import new_public_id
from heartport.staff.grants import revoke_role
from heartport.stores import Store, reading, write_transaction
from tests.booking.counselling.office import (
    LATER,
    MONDAY,
    RESERVED,
    VERSION,
    Office,
    asked,
    booked,
    hold,
    key,
    office,
    step,
)
from tests.booking.desk import tick
from tests.conftest import Clock, Person, ready_person, signed_in
from tests.staff.doors import make_staff


@pytest.fixture(autouse=True)
def sound(app: Flask, clock: Clock):
    yield
    assert find_problems() == []


def test_from_a_free_hour_to_an_appointment(app: Flask, employee: Person) -> None:
    lin = office(app)
    (shown,) = employee.get("counsellors").json["items"]
    assert (shown["id"], shown["next"]["starts_at"]) == (lin.id, MONDAY)
    slots = employee.get(f"counsellors/{lin.id}/slots?from=2026-11-23&to=2026-11-23").json["items"]
    assert [slot["starts_at"] for slot in slots] == [MONDAY, LATER]
    held = hold(employee, lin).json
    assert (held["state"], held["expires_at"], held["calendar"]) == ("held", "2026-11-22T12:10:00+08:00", None)
    refused = step(employee, held, "confirm")
    assert (refused.status_code, refused.json["code"]) == (403, "counselling_consent_needed")
    assert refused.json["consent_version"] == VERSION == employee.get("counsellors/consent-text").json["version"]
    confirmed = step(employee, held, "confirm", consent_version=VERSION).json
    assert confirmed["state"] == "booked"
    assert confirmed["calendar"]["title"] == "预约"
    assert step(employee, held, "confirm", consent_version=VERSION).json == confirmed
    assert [each["id"] for each in employee.get("appointments").json["items"]] == [held["id"]]
    kinds = [each["text"] for each in employee.get("me/messages").json["items"]]
    assert kinds == ["已为您预约好：11 月 23 日 9:00。"]
    ical = employee.get(f"bookings/{held['id']}.ics")
    assert b"SUMMARY:\xe9\xa2\x84\xe7\xba\xa6" in ical.data
    assert b"DTSTART;TZID=Asia/Shanghai:20261123T090000" in ical.data


def test_a_lost_race_says_what_is_free_instead(app: Flask, employee: Person, stranger: Person) -> None:
    lin = office(app)
    hold(employee, lin)
    lost = hold(stranger, lin)
    assert (lost.status_code, lost.json["code"]) == (409, "slot_taken")
    assert [each["starts_at"] for each in lost.json["choices"]][:1] == [LATER]


def test_the_same_request_again_holds_nothing_twice(app: Flask, employee: Person) -> None:
    lin, headers = office(app), key()
    first = employee.post("appointments", asked(lin), headers=headers)
    again = employee.post("appointments", asked(lin), headers=headers)
    assert (first.status_code, again.json) == (201, first.json)
    other = employee.post("appointments", asked(lin, LATER), headers=headers)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_a_hold_runs_out_and_is_free_again(app: Flask, clock: Clock, employee: Person, stranger: Person) -> None:
    lin = office(app)
    held = hold(employee, lin).json
    clock.advance(minutes=10)
    assert employee.get(f"appointments/{held['id']}").json["state"] == "expired"
    late = step(employee, held, "confirm", consent_version=VERSION)
    assert (late.status_code, late.json["code"]) == (409, "hold_expired")
    assert hold(stranger, lin).status_code == 201
    assert step(employee, held, "confirm", consent_version=VERSION).status_code == 409


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        ("2026-11-22T11:00:00+08:00", "time_past"),
        ("2026-11-22T13:00:00+08:00", "time_too_soon"),
        ("2027-11-22T13:00:00+08:00", "time_too_far"),
        ("2026-11-23T09:07:00+08:00", "time_off_grid"),
        ("2026-11-23T09:15:00+08:00", "time_closed"),
        ("2026-11-29T09:00:00+08:00", "time_closed"),
        ("2026-11-25T18:00:00+08:00", "time_closed"),
        ("2026-02-32T09:00:00+08:00", "invalid"),
        ("2026-11-23T09:00:00", "invalid"),
        ("9999-12-31T23:45:00+08:00", "invalid"),
    ],
)
def test_a_time_that_cannot_be_booked_says_why(app: Flask, employee: Person, starts_at: str, code: str) -> None:
    refused = hold(employee, office(app), starts_at, mode="phone", phone="13800138000")
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert refused.json["errors"].keys() == {"starts_at"}


def test_another_zone_is_the_same_moment(app: Flask, employee: Person) -> None:
    assert hold(employee, office(app), "2026-11-23T01:00:00+00:00").json["starts_at"] == MONDAY


def test_who_wants_to_talk_this_week_may_have_a_reserved_hour(app: Flask, employee: Person) -> None:
    lin = office(app)
    days = f"counsellors/{lin.id}/slots?from=2026-11-25&to=2026-11-25"
    assert RESERVED not in [each["starts_at"] for each in employee.get(days).json["items"]]
    assert RESERVED in [each["starts_at"] for each in employee.get(f"{days}&within_week=true").json["items"]]
    held = hold(employee, lin, RESERVED, mode="phone", phone="138 0013 8000", within_week=True)
    assert held.status_code == 201
    assert "within_week" not in held.json


def test_an_appointment_by_phone_needs_a_number_which_only_that_counsellor_sees(app: Flask, employee: Person) -> None:
    lin = office(app)
    assert hold(employee, lin, mode="phone").json["code"] == "phone_needed"
    mine = booked(employee, lin, mode="phone", phone="13800138000")
    assert "phone" not in mine
    desk, other = lin.at_desk(), office(app, "counsellor-wang").at_desk()
    (seen,) = desk.get("appointments").json["items"]
    assert (seen["phone"], seen["code"]) == ("13800138000", mine["code"])
    assert other.get(f"appointments/{mine['id']}").status_code == 404
    assert other.get("appointments").json["items"] == []


def test_another_persons_appointment_is_not_there(app: Flask, employee: Person, stranger: Person) -> None:
    mine = booked(employee, office(app))
    assert stranger.get(f"appointments/{mine['id']}").status_code == 404
    assert stranger.get(f"bookings/{mine['id']}.ics").status_code == 404
    for act, more in (("confirm", {}), ("cancel", {}), ("reschedule", {"starts_at": LATER})):
        assert step(stranger, mine, act, **more).status_code == 404


def test_under_age_is_told_whom_to_call(app: Flask) -> None:
    lin, young = office(app), signed_in(app, "openid-of-somebody-young-0001")
    assert hold(young, lin).json["code"] == "age_group_needed"
    assert young.put("me", {"age_group": "16-17"}).status_code == 200
    refused = hold(young, lin)
    assert (refused.status_code, refused.json["code"]) == (403, "under_18")
    assert "12355" in refused.json["detail"]


def test_cancelling_frees_the_hour_and_repeats_without_harm(app: Flask, employee: Person, stranger: Person) -> None:
    lin = office(app)
    mine = booked(employee, lin, "2026-11-24T09:00:00+08:00")
    gone = step(employee, mine, "cancel").json
    assert gone["state"] == "cancelled"
    assert step(employee, mine, "cancel").json == gone
    assert hold(stranger, lin, "2026-11-24T09:00:00+08:00").status_code == 201
    late = booked(employee, lin)
    assert step(employee, late, "cancel").json["state"] == "late_cancelled"


def test_moving_takes_the_new_hour_first(app: Flask, employee: Person, stranger: Person) -> None:
    lin = office(app)
    wednesday, thursday = "2026-11-25T09:00:00+08:00", "2026-11-26T09:00:00+08:00"
    mine = booked(employee, lin, wednesday)
    taken = booked(stranger, lin, thursday)
    lost = step(employee, mine, "reschedule", starts_at=thursday)
    assert (lost.status_code, lost.json["code"]) == (409, "slot_taken")
    assert employee.get(f"appointments/{mine['id']}").json == mine
    moved = step(employee, mine, "reschedule", starts_at="2026-11-26T10:15:00+08:00").json
    assert (moved["id"], moved["state"], moved["starts_at"][:16]) == (mine["id"], "booked", "2026-11-26T10:15")
    assert step(employee, mine, "reschedule", starts_at="2026-11-26T10:15:00+08:00").json == moved
    assert step(employee, mine, "reschedule", starts_at=wednesday).status_code == 412
    assert hold(stranger, lin, wednesday).status_code == 201
    assert taken["state"] == "booked"


def test_moving_to_the_hour_that_it_has_changes_nothing(app: Flask, clock: Clock, employee: Person) -> None:
    mine = booked(employee, office(app))
    clock.advance(hours=3)
    for _ in range(MOST_RESCHEDULES + 1):
        assert step(employee, mine, "reschedule", starts_at="2026-11-23T01:00:00+00:00").json == mine
    stale = step(employee, {**mine, "version": 7}, "reschedule", starts_at=MONDAY)
    assert (stale.status_code, stale.json["code"]) == (412, "booking_changed")
    gone = step(employee, mine, "cancel").json
    assert step(employee, gone, "reschedule", starts_at=MONDAY).json["code"] == "booking_state"


def test_moving_into_a_year_whose_sessions_are_used_up_is_refused(app: Flask, clock: Clock, employee: Person) -> None:
    """Of December all are used up: a move within January stays possible, one into December is like a new booking."""
    clock.moment = datetime(2025, 12, 21, 4, tzinfo=UTC)
    lin, person = office(app), ready_person(app, "openid-of-an-employee-0000001")
    january, december = "2026-01-06T09:00:00+08:00", "2025-12-29T09:00:00+08:00"
    mine = booked(person, lin, january)
    attended_in_2025(person.account_id, lin, MOST_A_YEAR)
    moved = step(person, mine, "reschedule", starts_at="2026-01-07T09:00:00+08:00").json
    refused = step(person, moved, "reschedule", starts_at=december)
    assert (refused.status_code, refused.json["code"]) == (409, "yearly_sessions_used")
    assert person.get(f"appointments/{mine['id']}").json == moved
    attended_in_2025(person.account_id, lin, MOST_A_YEAR - 1)
    assert step(person, moved, "reschedule", starts_at=december).json["starts_at"] == december
    attended_in_2025(person.account_id, lin, 0)


def attended_in_2025(account_id: str, lin: Office, count: int) -> None:
    """Let somebody have had so many sessions; only the rows of the appointments."""
    row = {"account_id": account_id, "counsellor_id": lin.id, "state": "attended", "version": 1, "mode": "video"}

    def work(session: Session) -> None:
        session.execute(delete(Appointment).where(Appointment.state == "attended"))
        for number in range(count):
            starts = tick("2025-03-03 09:00") + number * 4
            session.execute(insert(Appointment).values(id=new_public_id(), starts=starts, ends=starts + 4, **row))

    write_transaction(Store.MAIN, work)


def test_nobody_moves_to_a_counsellor_who_counsels_no_more(app: Flask, clock: Clock, employee: Person) -> None:
    mine = booked(employee, office(app), "2026-11-25T09:00:00+08:00")
    revoke_role("counsellor-lin", "counsellor", None, "somebody")
    refused = step(employee, mine, "reschedule", starts_at="2026-11-26T09:00:00+08:00")
    assert (refused.status_code, refused.json["code"]) == (404, "counsellor_unknown")
    assert employee.get(f"appointments/{mine['id']}").json == mine


def test_two_ahead_and_no_third(app: Flask, employee: Person) -> None:
    lin = office(app)
    booked(employee, lin)
    booked(employee, lin, LATER)
    assert hold(employee, lin, "2026-11-24T09:00:00+08:00").json["code"] == "too_many_appointments"


def test_the_desk_notes_who_came(app: Flask, clock: Clock, employee: Person) -> None:
    lin = office(app)
    mine, desk = booked(employee, lin), lin.at_desk()
    assert step(desk, mine, "check-in").json["code"] == "appointment_not_yet"
    clock.advance(hours=21)
    desk = lin.at_desk()
    seen = step(desk, mine, "check-in").json
    assert seen["state"] == "checked_in"
    assert step(desk, mine, "check-in").json == seen
    assert step(desk, mine, "no-show").status_code in (409, 412)
    done = step(desk, seen, "attend", follow_up=True).json
    assert (done["state"], done["follow_up_suggested"]) == ("attended", True)
    assert employee.get(f"appointments/{mine['id']}").json["follow_up_suggested"] is True


def test_a_no_show_is_met_with_care_and_can_be_corrected_for_a_day(app: Flask, clock: Clock, employee: Person) -> None:
    lin = office(app)
    mine = booked(employee, lin)
    clock.advance(hours=21, minutes=20)
    desk = lin.at_desk()
    missed = step(desk, mine, "no-show").json
    assert missed["state"] == "no_show"
    assert "希望您一切都好" in employee.get("me/messages").json["items"][0]["text"]
    assert step(desk, missed, "check-in").json["state"] == "checked_in"


def test_a_no_show_that_is_noted_late_can_be_corrected_until_the_next_day_ends(
    app: Flask, clock: Clock, employee: Person
) -> None:
    lin = office(app)
    mine = booked(employee, lin)
    clock.advance(days=4)
    missed = step(lin.at_desk(), mine, "no-show").json
    assert missed["correct_until"] == "2026-11-28T00:00:00+08:00"
    clock.advance(hours=35)
    assert step(lin.at_desk(), missed, "check-in").json["state"] == "checked_in"


def test_a_no_show_is_not_corrected_two_days_after_it_was_noted(app: Flask, clock: Clock, employee: Person) -> None:
    lin = office(app)
    mine = booked(employee, lin)
    clock.advance(days=4)
    missed = step(lin.at_desk(), mine, "no-show").json
    clock.advance(hours=36)
    refused = step(lin.at_desk(), missed, "check-in")
    assert (refused.status_code, refused.json["code"]) == (409, "no_longer_correctable")


@pytest.mark.parametrize("acts", [["no-show"], ["check-in", "attend"]])
def test_the_number_to_call_goes_with_what_is_noted(
    app: Flask, clock: Clock, employee: Person, acts: list[str]
) -> None:
    lin = office(app)
    mine = booked(employee, lin, mode="phone", phone="13800138000")
    clock.advance(hours=21, minutes=20)
    desk, seen = lin.at_desk(), mine
    assert desk.get(f"appointments/{mine['id']}").json["phone"] == "13800138000"
    for act in acts:
        seen = step(desk, seen, act).json
    assert seen["phone"] is None
    with reading(Store.MAIN) as session:
        assert session.execute(select(Appointment.phone_sealed)).scalars().all() == [None]


def test_a_counsellor_who_cancels_leaves_three_times_and_the_first_place(
    app: Flask, employee: Person, stranger: Person
) -> None:
    lin = office(app)
    mine = booked(employee, lin)
    assert step(lin.at_desk(), mine, "cancel").json["state"] == "cancelled_by_counsellor"
    shown = employee.get(f"appointments/{mine['id']}").json
    assert len(shown["choices"]) == 3
    assert employee.get("counsellors").json["items"][0]["waiting"] == 0


def test_openings_are_replaced_whole_and_by_version(app: Flask) -> None:
    desk = office(app).at_desk()
    shown = desk.get("calendar/availability").json
    assert shown["weekly"][0] == {"day": "fri", "starts": "09:00", "ends": "12:00", "modes": [], "reserved": False}
    wrong = [{"day": "mon", "starts": "10:00", "ends": "09:00"}, {"day": "mon", "starts": "09:05", "ends": "12:00"}]
    refused = desk.put("calendar/availability", {"version": shown["version"], "weekly": wrong, "changes": []})
    assert (refused.status_code, set(refused.json["errors"])) == (422, {"weekly.1.starts"})
    whole = {"version": shown["version"], "weekly": wrong[:1], "changes": []}
    assert set(desk.put("calendar/availability", whole).json["errors"]) == {"weekly.0"}
    right = {**whole, "weekly": [{"day": "mon", "starts": "09:00", "ends": "24:00"}]}
    assert desk.put("calendar/availability", right).json["weekly"][0]["ends"] == "24:00"
    assert desk.put("calendar/availability", right).status_code == 412


def test_a_feed_tells_when_and_nothing_else(app: Flask, employee: Person, client: Person) -> None:
    lin = office(app)
    mine = booked(employee, lin)
    desk = lin.at_desk()
    first = desk.post("calendar/feed/rotate", None).json["path"]
    text = client.get(first).data.decode()
    assert f"UID:{mine['id']}@heartport" in text
    assert text.count("SUMMARY:预约") == 1
    second = desk.post("calendar/feed/rotate", None).json["path"]
    assert second != first
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)


def test_the_secret_of_a_feed_is_in_no_log(app: Flask, client: Person, logged) -> None:
    path = office(app).at_desk().post("calendar/feed/rotate", None).json["path"]
    client.get(path)
    client.get(path[:-5] + "x.ics")
    assert path.rpartition("/")[2][:20] not in logged.text


def test_staff_without_the_role_see_no_appointment(app: Flask, employee: Person) -> None:
    mine = booked(employee, office(app))
    roles = [("coordinator", None), ("clinical_lead", None), ("admin", None), ("editor", None)]
    other = make_staff(app, "somebody-else", *roles).signed_in()
    assert other.get("appointments").status_code == 403
    assert other.get(f"appointments/{mine['id']}").status_code == 403
