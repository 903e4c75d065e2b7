"""Where an appointment takes place: its counsellor says it, its person is shown it, and nobody else learns of it."""

import json

import pytest
from flask import Flask

from heartport.booking.counselling import places
from heartport.booking.counselling.places import save_place
from heartport.booking.meeting_places import PlaceChanged, read_place
from heartport.booking.rules.meeting_places import MeetingPlace
from tests.booking.counselling.office import LATER, Office, booked, hold, office, step
from tests.booking.test_silence import walk
from tests.conftest import Clock, Logged, Person, ready_person
from tests.staff.doors import make_staff
from tests.threads import at_once
from tests.vault.dumps import all_bytes, by_column, encodings, traces, whole_dump

ADDRESS, DIRECTIONS = "灯塔区工人文化宫 3 楼 305 室", "走东侧小门，不用登记。"
LINK = "https://meet.example/room-305?pwd=k7Qw9"
SAID = {"address": ADDRESS, "directions": DIRECTIONS, "video_url": LINK}
DOOR = {**SAID, "video_url": None}
ROOM = {"address": None, "directions": None, "video_url": LINK}
CHANGED = "预约的安排有更新，请打开查看。"
PLACE = MeetingPlace(ADDRESS, DIRECTIONS, LINK)


@pytest.fixture
def lin(app: Flask, clock: Clock) -> Office:
    return office(app)


def say(lin: Office, version: int = 0, **said: object):
    return lin.at_desk().put("calendar/place", {**SAID, "version": version, **said})


def shown(person: Person, appointment: dict) -> dict:
    return person.get(f"appointments/{appointment['id']}").json


def listed(person: Person) -> dict:
    (item,) = person.get("appointments").json["items"]
    return item


def changes_told(person: Person) -> list[str]:
    """Return which appointments somebody was told of that something about them changed."""
    items = person.get("me/messages").json["items"]
    return [each["about"]["id"] for each in items if each["text"] == CHANGED]


def test_a_counsellor_says_where_and_takes_it_back(lin: Office) -> None:
    desk = lin.at_desk()
    assert desk.get("calendar/place").json == {
        "address": None,
        "directions": None,
        "video_url": None,
        "version": 0,
        "missing": ["in_person", "video"],
    }
    said = say(lin)
    assert (said.status_code, said.json) == (200, {**SAID, "version": 1, "missing": []})
    assert desk.get("calendar/place").json == said.json
    assert desk.get("calendar/availability").json["missing"] == []
    gone = say(lin, 1, address=None, directions=None, video_url=None)
    assert gone.json == {**dict.fromkeys(SAID), "version": 2, "missing": ["in_person", "video"]}
    assert desk.get("calendar/availability").json["missing"] == ["in_person", "video"]
    assert read_place(lin.id) == MeetingPlace()


def test_the_same_again_changes_nothing_and_an_old_version_is_refused(lin: Office) -> None:
    first = say(lin)
    assert say(lin).json == first.json
    refused = say(lin, address="别处")
    assert (refused.status_code, refused.json["code"]) == (412, "place_changed")
    assert say(lin, 1, address="别处").json["version"] == 2


@pytest.mark.parametrize(
    ("wrong", "places"),
    [
        ({"video_url": "http://meet.example/"}, {"video_url"}),
        ({"address": " ", "directions": "a\u202eb", "video_url": "https://a:b@meet.example/"}, {*SAID}),
        ({"address": "长" * 101, "directions": "长" * 301}, {"address", "directions"}),
        ({"address": None}, {"directions"}),
        ({"link": LINK}, {"link"}),
        ({"version": None}, {"version"}),
    ],
)
def test_what_is_wrong_is_named_all_at_once_and_not_repeated(lin: Office, wrong: dict, places: set) -> None:
    refused = lin.at_desk().put("calendar/place", {"version": 0, **SAID, **wrong})
    assert (refused.status_code, set(refused.json["errors"])) == (422, places)
    assert "meet.example" not in refused.get_data(as_text=True)
    assert read_place(lin.id).version == 0


def test_the_longest_texts_fit(lin: Office) -> None:
    longest = {"address": "长" * 100, "directions": "🙂" * 300, "video_url": LINK.ljust(500, "a")}
    assert say(lin, **longest).status_code == 200
    assert lin.at_desk().get("calendar/place").json == {**longest, "version": 1, "missing": []}


def test_who_comes_is_shown_the_door_once_it_is_booked(lin: Office, employee: Person) -> None:
    say(lin)
    held = hold(employee, lin).json
    assert (held["place"], held["place_note"]) == (None, None)
    mine = step(employee, held, "confirm", consent_version="2026-11").json
    assert (mine["place"], mine["place_note"]) == (DOOR, None)
    assert shown(employee, mine) == listed(employee) == mine
    assert lin.at_desk().get("appointments").json["items"][0]["place"] == DOOR


