"""A person asks to be called, sees what became of it, and takes it back; whatever is wrong is said before anything."""

import json
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select

from heartport.followups.models import FollowUp
from heartport.followups.schemas import WRONG_NUMBER
from heartport.members import erasures, sessions
from heartport.stores import Store, reading
from heartport.vault.door import Vault
from heartport.vault.providers import LocalKeys
from heartport.web.models import IdempotencyKey
from tests.conftest import Clock, Logged, Person, agree, ready_person, signed_in
from tests.duty.teams import Team, put_on_duty, shift
from tests.followups.desk import BODY, NOTE, PHONE, ask, asked, asking_person, event_rows, row_of
from tests.threads import at_once


def count(model: type = FollowUp) -> int:
    with reading(Store.MAIN) as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


def numbers(answer) -> list[str]:
    return [line["number"] for line in answer.json["hotlines"]]


def test_who_asks_while_somebody_is_on_duty_is_told_so_and_finds_the_request_again(person: Person) -> None:
    before = person.get("follow-ups/availability").json
    assert (before["available"], before["on_duty_now"]) == (True, True)
    assert before["text"] == "现在有人值班，会尽快给您打电话，一般在半小时内。"
    answer = ask(person, when="soon")
    assert answer.status_code == 201
    assert {**answer.json, "id": ""} == {
        "id": "",
        "state": "open",
        "version": 1,
        "asked_at": "2026-11-22T12:00:00+08:00",
        "contact": {**BODY, "when": "soon", "urgency": "normal"},
        "attempts": [],
        "outcome": None,
        "expected_at": None,
        "text": before["text"],
        "hotlines": [],
    }
    (mine,) = person.get("follow-ups/mine").json["items"]
    assert mine == {name: value for name, value in answer.json.items() if name != "hotlines"}


def test_out_of_hours_the_person_is_told_before_sending_when_somebody_will_call(person: Person, clock: Clock) -> None:
    clock.advance(hours=8)
    before = person.get("follow-ups/availability").json
    assert (before["available"], before["on_duty_now"], before["text"]) == (True, False, "明天 9:00 后会有人联系您。")
    assert {each["when"]: (each["expected_at"], each["text"]) for each in before["options"]} == {
        "soon": ("2026-11-23T09:00:00+08:00", "明天 9:00 后会有人联系您。"),
        "morning": ("2026-11-23T09:00:00+08:00", "明天 9:00 后会有人联系您。"),
        "afternoon": ("2026-11-23T12:00:00+08:00", "明天 12:00 后会有人联系您。"),
        "evening": ("2026-11-23T09:00:00+08:00", "明天 9:00 后会有人联系您。"),
    }
    assert "12356" in [line["number"] for line in before["hotlines"]]
    assert all(line["open_now"] for line in before["hotlines"])
    answer = ask(person, when="afternoon")
    assert (answer.json["expected_at"], answer.json["text"]) == (
        "2026-11-23T12:00:00+08:00",
        "明天 12:00 后会有人联系您。",
    )


def test_who_says_that_it_is_urgent_sees_open_hotlines_too(app: Flask, person: Person, clock: Clock) -> None:
    assert "12356" in numbers(ask(person, urgency="urgent"))
    clock.advance(hours=15)  # 3 in the morning: 12356 sleeps here.
    other = asking_person(app, "openid-of-another-who-asks-02")
    answer = ask(other, urgency="urgent")
    assert answer.json["text"] == "今天 9:00 后会有人联系您。"
    assert numbers(answer) == ["120", "110"]


def test_without_a_roster_there_is_nothing_to_ask_for_but_open_hotlines(app: Flask, person: Person) -> None:
    put_on_duty()
    before = person.get("follow-ups/availability").json
    assert (before["available"], before["on_duty_now"], before["options"]) == (False, False, [])
    assert "12356" in [line["number"] for line in before["hotlines"]]
    answer = ask(person)
    assert (answer.status_code, answer.json["code"]) == (409, "roster_empty")
    assert "12356" in numbers(answer)
    assert count() == 0


def test_a_time_after_the_last_shift_is_refused_and_not_promised(person: Person) -> None:
    put_on_duty(shift(9, 18))
    options = [each["when"] for each in person.get("follow-ups/availability").json["options"]]
    assert options == ["soon", "afternoon"]
    answer = ask(person, when="evening")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["when"])
    assert count() == 0


# Who may ask


