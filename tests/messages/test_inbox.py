"""The inbox over HTTP: one's own messages alone, the latest first, read once."""

from datetime import timedelta

from flask import Flask

from heartport.messages.outbox import to_employee, to_staff
from heartport.messages.rules import Kind, evening_before
from tests.conftest import Clock, Person
from tests.messages.letters import answer, posted, subscribe
from tests.staff.doors import make_staff


def inbox(person: Person, query: str = "") -> dict:
    return person.get(f"me/messages{query}").json


def test_a_message_says_what_it_is_about_in_neutral_words(app: Flask, clock: Clock, employee: Person) -> None:
    posted(to_employee(employee.account_id), at=clock.moment + timedelta(days=3))
    clock.advance(seconds=59)
    (message,) = inbox(employee)["items"]
    assert message.pop("id")
    assert message == {
        "kind": "booked",
        "title": "预约",
        "text": "已为您预约好：11 月 25 日 12:00。",
        "said_at": "2026-11-22T12:00:00+08:00",
        "at": "2026-11-25T12:00:00+08:00",
        "until": None,
        "about": {"kind": "lecture", "id": "a" * 22},
        "read": False,
    }


def test_the_latest_comes_first_page_by_page(app: Flask, clock: Clock, employee: Person) -> None:
    for number in range(5):
        posted(to_employee(employee.account_id), about_id=str(number) * 22)
        clock.advance(minutes=1)
    first = inbox(employee, "?limit=2")
    second = inbox(employee, f"?limit=2&cursor={first['next_cursor']}")
    third = inbox(employee, f"?limit=2&cursor={second['next_cursor']}")
    pages = [[each["about"]["id"][0] for each in page["items"]] for page in (first, second, third)]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    assert third["next_cursor"] is None
    assert first["unread"] == 5


def test_a_cursor_that_was_not_given_out_is_refused(app: Flask, employee: Person) -> None:
    for cursor in ("eHg", "LTE", "4oKs", "!"):
        assert employee.get(f"me/messages?cursor={cursor}").status_code == 422


def test_a_cursor_beyond_the_end_shows_nothing(app: Flask, employee: Person) -> None:
    assert inbox(employee, "?cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk")["items"] == []


def test_a_reminder_shows_on_its_evening(app: Flask, clock: Clock, employee: Person) -> None:
    tomorrow_noon = clock.moment + timedelta(days=1)
    posted(to_employee(employee.account_id), kind=Kind.REMINDER, at=tomorrow_noon, due_at=evening_before(tomorrow_noon))
    assert inbox(employee) == {"items": [], "next_cursor": None, "unread": 0}
    clock.advance(hours=6)
    (message,) = inbox(employee)["items"]
    assert message["said_at"] == "2026-11-22T18:00:00+08:00"


def test_what_was_read_stays_read_and_another_time_changes_nothing(app: Flask, employee: Person) -> None:
    posted(to_employee(employee.account_id))
    (message,) = inbox(employee)["items"]
    for _ in range(2):
        response = employee.post(f"me/messages/{message['id']}/read", None)
        assert (response.status_code, response.json["read"]) == (200, True)
    assert inbox(employee)["unread"] == 0


def test_another_persons_message_is_not_there(app: Flask, employee: Person, stranger: Person) -> None:
    posted(to_employee(employee.account_id))
    message_id = inbox(employee)["items"][0]["id"]
    assert inbox(stranger)["items"] == []
    response = stranger.post(f"me/messages/{message_id}/read", None)
    assert (response.status_code, response.json["code"]) == (404, "message_unknown")
    assert inbox(employee)["unread"] == 1


def test_one_that_is_still_to_come_cannot_be_read(app: Flask, clock: Clock, employee: Person) -> None:
    posted(to_employee(employee.account_id), due_at=clock.moment + timedelta(hours=1))
    clock.advance(hours=1)
    message_id = inbox(employee)["items"][0]["id"]
    clock.advance(minutes=-1)
    assert employee.post(f"me/messages/{message_id}/read", None).status_code == 404


def test_a_unit_head_has_an_inbox_too(app: Flask, employee: Person) -> None:
    head = make_staff(app, "head").signed_in()
    posted(to_staff(head.account_id), kind=Kind.PROPOSED)
    posted(to_employee(employee.account_id))
    (message,) = inbox(head)["items"]
    assert message["text"] == "您的预约申请有了安排，请尽快确认。"
    assert head.post(f"me/messages/{message['id']}/read", None).status_code == 200


def test_the_export_holds_messages_to_come_as_well(app: Flask, clock: Clock, employee: Person) -> None:
    posted(to_employee(employee.account_id), due_at=clock.moment + timedelta(days=1))
    subscribe(employee)
    document = employee.call("POST", "me/export").json
    assert [each["said_at"] for each in document["messages"]] == ["2026-11-23T12:00:00+08:00"]
    assert document["subscriptions"] == [{"template": "reminder", "accepted": 1}]


# What a person accepts of WeChat's


def test_acceptances_add_up_and_a_refusal_counts_nothing(app: Flask, employee: Person) -> None:
    assert subscribe(employee).json == {"template": "reminder", "accepted": 1}
    assert answer(employee).json["accepted"] == 2
    assert answer(employee, accepted=False).json["accepted"] == 2
    assert answer(employee, "offer").json == {"template": "offer", "accepted": 1}


def test_one_answer_that_arrives_twice_counts_once(app: Flask, employee: Person) -> None:
    subscribe(employee)
    assert [answer(employee, key="one-and-the-same").json["accepted"] for _ in range(3)] == [2, 2, 2]


def test_without_the_consent_nothing_is_counted(app: Flask, employee: Person) -> None:
    response = answer(employee)
    assert (response.status_code, response.json["code"]) == (403, "consent_needed")
    assert response.json["purpose"] == "notifications"
    assert answer(employee, accepted=False).json["accepted"] == 0


def test_nonsense_is_refused_by_its_place(app: Flask, employee: Person) -> None:
    response = employee.post(
        "me/subscriptions", {"template": "gift", "accepted": "yes"}, headers={"Idempotency-Key": "12345678"}
    )
    assert set(response.json["errors"]) == {"template", "accepted"}
