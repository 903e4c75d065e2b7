"""The roster over HTTP: read by whoever may be on duty, changed by a coordinator."""

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.duty.teams import Team, at, make_team, put_on_duty, shift


@pytest.fixture
def team(app: Flask, clock: Clock) -> Team:
    return make_team(app)


def line(begins: float, ends: float, **other: object) -> dict:
    people = {"primary": "anne", "backup": "ben", "supervisor": "cleo"}
    return {"starts_at": at(begins).isoformat(), "ends_at": at(ends).isoformat(), **people, **other}


def test_a_coordinator_reads_changes_and_sends_back(team: Team) -> None:
    cleo = team.client("cleo")
    empty = cleo.get("duty-shifts").json
    assert (empty["version"], empty["items"], empty["next_cursor"]) == (0, [], None)
    assert empty["staff"][0] == {"username": "anne", "name": "anne 的名字"}
    saved = cleo.put("duty-shifts", {"version": 0, "items": [line(9, 18), line(33, 42)]})
    assert (saved.status_code, saved.json["version"]) == (200, 1)
    assert saved.json["items"][0] == line(9, 18)
    assert saved.json == team.client("anne").get("duty-shifts").json
    again = cleo.put("duty-shifts", {"version": 1, "items": saved.json["items"][:1]})
    assert (again.json["version"], again.json["items"]) == (2, [line(9, 18)])


def test_a_stale_version_is_412_and_a_repetition_is_not(team: Team) -> None:
    cleo, body = team.client("cleo"), {"version": 0, "items": [line(9, 18)]}
    assert [cleo.put("duty-shifts", body).status_code for _ in range(2)] == [200, 200]
    answer = cleo.put("duty-shifts", {"version": 0, "items": [line(9, 17)]})
    assert (answer.status_code, answer.json["code"]) == (412, "roster_changed")


def test_who_is_no_coordinator_reads_only(team: Team) -> None:
    put_on_duty(shift(9, 18))
    for name in ("anne", "ben"):
        member = team.client(name)
        assert member.get("duty-shifts").status_code == 200
        answer = member.put("duty-shifts", {"version": 1, "items": []})
        assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")
    assert len(team.client("cleo").get("duty-shifts").json["items"]) == 1


WRONG = {
    "no zone": ({"starts_at": "2026-11-23T09:00:00"}, "starts_at"),
    "no time": ({"ends_at": "tomorrow"}, "ends_at"),
    "a number": ({"ends_at": 5}, "ends_at"),
    "before it begins": ({"ends_at": at(31).isoformat()}, "ends_at"),
    "the end of the calendar": ({"ends_at": "9999-12-31T23:59:59-23:59"}, "ends_at"),
    "somebody unknown": ({"primary": "nobody"}, "primary"),
    "a whole novel": ({"primary": "x" * 100_000}, "primary"),
    "an id in place of a name": ({"primary": ["anne"]}, "primary"),
    "an unknown field": ({"note": "x"}, "note"),
}


def test_a_wrong_shift_is_named_with_its_place_in_chinese(team: Team) -> None:
    cleo = team.client("cleo")
    for why, (other, field) in WRONG.items():
        answer = cleo.put("duty-shifts", {"version": 0, "items": [line(9, 18), line(33, 42, **other)]})
        assert (answer.status_code, list(answer.json["errors"])) == (422, [f"items.1.{field}"]), why
        assert not answer.json["errors"][f"items.1.{field}"][0].isascii()
    assert cleo.get("duty-shifts").json["items"] == []


def test_a_wrong_body_is_refused(team: Team) -> None:
    cleo = team.client("cleo")
    for body, places in (
        ({}, {"version", "items"}),
        ({"version": "1", "items": {}}, {"version", "items"}),
        ({"version": 0, "items": ["x"]}, {"items.0"}),
        ({"version": 0, "items": [line(20 + n, 21 + n) for n in range(501)]}, {"items"}),
    ):
        answer = cleo.put("duty-shifts", body)
        assert (answer.status_code, set(answer.json["errors"])) == (422, places)
