"""The queue: who waits, in which order, whose turn it is; and who may not look at all."""

from flask import Flask

from heartport.duty.roster import replace_roster
from heartport.followups import calls
from heartport.followups.rules.asking import Urgency, When
from heartport.followups.rules.steps import CloseOutcome
from tests.conftest import Clock, Person
from tests.duty.teams import Team, make_team, put_on_duty, shift
from tests.followups.desk import asked, asking_person
from tests.staff.doors import make_staff
from tests.units.trees import make_tree

STAFF_CALLS = [
    ("GET", "follow-ups"),
    ("GET", "follow-ups/first-contact"),
    ("GET", "follow-ups/an-id"),
    ("POST", "follow-ups/an-id/accept"),
    ("POST", "follow-ups/an-id/attempt"),
    ("POST", "follow-ups/an-id/release"),
    ("POST", "follow-ups/an-id/close"),
    ("GET", "duty-shifts"),
    ("PUT", "duty-shifts"),
]
OWN_CALLS = [
    ("GET", "follow-ups/availability"),
    ("GET", "follow-ups/mine"),
    ("POST", "follow-ups"),
    ("POST", "follow-ups/an-id/withdraw"),
]


def queue_of(team: Team, name: str = "anne") -> list[dict]:
    answer = team.client(name).get("follow-ups")
    assert (answer.status_code, answer.json["next_cursor"]) == (200, None)
    return answer.json["items"]


def test_the_queue_tells_who_waits_and_not_who_it_is(person: Person, team: Team, clock: Clock) -> None:
    follow_up_id = asked(person)
    clock.advance(minutes=3, seconds=30)
    assert queue_of(team) == [
        {
            "id": follow_up_id,
            "state": "open",
            "version": 1,
            "urgency": "normal",
            "asked_at": "2026-11-22T12:00:00+08:00",
            "call_from": "2026-11-22T12:00:00+08:00",
            "waiting_minutes": 3,
            "level": "primary",
            "responsible": "anne 的名字",
            "accepted_by": None,
        }
    ]


def test_the_clock_alone_brings_it_to_the_backup_and_to_the_supervisor(
    person: Person, team: Team, clock: Clock
) -> None:
    follow_up_id = asked(person)
    seen = []
    for minutes in (0, 14, 1, 14, 1):
        clock.advance(minutes=minutes)
        (item,) = queue_of(team)
        seen.append((item["waiting_minutes"], item["level"], item["responsible"].split()[0]))
    assert seen == [
        (0, "primary", "anne"),
        (14, "primary", "anne"),
        (15, "backup", "ben"),
        (29, "backup", "ben"),
        (30, "supervisor", "cleo"),
    ]
    team.client("ben").post(f"follow-ups/{follow_up_id}/accept", {"version": 1})
    clock.advance(minutes=14)
    assert [(each["accepted_by"], each["responsible"]) for each in queue_of(team)] == [("ben 的名字", "ben 的名字")]
    clock.advance(minutes=1)
    assert [(each["accepted_by"], each["responsible"]) for each in queue_of(team)] == [("ben 的名字", "cleo 的名字")]


def test_out_of_hours_nobody_is_responsible_and_the_waiting_stands_still(
    person: Person, team: Team, clock: Clock
) -> None:
    clock.advance(hours=5, minutes=50)
    asked(person)
    for hours, expected in ((0, (0, "anne")), (5, (10, None)), (10, (10, None))):
        clock.advance(hours=hours)
        (item,) = queue_of(team)
        assert (item["waiting_minutes"], item["responsible"] and item["responsible"].split()[0]) == expected
        assert item["level"] == "primary"
    clock.advance(minutes=15)  # 9:05 on the next day
    (item,) = queue_of(team)
    assert (item["waiting_minutes"], item["level"], item["responsible"]) == (15, "backup", "ben 的名字")


def test_urgent_ones_come_first_and_then_whoever_has_waited_longest(app: Flask, team: Team, clock: Clock) -> None:
    urgent = {"urgency": Urgency.URGENT}
    wishes = [{}, urgent, {"when": When.EVENING}, {}, urgent]
    ids = []
    for number, wish in enumerate(wishes):
        ids.append(asked(asking_person(app, f"openid-of-one-who-asks-{number:06}"), **wish))
        clock.advance(minutes=1)
    assert [each["id"] for each in queue_of(team)] == [ids[1], ids[4], ids[0], ids[3], ids[2]]


