"""Cancelling, merging and deciding: what comes back, who is first in line, and what of a request outlives it."""

from datetime import timedelta
from pathlib import Path

import pytest

from heartport.booking.resources import ResourceBooked, add_room, deactivate
from heartport.booking.workshops import entitlements, groups
from heartport.booking.workshops.rules.steps import State
from heartport.catalogue.directory import Directory
from heartport.catalogue.files import read_catalogue
from tests.booking.workshops.desk import (
    TUESDAY,
    Desk,
    asked,
    at,
    confirmed,
    create,
    ledger_of,
    proposed,
    refusal,
    row_of,
    sound,
    step,
)
from tests.catalogue.shelves import topic, written
from tests.conftest import Clock


def test_before_the_cut_off_the_entitlement_comes_back_and_after_it_does_not(desk: Desk, clock: Clock) -> None:
    early, late = confirmed(desk), confirmed(desk, at(1))
    assert step(desk.client("head"), early, "cancel", 4).json["state"] == "cancelled_by_unit"
    assert ledger_of(early) == [(2026, -1), (2026, 1)]
    clock.moment = at(1) - timedelta(hours=71)
    head = desk.client("head")
    assert step(head, late, "cancel", 4).json["contact"] is None
    assert ledger_of(late) == [(2026, -1)]
    assert head.get("workshops/entitlement").json["items"][0]["used"] == 1
    assert [refusal(step(head, late, "cancel", version))[0] for version in (4, 5)] == [409, 409], "once"
    assert sound()


def test_what_the_service_cancels_comes_back_always_and_is_first_in_line(desk: Desk, clock: Clock) -> None:
    workshop_id, other = confirmed(desk), asked(desk, at(3), who="other")
    clock.moment = TUESDAY - timedelta(hours=1)
    head, coordinator = desk.client("head"), desk.client("coordinator")
    answer = step(coordinator, workshop_id, "cancel", 4)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["reason"])
    cancelled = step(coordinator, workshop_id, "cancel", 4, reason="带领人病了").json
    assert (cancelled["state"], cancelled["reason"]) == ("cancelled_by_provider", "带领人病了")
    assert ledger_of(workshop_id) == [(2026, -1), (2026, 1)]
    again = step(head, workshop_id, "submit", 5, wishes=[{"starts_at": at(10).isoformat()}])
    assert (again.json["state"], again.json["first_in_line"]) == ("submitted", True)
    queue = coordinator.get("workshops?state=submitted").json["items"]
    assert [each["id"] for each in queue] == [workshop_id, other]
    assert sound()


def test_what_has_begun_is_not_cancelled(desk: Desk, clock: Clock) -> None:
    workshop_id = confirmed(desk)
    clock.moment = TUESDAY
    assert refusal(step(desk.client("head"), workshop_id, "cancel", 4)) == (409, "workshop_begun")


def test_who_has_nothing_left_is_told_when_handing_in(desk: Desk) -> None:
    entitlements.allow(desk.units["yard"], 2026, 0)
    head = desk.client("head")
    workshop_id = create(head).json["id"]
    assert refusal(step(head, workshop_id, "submit", 1)) == (409, "entitlement_used")


def test_a_unit_that_had_fewer_goes_before_one_that_had_more(desk: Desk) -> None:
    confirmed(desk)
    served, unserved = asked(desk, at(1)), asked(desk, at(1), who="other")
    coordinator = desk.client("coordinator")
    queue = coordinator.get("workshops?state=submitted").json["items"]
    assert [each["id"] for each in queue] == [unserved, served]
    reasons = coordinator.get(f"workshops/{served}/matches").json["items"][0]["reasons"]
    assert any("另有 1 个" in each for each in reasons)


# 成团


