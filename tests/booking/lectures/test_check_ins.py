"""At the door: the code that is shown, who is let in, and what they say of it afterwards without being known."""

import pytest
from flask import Flask
from sqlalchemy import select

from heartport.booking.feedback.models import Feedback, FeedbackToken
from heartport.booking.invariants import find_problems
from heartport.booking.lectures import check_ins, planning, sweepers
from heartport.booking.models import BookingEvent
from heartport.callers import COORDINATOR
from heartport.stores import Store, reading
from tests.booking.lectures.hall import actor, coordinator, lecture_row, opened, people, registered, sign_up, states
from tests.conftest import Clock, Person
from tests.staff.doors import make_staff

SAID = {"rating": 5, "useful": 4, "again": True}


@pytest.fixture
def lecture_id(app: Flask, clock: Clock) -> str:
    """A lecture whose doors are open: it begins in half an hour."""
    made = opened(capacity=30)
    clock.advance(days=3, hours=1, minutes=30)
    return made


def code(lecture_id: str) -> str:
    return check_ins.current_code(lecture_id).code


def scan(person: Person, lecture_id: str, scanned: str | None = None):
    return person.post(f"lectures/{lecture_id}/check-in", {"code": scanned or code(lecture_id)})


def rows(model: type) -> list:
    with reading(Store.MAIN) as session:
        return list(session.execute(select(model)).scalars())


def test_whoever_registered_is_let_in_and_told_so_the_second_time(lecture_id: str, employee: Person) -> None:
    sign_up(employee, lecture_id)
    first, second = scan(employee, lecture_id), scan(employee, lecture_id)
    assert (first.status_code, first.json["already"], second.json["already"]) == (200, False, True)
    assert {**first.json, "already": True} == second.json
    assert states(lecture_id) == ["checked_in"]
    assert find_problems() == []


def test_whoever_did_not_register_or_only_waits_is_not(app: Flask, clock: Clock, employee: Person) -> None:
    made = opened(capacity=1)
    registered(made, people(app, 1)[0].account_id)
    sign_up(employee, made, wait=True)
    clock.advance(days=3, hours=2)
    for person in (employee, people(app, 1)[0]):
        answer = scan(person, made)
        assert (answer.status_code, answer.json["code"]) == (409, "not_registered")


def test_a_code_is_good_for_two_minutes(clock: Clock, lecture_id: str, employee: Person) -> None:
    sign_up(employee, lecture_id)
    shown = code(lecture_id)
    clock.advance(seconds=120)
    assert scan(employee, lecture_id, shown).json["code"] == "check_in_code_wrong"
    clock.advance(seconds=-31)
    assert scan(employee, lecture_id, shown).status_code == 200


def test_a_code_that_was_made_up_or_is_of_another_lecture_is_refused(lecture_id: str, employee: Person) -> None:
    sign_up(employee, lecture_id)
    window = check_ins.window_of(check_ins.clock.now())
    for wrong in ("a" * 22, "", "é" * 22, code(lecture_id)[:-1], check_ins._code("b" * 22, window), "a" * 41):
        assert scan(employee, lecture_id, wrong or " ").status_code == 422
    assert states(lecture_id) == ["registered"]


def test_doors_open_an_hour_before_and_close_half_an_hour_after(
    app: Flask, clock: Clock, lecture_id: str, employee: Person
) -> None:
    sign_up(employee, lecture_id)
    desk = coordinator(app)
    clock.advance(minutes=-31)
    assert desk.get(f"lectures/{lecture_id}/check-in-code").json["code"] == "doors_closed"
    clock.advance(minutes=1)
    shown = desk.get(f"lectures/{lecture_id}/check-in-code").json
    assert shown["svg"].startswith("<svg")
    assert shown["until"] == "2026-11-25T13:00:30+08:00"
    clock.advance(hours=2, minutes=59)
    assert scan(employee, lecture_id).status_code == 200
    clock.advance(minutes=1)
    assert scan(employee, lecture_id, "a" * 22).json["code"] == "doors_closed"


def test_what_is_held_counts_who_came_and_who_did_not(app: Flask, clock: Clock, lecture_id: str) -> None:
    came, missing = people(app, 2)
    for person in (came, missing):
        registered(lecture_id, person.account_id)
    scan(came, lecture_id)
    clock.advance(hours=3)
    assert (sweepers.close_begun(), sweepers.note_ended()) == (1, 1)
    row = lecture_row(lecture_id)
    assert (row.state, row.attended, states(lecture_id)) == ("held", 1, ["absent", "checked_in"])
    assert (sweepers.close_begun(), sweepers.note_ended()) == (0, 0)
    assert find_problems() == []


def test_a_month_later_nobody_knows_who_came(app: Flask, clock: Clock, lecture_id: str, employee: Person) -> None:
    sign_up(employee, lecture_id)
    scan(employee, lecture_id)
    clock.advance(hours=3)
    sweepers.note_ended()
    clock.advance(days=29)
    assert sweepers.archive_old() == 0
    clock.advance(days=2)
    assert sweepers.archive_old() == 1
    assert states(lecture_id) == []
    assert lecture_row(lecture_id).attended == 1
    assert {each.kind for each in rows(BookingEvent)} == {"lecture"}, "not of the registrations"
    assert find_problems() == []