def test_what_is_over_is_not_in_the_queue_and_is_shown_without_a_contact(person: Person, team: Team) -> None:
    follow_up_id, anne = asked(person), team.client("anne")
    anne.post(f"follow-ups/{follow_up_id}/accept", {"version": 1})
    anne.post(f"follow-ups/{follow_up_id}/close", {"version": 2, "outcome": "declined"})
    assert queue_of(team) == []
    assert anne.get(f"follow-ups/{follow_up_id}").json == {
        "id": follow_up_id,
        "state": "closed",
        "version": 3,
        "outcome": "declined",
        "contact": None,
        "history": [
            {"at": "2026-11-22T12:00:00+08:00", "act": act, "outcome": outcome}
            for act, outcome in (("ask", None), ("accept", None), ("close", "declined"))
        ],
    }


def test_a_new_roster_does_not_make_who_waits_begin_anew(person: Person, team: Team, clock: Clock) -> None:
    asked(person)
    clock.advance(minutes=20)
    replace_roster([shift(12.3, 18, ("cleo", "anne", "ben"))], None)
    (item,) = queue_of(team)
    assert (item["waiting_minutes"], item["level"], item["responsible"]) == (20, "backup", "anne 的名字")


# Who may look


def test_the_scope_of_a_grant_does_not_narrow_the_queue(app: Flask, person: Person, team: Team) -> None:
    """Duty is the whole deployment's; who asked belongs to a unit that nobody on duty has to know."""
    ids = make_tree()
    make_staff(app, "dora", ("counsellor", ids["district"]))
    asked(person)
    assert len(queue_of(team, "dora")) == 1


def test_no_other_role_gets_in_anywhere_here(app: Flask, team: Team) -> None:
    unit = make_tree()["yard"]
    for role in ("unit_head", "editor", "admin", "auditor"):
        make_staff(app, f"a-{role}", (role, unit if role == "unit_head" else None))
        other = team.client(f"a-{role}")
        for method, path in STAFF_CALLS + OWN_CALLS:
            answer = other.call(method, path, None if method == "GET" else {})
            assert (answer.status_code, answer.json["code"]) == (403, "not_allowed"), (role, path)


def test_neither_side_gets_to_the_others(person: Person, team: Team) -> None:
    for client, theirs in ((person, STAFF_CALLS), (team.client("anne"), OWN_CALLS)):
        for method, path in theirs:
            answer = client.call(method, path, None if method == "GET" else {})
            assert (answer.status_code, answer.json["code"]) == (403, "not_allowed"), path


# How soon people were called


def test_a_coordinator_sees_how_soon_people_were_called_once_the_month_is_over(
    app: Flask, team: Team, clock: Clock
) -> None:
    anne = team.caller("anne")
    for number in range(10):
        follow_up_id = asked(asking_person(app, f"openid-of-one-who-asks-{number:06}"))
        clock.advance(minutes=number * 4)
        calls.accept(anne, follow_up_id, 1)
        calls.close(anne, follow_up_id, 2, CloseOutcome.TALKED)
    assert team.client("anne").get("follow-ups/first-contact").status_code == 403
    assert team.client("ben").get("follow-ups/first-contact").status_code == 403
    running = team.client("cleo").get("follow-ups/first-contact").json
    assert (running["target_minutes"], running["smallest_group"]) == (30, 10)
    assert {each["median_minutes"] for each in running["items"]} == {None}
    clock.advance(days=9)
    found = team.client("cleo").get("follow-ups/first-contact").json["items"]
    assert found[0] == {"month": "2026-11", "median_minutes": 18, "share_in_time_percent": 80}
    assert {each["median_minutes"] for each in found[1:]} == {None}
    assert set(found[0]) == {"month", "median_minutes", "share_in_time_percent"}


def test_nobody_is_on_duty_in_an_empty_house(app: Flask, clock: Clock) -> None:
    team = make_team(app)
    put_on_duty()
    assert queue_of(team) == []