def test_what_is_too_small_is_told_and_then_cancelled_with_its_entitlement_back(desk: Desk, clock: Clock) -> None:
    workshop_id = confirmed(desk, headcount=5)
    assert desk.client("head").get(f"workshops/{workshop_id}").json["decided_on"] == "2026-12-08"
    assert groups.decide_groups() == 0
    clock.moment = at(-10)
    assert groups.decide_groups() == 1
    assert row_of(workshop_id).state == State.CONFIRMED
    assert any("等您处理" in each["text"] for each in desk.client("coordinator").get("me/messages").json["items"])
    clock.moment = at(-7)
    assert [groups.decide_groups(), groups.decide_groups()] == [1, 0]
    row = row_of(workshop_id)
    assert (row.state, row.details_sealed) == (State.CANCELLED_UNDER_MINIMUM, None)
    assert ledger_of(workshop_id) == [(2026, -1), (2026, 1)]
    assert sound()


def test_a_unit_that_finds_more_people_in_time_keeps_its_workshop(desk: Desk, clock: Clock) -> None:
    workshop_id, head = confirmed(desk, headcount=5), desk.client("head")
    assert refusal(step(head, workshop_id, "headcount", 4, headcount=31)) == (422, "headcount_outside")
    assert step(head, workshop_id, "headcount", 4, headcount=12).json["decided_on"] is None
    clock.moment = at(-7)
    assert groups.decide_groups() == 0


def test_two_small_ones_are_held_as_one_and_the_guest_may_still_say_no(desk: Desk, clock: Clock) -> None:
    host, guest = confirmed(desk, headcount=8), confirmed(desk, at(1), who="other", headcount=6)
    coordinator, other = desk.client("coordinator"), desk.client("other")
    assert refusal(step(coordinator, guest, "merge", 4, into=guest)) == (409, "workshop_not_joinable")
    assert refusal(step(coordinator, guest, "merge", 4, into="a" * 22)) == (404, "workshop_unknown")
    merged = step(coordinator, guest, "merge", 4, into=host).json
    assert (merged["state"], merged["booked"]["starts_at"]) == ("merged", TUESDAY.isoformat())
    assert other.get(f"workshops/{host}").status_code == 404, "with whom is not told"
    assert sound()
    clock.moment = at(-7)
    assert groups.decide_groups() == 0, "together they are enough"
    other = desk.client("other")
    assert step(other, guest, "cancel", 5).json["state"] == "cancelled_by_unit"
    assert ledger_of(guest) == [(2026, -1), (2026, 1)]
    assert groups.decide_groups() == 1
    assert row_of(host).state == State.CANCELLED_UNDER_MINIMUM
    assert sound()


def test_whoever_was_merged_into_what_is_cancelled_is_cancelled_too_and_first_in_line(desk: Desk, clock: Clock) -> None:
    host, guest = confirmed(desk, headcount=8), confirmed(desk, at(1), who="other", headcount=6)
    step(desk.client("coordinator"), guest, "merge", 4, into=host)
    clock.moment = TUESDAY - timedelta(hours=1)
    step(desk.client("head"), host, "cancel", 4)
    row = row_of(guest)
    assert (row.state, row.first_in_line, row.merged_into) == (State.CANCELLED_BY_PROVIDER, True, None)
    assert (ledger_of(host), ledger_of(guest)) == ([(2026, -1)], [(2026, -1), (2026, 1)])
    assert sound()


def test_whoever_was_merged_needs_a_chair_at_the_new_time_too(desk: Desk, clock: Clock) -> None:
    desk.rooms["parlour"] = add_room("茶室", "灯塔区", 13)
    host, guest = confirmed(desk, headcount=8), confirmed(desk, at(1), who="other", headcount=6)
    coordinator = desk.client("coordinator")
    step(coordinator, guest, "merge", 4, into=host)
    step(desk.client("head"), host, "reschedule", 4, wishes=[{"starts_at": at(7).isoformat()}])
    chosen = {"starts_at": at(7).isoformat(), "facilitator_id": desk.people["anne"]}
    small = step(coordinator, host, "propose", 5, room_id=desk.rooms["parlour"], **chosen)
    assert (small.status_code, list(small.json["errors"])) == (422, ["room_id"])
    assert step(coordinator, host, "propose", 5, room_id=desk.rooms["hall"], **chosen).status_code == 200