def test_without_the_consent_to_be_called_nothing_is_stored(app: Flask, team: Team) -> None:
    person = ready_person(app, "openid-of-one-without-consent")
    answer = ask(person)
    assert (answer.status_code, answer.json["code"], answer.json["purpose"]) == (403, "consent_needed", "follow_up")
    assert "请人回电" in answer.json["detail"]
    assert numbers(answer)
    assert (count(), count(IdempotencyKey)) == (0, 0)
    agree(person, "follow_up")
    assert ask(person).status_code == 201


def test_who_is_under_18_is_shown_hotlines_and_no_call_back(app: Flask, team: Team) -> None:
    person = signed_in(app, "openid-of-a-young-person-0001")
    agree(person, "follow_up")
    for group in ("under_16", "16-17"):
        person.put("me", {"age_group": group})
        before = person.get("follow-ups/availability").json
        assert (before["available"], before["options"]) == (False, [])
        assert "12355" in before["text"]
        assert "12355" in [line["number"] for line in before["hotlines"]]
        answer = ask(person)
        assert (answer.status_code, answer.json["code"]) == (403, "under_18")
        assert "12355" in numbers(answer)
    assert count() == 0


def test_the_age_group_is_asked_for_on_asking(app: Flask, team: Team) -> None:
    person = signed_in(app, "openid-of-somebody-new-000001")
    agree(person, "follow_up")
    assert person.get("follow-ups/availability").json["available"] is True
    answer = ask(person)
    assert (answer.status_code, answer.json["code"]) == (403, "age_group_needed")


# What may be sent

WRONG = {
    "no number": ({"phone": None}, "phone"),
    "an empty number": ({"phone": ""}, "phone"),
    "a number too short": ({"phone": "1381234567"}, "phone"),
    "the police": ({"phone": "110"}, "phone"),
    "a number of numbers": ({"phone": 13812345678}, "phone"),
    "a novel for a number": ({"phone": "1" * 100_000}, "phone"),
    "a long name": ({"call_me": "林" * 21}, "call_me"),
    "a name of control characters": ({"call_me": "小\u202e林"}, "call_me"),
    "a long note": ({"note": "长" * 301}, "note"),
    "an unknown time": ({"when": "midnight"}, "when"),
    "a list for a time": ({"when": ["soon"]}, "when"),
    "an unknown urgency": ({"urgency": "very"}, "urgency"),
    "1 for yes": ({"voicemail_ok": 1}, "voicemail_ok"),
    "a result": ({"result_id": "x"}, "result_id"),
}


def test_whatever_is_wrong_is_named_in_chinese_without_what_was_sent(person: Person, logged: Logged) -> None:
    for why, (other, field) in WRONG.items():
        answer = ask(person, **other)
        assert (answer.status_code, list(answer.json["errors"])) == (422, [field]), why
        assert not answer.json["errors"][field][0].isascii(), why
        assert "1381234567" not in answer.get_data(as_text=True)
    assert ask(person, phone="110").json["errors"]["phone"] == [WRONG_NUMBER]
    answer = person.post("follow-ups", {"call_me": "x" * 30, "when": 1}, headers={"Idempotency-Key": "key-00001"})
    assert set(answer.json["errors"]) == {"phone", "call_me", "when"}
    assert "1381234567" not in logged.text
    assert count() == 0


def test_only_the_number_is_needed_and_it_is_kept_as_it_is_dialled(person: Person) -> None:
    answer = person.post("follow-ups", {"phone": "+86 138 1234 5678"}, headers={"Idempotency-Key": "key-00001"})
    assert answer.json["contact"] == {
        "phone": PHONE,
        "call_me": None,
        "when": "soon",
        "voicemail_ok": False,
        "note": None,
        "urgency": "normal",
    }


def test_the_longest_of_everything_fits_and_is_as_long_as_the_shortest(app: Flask, person: Person) -> None:
    longest = {"phone": "0755-82345678-123456", "call_me": "🙂" * 20, "note": '🙂"\n' * 100, "when": "afternoon"}
    first = ask(person, **longest, urgency="urgent").json
    assert first["contact"]["note"] == ('🙂"\n' * 100).strip()
    other = asking_person(app, "openid-of-another-who-asks-02")
    second = other.post("follow-ups", {"phone": PHONE}, headers={"Idempotency-Key": "key-00001"}).json
    assert len(row_of(first["id"]).contact_sealed) == len(row_of(second["id"]).contact_sealed)


@pytest.mark.breaks
def test_under_other_keys_nothing_is_stored(app: Flask, person: Person, monkeypatch) -> None:
    """Whoever is on duty could not open it."""
    monkeypatch.setitem(app.extensions, "heartport.vault", Vault(LocalKeys(1, {1: b"o" * 32}, b"o" * 32)))
    answer = ask(person)
    assert answer.status_code >= 500
    assert count() == 0


