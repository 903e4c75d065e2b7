"""A person's own library over HTTP: the same on every phone, nobody else's, and nothing by reading alone."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from heartport.library.revisions import Act, revise, stored_things
from heartport.library.rules import ThingKind
from heartport.library.shelf import forget_shelf
from heartport.members.standing import read_standing
from heartport.own_library import service
from heartport.own_library.rules import MOST_FAVOURITES, with_favourite
from heartport.stores import Store, reading, write_transaction
from heartport.vault.models import SealedRecord
from tests.conftest import Clock, Person, signed_in
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("shelf")
RAIN = "me/progress/rain"


def rows() -> int:
    with reading(Store.VAULT) as session:
        return session.execute(select(func.count()).select_from(SealedRecord)).scalar_one()


def names(person: Person, part: str) -> list[str]:
    return [each["id"] for each in person.get("me/library").json[part]]


def test_favourites_come_back_on_another_phone_the_latest_first(employee: Person, clock: Clock) -> None:
    for thing in ("article/awake-at-two", "track/rain", "article/awake-at-two"):
        assert employee.call("PUT", f"me/favourites/{thing}").status_code == 204
    other_phone = signed_in(employee.app, "openid-of-an-employee-0000001")
    found = other_phone.get("me/library").json
    assert [(each["kind"], each["id"], each["since"]) for each in found["favourites"]] == [
        ("track", "rain", "2026-11-22"),
        ("article", "awake-at-two", "2026-11-22"),
    ]
    for _ in range(2):
        assert other_phone.delete("me/favourites/track/rain").status_code == 204
    assert names(employee, "favourites") == ["awake-at-two"]
    assert rows() == 1


def test_reading_by_itself_leaves_nothing(employee: Person) -> None:
    assert employee.get("articles/awake-at-two").status_code == 200
    assert employee.get("tracks/rain").status_code == 200
    found = employee.get("me/library").json
    assert (found["favourites"], found["history"], found["go_on"]) == ([], [], [])
    assert "只有您看得到" in found["note"]
    assert employee.delete("me/favourites/track/rain").status_code == 204
    assert employee.delete("me/history").status_code == 204
    assert rows() == 0


def test_one_goes_on_where_one_stopped_until_it_is_finished(employee: Person, clock: Clock) -> None:
    assert employee.put(RAIN, {"seconds": 40}).status_code == 204
    (track,) = employee.get("me/library").json["go_on"]
    assert (track["id"], track["seconds"], track["finished"]) == ("rain", 40, False)
    assert track["length"] > 60
    clock.advance(minutes=5)
    assert employee.put(RAIN, {"seconds": track["length"]}).status_code == 204
    found = employee.get("me/library").json
    assert (found["go_on"], [each["finished"] for each in found["history"]]) == ([], [True])


def test_what_an_older_phone_sends_late_does_not_move_the_place_back(employee: Person, clock: Clock) -> None:
    assert employee.put(RAIN, {"seconds": 50, "heard_at": "2026-11-22T11:50:00+08:00"}).status_code == 204
    assert employee.put(RAIN, {"seconds": 9, "heard_at": "2026-11-22T11:40:00+08:00"}).status_code == 204
    assert employee.get("me/library").json["go_on"][0]["seconds"] == 50


def test_a_phone_whose_clock_is_ahead_does_not_outdo_the_others_for_ever(employee: Person, clock: Clock) -> None:
    assert employee.put(RAIN, {"seconds": 50, "heard_at": "2030-01-01T00:00:00+08:00"}).status_code == 204
    clock.advance(minutes=1)
    assert employee.put(RAIN, {"seconds": 9}).status_code == 204
    assert employee.get("me/library").json["go_on"][0]["seconds"] == 9


def test_history_is_what_phones_say_and_goes_in_one_call(employee: Person) -> None:
    employee.put("me/history/article/awake-at-two", {})
    employee.put("me/history/article/awake-at-two", {"finished": True})
    employee.put("me/history/news/welcome-to-the-library", {"finished": False})
    employee.call("PUT", "me/favourites/track/rain")
    assert names(employee, "history") == ["welcome-to-the-library", "awake-at-two"]
    assert employee.delete("me/history/news/welcome-to-the-library").status_code == 204
    assert names(employee, "history") == ["awake-at-two"]
    assert employee.delete("me/history").status_code == 204
    assert (names(employee, "history"), names(employee, "favourites")) == ([], ["rain"])


def test_whoever_wants_no_history_is_told_so_and_nothing_is_noted(employee: Person) -> None:
    employee.put("me/history/article/awake-at-two", {})
    assert employee.put("me/history", {"kept": False}).status_code == 204
    employee.put("me/history/article/awake-at-two", {})
    employee.put(RAIN, {"seconds": 40})
    found = employee.get("me/library").json
    assert (found["history"], found["go_on"], found["history_kept"]) == ([], [], False)
    assert "关掉了历史记录" in found["note"]
    assert employee.put("me/history", {"kept": True}).status_code == 204
    employee.put("me/history/article/awake-at-two", {})
    assert names(employee, "history") == ["awake-at-two"]


def test_nobody_sees_or_changes_another_persons_library(employee: Person, stranger: Person) -> None:
    employee.call("PUT", "me/favourites/track/rain")
    employee.put(RAIN, {"seconds": 40})
    assert stranger.delete("me/favourites/track/rain").status_code == 204
    assert stranger.delete("me/history").status_code == 204
    assert stranger.get("me/library").json["history"] == []
    assert (names(employee, "favourites"), names(employee, "go_on")) == (["rain"], ["rain"])


def test_who_is_younger_than_18_keeps_a_library_too(app: Flask) -> None:
    pupil = signed_in(app, "openid-of-a-pupil-000000000001")
    assert pupil.put("me", {"age_group": "16-17"}).status_code == 200
    assert pupil.call("PUT", "me/favourites/track/rain").status_code == 204
    assert names(pupil, "favourites") == ["rain"]


WRONG: list[tuple[str, dict[str, Any], str]] = [
    (RAIN, {"seconds": -1}, "seconds"),
    (RAIN, {"seconds": 65_536}, "seconds"),
    (RAIN, {"seconds": 20_000}, "seconds"),
    (RAIN, {"seconds": True}, "seconds"),
    (RAIN, {"seconds": 1.5}, "seconds"),
    (RAIN, {}, "seconds"),
    (RAIN, {"seconds": 1, "heard_at": "yesterday"}, "heard_at"),
    (RAIN, {"seconds": 1, "heard_at": "2026-11-22T12:00:00"}, "heard_at"),
    (RAIN, {"seconds": 1, "heard_at": "1970-01-01T00:00:00+00:00"}, "heard_at"),
    (RAIN, {"seconds": 1, "speed": 2}, "speed"),
    ("me/history/article/awake-at-two", {"finished": "yes"}, "finished"),
    ("me/history", {}, "kept"),
    ("me/history", {"kept": 1}, "kept"),
]
NOWHERE = ("article/no-such", "list/categories", "horoscope/rain", "article/rain", "track/" + "x" * 400)


def test_what_is_wrong_is_named_and_nothing_is_kept(employee: Person) -> None:
    for path, body, place in WRONG:
        answer = employee.put(path, body)
        assert (answer.status_code, list(answer.json["errors"])) == (422, [place]), body
    assert rows() == 0


def test_what_is_not_on_the_shelf_cannot_be_kept(employee: Person) -> None:
    for path in NOWHERE:
        assert employee.call("PUT", f"me/favourites/{path}").json["code"] == "thing_unknown"
        assert employee.put(f"me/history/{path}", {}).json["code"] == "thing_unknown"
    assert employee.put("me/progress/awake-at-two", {"seconds": 1}).json["code"] == "thing_unknown"
    assert rows() == 0


def retire(kind: ThingKind, name: str) -> None:
    def work(session: Any) -> None:
        stored = stored_things(session)[kind, name]
        revise(session, (kind, name), stored, {**stored.document, "status": "retired"}, act=Act.EDITED, by="王编辑")

    write_transaction(Store.MAIN, work)
    forget_shelf()


def test_what_was_taken_off_the_shelf_keeps_its_place_and_can_be_let_go(employee: Person) -> None:
    employee.call("PUT", "me/favourites/track/rain")
    employee.put(RAIN, {"seconds": 40})
    retire(ThingKind.TRACK, "rain")
    found = employee.get("me/library").json
    assert [(each["id"], each["available"]) for each in found["favourites"]] == [("rain", False)]
    assert found["go_on"] == []
    assert employee.delete("me/favourites/track/rain").status_code == 204
    assert names(employee, "favourites") == []


def test_a_full_list_of_favourites_refuses_a_further_one(employee: Person) -> None:
    standing = read_standing(employee.account_id)
    service.change_own_library(standing, fill)
    answer = employee.call("PUT", "me/favourites/track/rain")
    assert (answer.status_code, answer.json["code"]) == (409, "favourites_full")
    assert len(service.read_own_library(standing).favourites) == MOST_FAVOURITES


def fill(own: service.OwnLibrary) -> service.OwnLibrary:
    for number in range(MOST_FAVOURITES):
        own = with_favourite(own, number.to_bytes(6), service.clock.today())
    return own


PHONES = ("article/awake-at-two", "article/closed-door", "track/rain", "track/waves", "track/forest", "track/sleep")


def keep_at_once(app: Flask, person: Person) -> list[str]:
    standing = read_standing(person.account_id)

    def keep(number: int) -> None:
        kind, name = PHONES[number].split("/")
        service.keep_favourite(standing, ThingKind(kind), name)

    at_once(app, keep, len(PHONES))
    return sorted(names(person, "favourites"))


def test_of_many_phones_at_once_none_loses_what_another_kept(app: Flask, employee: Person) -> None:
    assert keep_at_once(app, employee) == sorted(each.split("/")[1] for each in PHONES)


def test_control_a_change_that_reads_before_its_turn_loses_some(
    app: Flask, employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change_hastily(standing: Any, change: Any) -> Any:
        single = service._single(standing.account_id)
        read = change(service._opened(single.read()))
        barrier.wait()
        single.put(standing.windows[0], lambda _found: service.encode(read))

    barrier = threading.Barrier(len(PHONES), timeout=10)
    monkeypatch.setattr(service, "change_own_library", change_hastily)
    assert len(keep_at_once(app, employee)) == 1


def test_the_export_holds_all_of_it_by_name(employee: Person, clock: Clock) -> None:
    employee.call("PUT", "me/favourites/article/awake-at-two")
    employee.put(RAIN, {"seconds": 40})
    service.change_own_library(
        read_standing(employee.account_id), lambda own: with_favourite(own, b"gone!!", service.clock.today())
    )
    held = employee.call("POST", "me/export").json["library"]
    assert [(each["id"], each["since"]) for each in held["favourites"]] == [
        ("awake-at-two", "2026-11-22"),
        (None, "2026-11-22"),
    ]
    (trace,) = held["history"]
    assert (trace["id"], trace["seconds"], trace["heard_at"]) == ("rain", 40, "2026-11-22T12:00:00+08:00")


def test_an_erasure_shreds_it(employee: Person) -> None:
    employee.call("PUT", "me/favourites/article/awake-at-two")
    assert rows() == 1
    assert employee.post("me/erasure", {"confirm": "抹去我的全部数据"}).json["finished"]
    assert rows() == 0


def test_nothing_of_it_is_logged(employee: Person, logged: Any) -> None:
    employee.call("PUT", "me/favourites/article/awake-at-two")
    employee.put("me/progress/rain", {"seconds": 41})
    assert "awake-at-two" not in logged.text
    assert "rain" not in logged.text


def test_it_goes_with_the_half_year_in_which_it_was_last_touched(employee: Person, clock: Clock) -> None:
    employee.call("PUT", "me/favourites/article/awake-at-two")
    clock.advance(days=200)
    again = signed_in(employee.app, "openid-of-an-employee-0000001")
    assert again.call("PUT", "me/favourites/track/rain").status_code == 204
    with reading(Store.VAULT) as session:
        assert session.execute(select(SealedRecord.window)).scalars().all() == ["2027H1"]