def test_numbers_that_contradict_are_refused_with_their_place(desk: Desk, clock: Clock) -> None:
    workshop_id = confirmed(desk)
    clock.moment = at(0, hours=2)
    anne = desk.client("anne")
    for wrong, place in (
        ({"attended": -1}, "attended"),
        ({"attended": 10**9}, "attended"),
        ({"attended": 10, "responses": 11, "satisfied": 1}, "responses"),
        ({"attended": 10, "responses": 5, "satisfied": 6}, "satisfied"),
        ({"attended": 10, "responses": 5}, "satisfied"),
    ):
        answer = step(anne, workshop_id, "deliver", 4, **wrong)
        assert (answer.status_code, list(answer.json["errors"])) == (422, [place])
    few = step(anne, workshop_id, "deliver", 4, attended=10, responses=9, satisfied=9).json
    assert few["summary"] == {"attended": 10, "smallest_group": 10, "satisfied_percent": None}


# A topic that changes


@pytest.fixture
def changed(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Let an editor change the file: A03 is withdrawn and another one in all but its code."""

    def change(**entry: object) -> None:
        path = written(tmp_path, topic("A01"), *([topic("A03", **entry)] if entry else []))
        monkeypatch.setitem(desk.app.extensions, "heartport.catalogue", Directory(read_catalogue(path)))

    return change


def test_what_was_asked_for_stays_as_it_was_whatever_editors_change(desk: Desk, changed) -> None:
    workshop_id, head = confirmed(desk), desk.client("head")
    before = head.get(f"workshops/{workshop_id}").json["topic"]
    changed(title="别的题目", format="lecture", duration_min=240, max_people=10)
    assert head.get(f"workshops/{workshop_id}").json["topic"] == before
    changed()
    assert head.get(f"workshops/{workshop_id}").json["topic"] == {**before, "withdrawn": True}
    assert sound()


def test_a_topic_withdrawn_while_requested_goes_on_and_says_so_and_a_draft_is_told(desk: Desk, changed) -> None:
    handed_in, head = asked(desk), desk.client("head")
    draft = create(head).json["id"]
    changed(withdrawn_on="2026-11-22", qualifications=["sleep"])
    assert refusal(step(head, draft, "submit", 1)) == (409, "topic_withdrawn")
    assert refusal(create(head, key="another-key-here")) == (409, "topic_withdrawn")
    seen = head.get(f"workshops/{handed_in}").json
    assert seen["topic"]["withdrawn"]
    assert "按提交时的内容继续办理" in seen["text"]
    coordinator = desk.client("coordinator")
    matches = coordinator.get(f"workshops/{handed_in}/matches").json
    assert "没有人具备" in matches["nobody"], "who may teach it is asked anew"
    rejected = step(coordinator, handed_in, "reject", 2, reason="课题已停止").json
    assert (rejected["state"], rejected["reason"], rejected["contact"]) == ("rejected", "课题已停止", None)


def test_a_topic_withdrawn_while_proposed_can_still_be_confirmed(desk: Desk, changed) -> None:
    workshop_id, head = proposed(desk), desk.client("head")
    changed(withdrawn_on="2026-11-22")
    booked = step(head, workshop_id, "confirm", 3).json
    assert (booked["state"], booked["topic"]["withdrawn"]) == ("confirmed", True)
    assert sound()


def test_a_waitlisted_request_can_be_proposed(desk: Desk) -> None:
    workshop_id = asked(desk)
    coordinator = desk.client("coordinator")
    assert step(coordinator, workshop_id, "waitlist", 2).json["state"] == "waitlisted"
    body = {"starts_at": TUESDAY.isoformat(), "facilitator_id": desk.people["anne"]}
    assert step(coordinator, workshop_id, "propose", 3, **body).json["state"] == "proposed"


def test_a_unit_cannot_pile_requests_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heartport.booking.workshops.requests.MOST_OPEN", 2)
    head = desk.client("head")
    answers = [create(head, key=f"key-number-{number}") for number in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 409]
    step(head, answers[0].json["id"], "withdraw", 1)
    assert create(head, key="key-number-4").status_code == 201


def test_whoever_holds_time_cannot_be_taken_out_of_service(desk: Desk) -> None:
    workshop_id = proposed(desk)
    with pytest.raises(ResourceBooked) as refused:
        deactivate(desk.people["anne"])
    assert refused.value.members["bookings"][0]["booking_id"] == workshop_id