# Once, and not too often


def test_a_repeated_request_is_one_and_another_under_the_same_key_is_refused(person: Person) -> None:
    first, again = ask(person), ask(person)
    assert (first.status_code, again.status_code, first.json) == (201, 201, again.json)
    other = ask(person, note="别的事")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert person.post("follow-ups", BODY).json["code"] == "idempotency_key_needed"
    assert count() == 1


def test_a_repetition_is_answered_when_asking_anew_would_be_refused(person: Person) -> None:
    first = ask(person).json
    put_on_duty()
    assert ask(person).json["id"] == first["id"]


def test_ten_requests_in_a_minute_are_one_call_back(person: Person, clock: Clock) -> None:
    answers = []
    for number in range(10):
        answers.append(ask(person, key=f"key-of-call-back-{number}"))
        clock.advance(seconds=6)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}
    assert {answer.json["code"] for answer in answers[1:]} == {"follow_up_open"}
    assert count() == 1


def test_ten_requests_at_once_are_one_call_back(app: Flask, person: Person) -> None:
    answers = at_once(app, lambda number: ask(person, key=f"key-of-call-back-{number}").status_code, 10)
    assert Counter(answers) == {201: 1, 409: 9}
    assert count() == 1


def test_one_key_ten_times_at_once_is_one_call_back(app: Flask, person: Person) -> None:
    ids = at_once(app, lambda _: ask(person).json["id"], 10)
    assert len(set(ids)) == count() == 1


def test_asking_and_withdrawing_again_and_again_ends_with_a_pause(person: Person, clock: Clock) -> None:
    for number in range(5):
        made = ask(person, key=f"key-of-call-back-{number}").json
        assert person.post(f"follow-ups/{made['id']}/withdraw", {"version": 1}).status_code == 200
    answer = ask(person, key="key-of-call-back-5")
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (
        429,
        "follow_up_too_often",
        "3601",
    )
    assert numbers(answer)
    clock.advance(hours=1, seconds=1)
    assert ask(person, key="key-of-call-back-5").status_code == 201


# Taking it back


def test_what_is_withdrawn_keeps_neither_number_nor_name_nor_note(person: Person) -> None:
    made = ask(person).json
    answer = person.post(f"follow-ups/{made['id']}/withdraw", {"version": 1})
    assert (answer.status_code, answer.json["state"], answer.json["version"]) == (200, "withdrawn", 2)
    assert (answer.json["contact"], answer.json["hotlines"]) == (None, [])
    assert "已删除" in answer.json["text"]
    assert row_of(made["id"]).contact_sealed is None
    assert person.get("follow-ups/mine").json["items"][0]["contact"] is None
    again = person.post(f"follow-ups/{made['id']}/withdraw", {"version": 2})
    assert (again.status_code, again.json["code"]) == (409, "follow_up_ended")


def test_a_stale_version_is_412_and_a_wrong_body_422(person: Person) -> None:
    made = ask(person).json
    for version in (0, 2):
        answer = person.post(f"follow-ups/{made['id']}/withdraw", {"version": version})
        assert (answer.status_code, answer.json["code"]) == (412, "follow_up_changed")
    assert person.post(f"follow-ups/{made['id']}/withdraw", {"version": "1"}).status_code == 422


def test_another_persons_call_back_does_not_exist(app: Flask, person: Person) -> None:
    made = ask(person).json
    other = asking_person(app, "openid-of-another-who-asks-02")
    for follow_up_id in (made["id"], "no-such-id", "x" * 500):
        answer = other.post(f"follow-ups/{follow_up_id}/withdraw", {"version": 1})
        assert (answer.status_code, answer.json["code"]) == (404, "follow_up_unknown")
    assert other.get("follow-ups/mine").json["items"] == []
    assert row_of(made["id"]).state == "open"


def test_a_consent_that_is_withdrawn_takes_what_waits_with_it(person: Person) -> None:
    made = ask(person).json
    agree(person, "notifications", granted=False)
    assert row_of(made["id"]).state == "open"
    agree(person, "follow_up", granted=False)
    (mine,) = person.get("follow-ups/mine").json["items"]
    assert (mine["state"], mine["contact"]) == ("withdrawn", None)
    assert [each.act for each in event_rows(made["id"])] == ["ask", "withdraw"]


def test_asking_and_withdrawing_the_consent_at_once_leaves_nothing_waiting(app: Flask, person: Person) -> None:
    def act(number: int) -> int:
        if number == 0:
            return person.put("me/consents/follow_up", {"granted": False, "policy_version": "2026-11"}).status_code
        return ask(person, key=f"key-of-call-back-{number}").status_code

    statuses = at_once(app, act, 4)
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {201, 403, 409}
    with reading(Store.MAIN) as session:
        assert session.execute(select(FollowUp.id).where(FollowUp.ended_at.is_(None))).all() == []