# Feedback


def test_a_token_is_good_once_and_nothing_leads_from_what_was_said_to_it(
    client: Person, lecture_id: str, employee: Person
) -> None:
    sign_up(employee, lecture_id)
    token = scan(employee, lecture_id).json["feedback_token"]
    assert employee.get(f"lectures/{lecture_id}/feedback-token").json == {"feedback_token": token}
    answers = [client.post("feedback", {"token": token, **SAID}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 404]
    assert answers[1].json["code"] == "feedback_token_unknown"
    assert rows(FeedbackToken) == []
    (said,) = rows(Feedback)
    assert {column.name for column in Feedback.__table__.columns} == {"id", "about_id", "rating", "useful", "again"}
    assert (said.about_id, said.rating) == (lecture_id, 5)
    assert employee.get(f"lectures/{lecture_id}/feedback-token").json["code"] == "feedback_given"


def test_only_who_was_there_has_a_token(lecture_id: str, employee: Person, stranger: Person) -> None:
    sign_up(employee, lecture_id)
    for person in (employee, stranger):
        assert person.get(f"lectures/{lecture_id}/feedback-token").json["code"] == "not_registered"


@pytest.mark.parametrize(
    "wrong", [{"rating": 0}, {"rating": 6}, {"useful": True}, {"again": 1}, {"token": "a" * 42}, {"words": "好"}]
)
def test_feedback_that_does_not_fit_burns_no_token(
    client: Person, lecture_id: str, employee: Person, wrong: dict
) -> None:
    sign_up(employee, lecture_id)
    token = scan(employee, lecture_id).json["feedback_token"]
    assert client.post("feedback", {"token": token, **SAID, **wrong}).status_code == 422
    assert len(rows(FeedbackToken)) == 1


def test_a_summary_rests_on_ten_and_is_shown_once_no_more_is_taken(
    app: Flask, clock: Clock, client: Person, lecture_id: str
) -> None:
    desk = coordinator(app)
    for number, person in enumerate(people(app, 10)):
        registered(lecture_id, person.account_id)
        token = scan(person, lecture_id).json["feedback_token"]
        if number < 9:
            client.post("feedback", {"token": token, **SAID})
    shown = desk.get(f"lectures/{lecture_id}/feedback").json
    nothing = {"responses": None, "rating": None, "useful": None, "again_percent": None, "smallest_group": 10}
    assert shown == {**nothing, "still_open": True}
    client.post("feedback", {"token": token, "rating": 1, "useful": 1, "again": False})
    assert desk.get(f"lectures/{lecture_id}/feedback").json == {**nothing, "still_open": True}
    clock.advance(days=15)
    desk = sign_in_again(app)
    assert desk.get(f"lectures/{lecture_id}/feedback").json == {
        "smallest_group": 10,
        "still_open": False,
        "responses": 10,
        "rating": 4.6,
        "useful": 3.7,
        "again_percent": 90,
    }


def test_nine_are_too_few(app: Flask, clock: Clock, client: Person, lecture_id: str) -> None:
    for person in people(app, 9):
        registered(lecture_id, person.account_id)
        client.post("feedback", {"token": scan(person, lecture_id).json["feedback_token"], **SAID})
    clock.advance(days=15)
    assert coordinator(app).get(f"lectures/{lecture_id}/feedback").json["responses"] is None


def test_tokens_end_after_two_weeks(clock: Clock, client: Person, lecture_id: str, employee: Person) -> None:
    sign_up(employee, lecture_id)
    token = scan(employee, lecture_id).json["feedback_token"]
    clock.advance(days=15)
    assert sweepers.end_feedback() == 1
    assert client.post("feedback", {"token": token, **SAID}).status_code == 404


def test_people_are_asked_on_the_evening_after(clock: Clock, lecture_id: str, employee: Person) -> None:
    sign_up(employee, lecture_id)
    scan(employee, lecture_id)
    clock.advance(days=1, hours=4)
    assert "feedback" not in str(employee.get("me/messages").json)
    clock.advance(minutes=30)
    assert "feedback" in str(employee.get("me/messages").json)


def test_whoever_is_in_cannot_give_up_the_seat(lecture_id: str, employee: Person) -> None:
    sign_up(employee, lecture_id)
    scan(employee, lecture_id)
    assert employee.delete(f"lectures/{lecture_id}/registration").json["code"] == "checked_in_already"


def test_erasing_whoever_is_in_leaves_the_numbers_sound(lecture_id: str, employee: Person) -> None:
    sign_up(employee, lecture_id)
    scan(employee, lecture_id)
    assert employee.post("me/erasure", {"confirm": "抹去我的全部数据"}).status_code == 200
    assert find_problems() == []
    assert lecture_row(lecture_id).taken == 0


def test_nobody_checks_in_where_it_was_called_off(lecture_id: str, employee: Person) -> None:
    sign_up(employee, lecture_id)
    shown = code(lecture_id)
    planning.cancel_lecture(actor(), lecture_id, None)
    assert scan(employee, lecture_id, shown).json["code"] == "doors_closed"


def sign_in_again(app: Flask) -> Person:
    """The session of a coordinator ends after 12 hours."""
    return make_staff(app, "another-coordinator", (COORDINATOR, None)).signed_in()