def test_a_link_is_shown_with_the_one_appointment_and_in_no_list(lin: Office, employee: Person) -> None:
    say(lin)
    mine = booked(employee, lin, mode="video")
    assert (mine["place"], mine["place_note"]) == (ROOM, None)
    assert listed(employee)["place"] is None
    assert listed(employee)["place_note"] == "视频链接请打开这次预约查看。"
    desk = lin.at_desk()
    assert shown(desk, mine)["place"] == ROOM
    assert listed(desk)["place"] is None


def test_who_is_called_is_told_that_they_are(lin: Office, employee: Person) -> None:
    say(lin)
    mine = booked(employee, lin, mode="phone", phone="13800138000")
    assert (mine["place"], mine["place_note"]) == (None, "到时咨询师会拨打您留下的电话。")


@pytest.mark.parametrize(
    ("mode", "note"), [("in_person", "地点稍后由咨询师告知。"), ("video", "视频链接稍后由咨询师告知。")]
)
def test_what_was_not_said_yet_will_be(lin: Office, employee: Person, mode: str, note: str) -> None:
    mine = booked(employee, lin, mode=mode)
    assert (mine["place"], mine["place_note"]) == (None, note)
    assert listed(employee)["place_note"] == note
    assert shown(lin.at_desk(), mine)["place"] is None


def test_what_is_cancelled_or_over_shows_no_place(lin: Office, clock: Clock, employee: Person) -> None:
    say(lin)
    gone = booked(employee, lin, LATER, mode="video")
    assert step(employee, gone, "cancel").json["place"] is None
    mine = booked(employee, lin, mode="video")
    clock.advance(hours=21)
    seen = step(lin.at_desk(), mine, "check-in").json
    assert shown(employee, mine)["place"] == ROOM
    clock.advance(hours=1)
    assert shown(employee, mine)["state"] == "checked_in"
    assert (shown(employee, mine)["place"], shown(employee, mine)["place_note"]) == (None, None)
    assert step(lin.at_desk(), seen, "attend").json["place"] is None


def test_whom_a_change_concerns_is_told_once_and_not_what(
    app: Flask, lin: Office, employee: Person, stranger: Person
) -> None:
    say(lin)
    video, door = booked(employee, lin, mode="video"), booked(stranger, lin, LATER)
    assert changes_told(employee) == changes_told(stranger) == []
    for _ in range(2):
        assert say(lin, 1, video_url=f"{LINK}2").status_code == 200
    assert (changes_told(employee), changes_told(stranger)) == ([video["id"]], [])
    assert say(lin, 2, address="二楼", video_url=f"{LINK}2").status_code == 200
    assert (changes_told(employee), changes_told(stranger)) == ([video["id"]], [door["id"]])
    assert say(lin, 3, address="二楼").status_code == 200
    assert changes_told(employee) == [video["id"]] * 2
    told = employee.get("me/messages").get_data(as_text=True) + stranger.get("me/messages").get_data(as_text=True)
    assert not [each for each in ("305", "二楼", "meet.example") if each in told]


def test_what_is_held_cancelled_or_begun_concerns_nobody(
    lin: Office, clock: Clock, employee: Person, stranger: Person
) -> None:
    booked(employee, lin)
    hold(stranger, lin, LATER)
    gone = booked(employee, lin, "2026-11-24T09:00:00+08:00")
    assert step(employee, gone, "cancel").status_code == 200
    clock.advance(hours=21, minutes=1)
    assert say(lin).status_code == 200
    assert changes_told(employee) == changes_told(stranger) == []


def test_at_night_nobody_is_woken_by_it(lin: Office, clock: Clock, employee: Person) -> None:
    mine = booked(employee, lin)
    clock.advance(hours=11)
    say(lin)
    assert changes_told(employee) == []
    clock.advance(hours=9)
    assert changes_told(employee) == [mine["id"]]