# A person's rights


def test_the_export_holds_all_of_it(person: Person, team: Team) -> None:
    made = ask(person).json
    anne = team.client("anne")
    anne.post(f"follow-ups/{made['id']}/accept", {"version": 1})
    anne.post(f"follow-ups/{made['id']}/attempt", {"version": 2, "outcome": "no_answer"})
    document = person.call("POST", "me/export").json
    (exported,) = document["follow_ups"]
    assert exported["contact"] == made["contact"]
    assert exported["attempts"] == [{"at": "2026-11-22T12:00:00+08:00", "outcome": "no_answer"}]
    assert [(each["follow_up"], each["act"]) for each in document["follow_up_events"]] == [
        (made["id"], act) for act in ("ask", "accept", "attempt")
    ]
    assert "anne" not in json.dumps(document)
    assert anne.account_id not in json.dumps(document)


def test_nothing_of_it_is_in_anybody_elses_export(app: Flask, person: Person) -> None:
    ask(person)
    other = asking_person(app, "openid-of-another-who-asks-02")
    document = other.call("POST", "me/export").json
    assert (document["follow_ups"], document["follow_up_events"]) == ([], [])


def test_an_erasure_deletes_what_waits_and_staff_find_it_gone(person: Person, team: Team) -> None:
    made, anne = ask(person).json, team.client("anne")
    assert anne.post(f"follow-ups/{made['id']}/accept", {"version": 1}).json["contact"]["phone"] == PHONE
    erased = person.post("me/erasure", {"confirm": erasures.CONFIRMATION}).json
    assert "请人回电的请求：留下的电话、称呼和备注；还没打来的不会再打" in erased["erased"]
    (stays,) = [each for each in erased["stays"] if "值班记录" in each["what"]]
    assert stays["until"] == "2027-12-23"
    assert count() == 0
    for path, body in (
        ("attempt", {"version": 2, "outcome": "reached"}),
        ("close", {"version": 2, "outcome": "talked"}),
        ("release", {"version": 2}),
    ):
        answer = anne.post(f"follow-ups/{made['id']}/{path}", body)
        assert (answer.status_code, answer.json["code"]) == (404, "follow_up_unknown")
    assert anne.get("follow-ups").json["items"] == []
    assert [(each.number, each.act) for each in event_rows(made["id"])] == [(1, "ask"), (2, "accept"), (3, "erase")]


def test_number_and_note_are_gone_with_the_first_step_of_an_erasure(person: Person) -> None:
    """The rest may have to wait for a store that is away; meanwhile nobody calls any more."""
    follow_up_id = asked(person)
    erasures._mark(person.account_id)
    assert row_of(follow_up_id) is None
    assert erasures.finish_erasures() == 1


def test_control_an_erasure_that_leaves_call_backs_to_its_last_step_is_caught(
    app: Flask, person: Person, monkeypatch
) -> None:
    follow_up_id = asked(person)
    monkeypatch.setitem(app.extensions, "heartport.personal_data", ())
    erasures._mark(person.account_id)
    assert row_of(follow_up_id) is not None


def test_requests_and_an_erasure_at_once_leave_no_call_back(app: Flask, person: Person) -> None:
    def act(number: int) -> int:
        if number == 0:
            return person.post("me/erasure", {"confirm": erasures.CONFIRMATION}).status_code
        return ask(person, key=f"key-of-call-back-{number}").status_code

    statuses = at_once(app, act, 4)
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {201, 401, 409, 503}
    assert count() == 0


def test_who_is_erased_and_comes_back_is_somebody_new(app: Flask, person: Person, emulator) -> None:
    asked(person)
    openid = "openid-of-one-who-asks-000001"
    person.post("me/erasure", {"confirm": erasures.CONFIRMATION})
    again = Person(app, sessions.open_session(asking_person(app, openid).account_id).token)
    document = again.call("POST", "me/export").json
    assert (document["follow_ups"], document["follow_up_events"]) == ([], [])


def test_nothing_of_number_name_or_note_is_logged(person: Person, team: Team, logged: Logged) -> None:
    made, anne = ask(person).json, team.client("anne")
    anne.post(f"follow-ups/{made['id']}/accept", {"version": 1})
    anne.post(f"follow-ups/{made['id']}/close", {"version": 2, "outcome": "not_reached"})
    for secret in (PHONE, NOTE, "小林", made["id"]):
        assert secret not in logged.text