def test_a_change_that_fails_tells_nobody(lin: Office, employee: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction: without the message there is no change either."""
    booked(employee, lin)

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(places, "tell_of_place", broken)
    with pytest.raises(RuntimeError):
        save_place(lin.id, PLACE)
    assert read_place(lin.id).version == 0


def test_of_many_who_change_it_at_once_one_does(app: Flask, lin: Office, employee: Person) -> None:
    mine = booked(employee, lin)

    def change(number: int) -> bool:
        try:
            save_place(lin.id, MeetingPlace(f"{number} 楼"))
        except PlaceChanged:
            return False
        return True

    assert sum(at_once(app, change, 8)) == 1
    assert (read_place(lin.id).version, changes_told(employee)) == (1, [mine["id"]])


def test_whoever_takes_it_over_is_met_where_they_are(app: Flask, lin: Office, employee: Person) -> None:
    say(lin)
    mine, wang = booked(employee, lin), office(app, "counsellor-wang")
    save_place(wang.id, MeetingPlace("渔港区职工之家 2 楼"))
    assert app.test_cli_runner().invoke(args=["booking", "transfer", mine["id"], wang.id]).exit_code == 0
    assert shown(employee, mine)["place"] == {"address": "渔港区职工之家 2 楼", "directions": None, "video_url": None}
    told = changes_told(employee)
    assert told == [mine["id"]], "that it was handed over"
    assert say(lin, 1, address="别处").status_code == 200
    assert changes_told(employee) == told


def test_who_leaves_leaves_no_link_and_can_say_none(app: Flask, lin: Office) -> None:
    say(lin)
    assert app.test_cli_runner().invoke(args=["booking", "deactivate", lin.id]).exit_code == 0
    gone = lin.at_desk().get("calendar/place").json
    assert (gone["address"], gone["directions"], gone["video_url"], gone["version"]) == (None, None, None, 2)
    assert "main.meeting_places.link_sealed" not in by_column(whole_dump())
    refused = say(lin, 2)
    assert (refused.status_code, refused.json["code"]) == (404, "resource_unknown")


def test_the_export_tells_the_door_and_keeps_the_link_back(lin: Office, employee: Person, stranger: Person) -> None:
    say(lin)
    booked(employee, lin)
    booked(stranger, lin, LATER, mode="video")
    for person, address in ((employee, ADDRESS), (stranger, None)):
        document = person.call("POST", "me/export")
        assert [each["address"] for each in document.json["appointments"]] == [address]
        assert "meet.example" not in document.get_data(as_text=True)
        assert "视频咨询的链接" in [each["what"] for each in document.json["not_included"]]


def test_no_calendar_of_a_phone_tells_the_place(lin: Office, employee: Person, client: Person) -> None:
    say(lin)
    mine = booked(employee, lin)
    feed = lin.at_desk().post("calendar/feed/rotate", None).json["path"]
    texts = [json.dumps(mine["calendar"], ensure_ascii=False)]
    texts += [
        reader.get(path).data.decode() for reader, path in ((employee, f"bookings/{mine['id']}.ics"), (client, feed))
    ]
    assert all("预约" in each for each in texts)
    assert not [each for each in texts if "305" in each or "LOCATION" in each]


def learned(app: Flask, reader: Person, ids: dict[str, str]) -> list[str]:
    """Return which places tell a reader an address or a link."""
    found = walk(app, reader, ids)
    return [place for place, (_, text) in found.items() if ADDRESS in text or "meet.example" in text]


def test_nobody_else_of_the_staff_and_no_other_person_learns_of_it(
    app: Flask, lin: Office, employee: Person, stranger: Person
) -> None:
    say(lin)
    mine = booked(employee, lin, mode="video")
    assert stranger.get(f"appointments/{mine['id']}").status_code == 404
    ids = {"appointment_id": mine["id"], "booking_id": mine["id"], "counsellor_id": lin.id}
    roles = [(role, None) for role in ("coordinator", "clinical_lead", "admin", "editor", "auditor")]
    for reader in (make_staff(app, "somebody-else", *roles).signed_in(), office(app, "counsellor-wang").at_desk()):
        assert learned(app, reader, ids) == []
    assert learned(app, ready_person(app, "openid-of-a-curious-one-0001"), ids) == []


def test_control_the_walk_sees_it_where_it_is_shown(app: Flask, lin: Office, employee: Person) -> None:
    say(lin)
    mine = booked(employee, lin, mode="video")
    assert learned(app, employee, {"appointment_id": mine["id"]}) == ["GET /api/v1/appointments/<appointment_id>"]


def test_the_link_is_in_no_column_no_file_and_no_log(lin: Office, employee: Person, logged: Logged) -> None:
    say(lin)
    mine = booked(employee, lin, mode="video")
    assert shown(employee, mine)["place"] == ROOM
    assert lin.at_desk().put("calendar/place", {**SAID, "version": 7, "address": "别处"}).status_code == 412
    secrets = {"link": [LINK], "room": ["room-305"]}
    assert traces(secrets, {**by_column(whole_dump()), **all_bytes()}, encodings) == set()
    assert traces({**secrets, "address": [ADDRESS]}, {"the log": logged.text.encode()}, encodings) == set()
    assert logged.of("request")


def test_control_a_link_that_is_not_sealed_is_found(lin: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address, which stands in clear, is found in the same way."""
    monkeypatch.setattr("heartport.booking.meeting_places._seal", lambda _owner, link: link and link.encode())
    save_place(lin.id, PLACE)
    found = traces({"link": [LINK], "address": [ADDRESS]}, {**by_column(whole_dump()), **all_bytes()}, encodings)
    assert {
        "link (clear) in main.meeting_places.link_sealed",
        "link (clear) in the files of main",
        "address (clear) in the files of main",
    } <= found
