"""Proposing, confirming, declining and expiring; who comes second at the same moment; and what the year is charged."""

import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from heartport.booking.models import Occupancy
from heartport.booking.occupancy import Booking, Wanted, claim
from heartport.booking.resources import ResourceBooked, add_room, deactivate
from heartport.booking.rules.grid import Span, tick_of
from heartport.booking.rules.machines import BookingStateWrong
from heartport.booking.workshops import checks, entitlements, proposals, requests
from heartport.booking.workshops.models import Workshop
from heartport.booking.workshops.proposals import Chosen, expire_proposals
from heartport.columns import new_public_id
from heartport.stores import Store, reading, write_transaction
from tests.booking.hopeful import GAP_SECONDS
from tests.booking.workshops.desk import (
    TUESDAY,
    Desk,
    asked,
    at,
    confirmed,
    ledger_of,
    proposed,
    refusal,
    row_of,
    sound,
    step,
)
from tests.conftest import Clock
from tests.killing import FULL
from tests.threads import at_once


def choice(desk: Desk, who: str = "anne", **other: object) -> dict[str, object]:
    return {"starts_at": TUESDAY.isoformat(), "facilitator_id": desk.people[who], **other}


def held_times(workshop_id: str) -> list[bool]:
    """Return for each occupancy whether it is only held."""
    with reading(Store.MAIN) as session:
        found = session.execute(select(Occupancy.expires_at).where(Occupancy.booking_id == workshop_id)).scalars()
        return [each is not None for each in found]


def test_facilitator_and_room_are_held_together_with_travel_and_tidying(desk: Desk) -> None:
    workshop_id = asked(desk, venue=None)
    coordinator = desk.client("coordinator")
    matches = coordinator.get(f"workshops/{workshop_id}/matches").json
    assert (matches["needs_room"], matches["items"][0]["rooms"][0]["name"]) == (True, "大讲堂")
    answer = step(coordinator, workshop_id, "propose", 2, **choice(desk))
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["room_id"])
    held = step(coordinator, workshop_id, "propose", 2, **choice(desk, room_id=desk.rooms["hall"])).json
    assert held["proposal"]["room"]["name"] == "大讲堂"
    with reading(Store.MAIN) as session:
        taken = session.execute(select(Occupancy).order_by(Occupancy.blocked_from)).scalars().all()
        assert [(each.starts - each.blocked_from, each.blocked_until - each.ends) for each in taken] == [(2, 2), (1, 1)]
    assert sound()


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"starts_at": at(1).isoformat()}, "starts_at"),
        ({"starts_at": "9999-12-31T23:45:00-12:00"}, "starts_at"),
        ({"facilitator_id": "nobody"}, "facilitator_id"),
        ({"facilitator_id": "room"}, "facilitator_id"),
        ({"facilitator_id": "ben"}, "facilitator_id"),
        ({"room_id": "nowhere"}, "room_id"),
        ({"spoken": "yes"}, "spoken"),
        ({"equipment_ids": "projector"}, "equipment_ids"),
        ({"equipment_ids": ["projector", "nowhere"]}, "equipment_ids.1"),
        ({"equipment_ids": ["projector", "0123456789012345678901"]}, "equipment_ids.1"),
        ({"equipment_ids": ["projector", "room"]}, "equipment_ids.1"),
        ({"equipment_ids": ["projector", "broken"]}, "equipment_ids.1"),
        ({"equipment_ids": ["projector", "projector"]}, "equipment_ids"),
        ({"equipment_ids": [f"{number:022}" for number in range(6)]}, "equipment_ids"),
        ({"equipment_ids": [7]}, "equipment_ids.0"),
    ],
)
def test_what_cannot_be_proposed_is_refused_with_its_place(desk: Desk, wrong: dict[str, Any], place: str) -> None:
    desk.facilitator("ben", held=("crisis",))
    known = {"room": desk.rooms["hall"], "ben": desk.people["ben"]}
    known |= {each: add_room(each, kind="equipment") for each in ("projector", "broken")}
    deactivate(known["broken"])
    workshop_id = asked(desk)
    body = {**choice(desk), **{key: with_ids(value, known) for key, value in wrong.items()}}
    answer = step(desk.client("coordinator"), workshop_id, "propose", 2, **body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [place])
    assert (row_of(workshop_id).version, held_times(workshop_id)) == (2, [])


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        ("2026-11-22T11:00:00+08:00", "time_past"),
        ("2026-12-15T14:07:00+08:00", "time_off_grid"),
        ("2027-11-22T14:00:00+08:00", "time_too_far"),
        ("2026-12-15T23:00:00+08:00", "time_closed"),
        ("2026-02-32T14:00:00+08:00", "invalid"),
        ("2026-12-15T14:00:00", "invalid"),
    ],
)
def test_a_time_that_cannot_be_proposed_is_refused_even_where_it_was_agreed_by_phone(
    desk: Desk, starts_at: str, code: str
) -> None:
    workshop_id = asked(desk)
    answer = step(
        desk.client("coordinator"), workshop_id, "propose", 2, **choice(desk, starts_at=starts_at, spoken=True)
    )
    assert (*refusal(answer), list(answer.json["errors"])) == (422, code, ["starts_at"])
    assert (row_of(workshop_id).version, held_times(workshop_id)) == (2, [])


def with_ids(value: Any, known: dict[str, str]) -> object:
    return [known.get(each, each) for each in value] if isinstance(value, list) else known.get(value, value)


def test_equipment_is_held_with_the_rest_and_can_be_in_one_place_at_a_time(desk: Desk) -> None:
    projector, speaker = add_room("投影仪", kind="equipment"), add_room("音箱", kind="equipment")
    desk.facilitator("ben")
    first, second = asked(desk), asked(desk, who="other")
    coordinator = desk.client("coordinator")
    held = step(coordinator, first, "propose", 2, **choice(desk, equipment_ids=[projector])).json
    assert [each["name"] for each in held["proposal"]["equipment"]] == ["投影仪"]
    (match,) = coordinator.get(f"workshops/{second}/matches").json["items"]
    assert [each["id"] for each in match["equipment"]] == [speaker]
    both = {"equipment_ids": [speaker, projector]}
    assert refusal(step(coordinator, second, "propose", 2, **choice(desk, "ben", **both))) == (409, "slot_taken")
    assert held_times(second) == []
    assert step(desk.client("head"), first, "decline", 3).status_code == 200
    assert step(coordinator, second, "propose", 2, **choice(desk, "ben", **both)).status_code == 200
    booked = step(desk.client("other"), second, "confirm", 3).json
    assert [each["name"] for each in booked["booked"]["equipment"]] == ["投影仪", "音箱"]
    with pytest.raises(ResourceBooked):
        deactivate(projector)
    assert sound()


def test_what_somebody_else_took_is_409_with_what_is_left(desk: Desk) -> None:
    """A counsellor who also lectures is not booked twice."""
    workshop_id, start = asked(desk, TUESDAY, at(1)), tick_of(TUESDAY)
    lecture = Booking("lecture", new_public_id())
    taken = [Wanted(desk.people["anne"], Span(start + 7, start + 9))]
    write_transaction(Store.MAIN, lambda session: claim(session, lecture, taken))
    answer = step(desk.client("coordinator"), workshop_id, "propose", 2, **choice(desk))
    assert refusal(answer) == (409, "slot_taken")
    assert [each["starts_at"] for each in answer.json["choices"]] == [at(1).isoformat()]
    assert row_of(workshop_id).version == 2


def test_after_48_hours_a_proposal_counts_for_nothing_whether_or_not_it_was_noted(desk: Desk, clock: Clock) -> None:
    workshop_id = proposed(desk)
    clock.advance(hours=48)
    head, coordinator = desk.client("head"), desk.client("coordinator")
    seen = head.get(f"workshops/{workshop_id}").json
    assert (seen["state"], seen["proposal"], seen["version"]) == ("submitted", None, 3)
    assert refusal(step(head, workshop_id, "confirm", 3)) == (409, "hold_expired")
    # The very version that was seen is proposed anew: that the first one expired is noted on the way.
    assert step(coordinator, workshop_id, "propose", 3, **choice(desk)).json["state"] == "proposed"
    row = row_of(workshop_id)
    assert (row.version, row.rounds) == (5, 1)
    assert sound()


def test_the_sweeper_notes_what_is_over_and_tells_the_unit(desk: Desk, clock: Clock) -> None:
    workshop_id = proposed(desk)
    assert expire_proposals() == 0
    clock.advance(hours=48)
    assert [expire_proposals(), expire_proposals()] == [1, 0]
    row = row_of(workshop_id)
    assert (row.state, row.held_until, row.rounds, held_times(workshop_id)) == ("submitted", None, 1, [])
    texts = [each["text"] for each in desk.client("head").get("me/messages").json["items"]]
    assert any("等待安排" in text for text in texts)
    assert not any("倒班" in text for text in texts), "never the topic"


def test_after_three_rounds_somebody_calls_before_the_next(desk: Desk) -> None:
    workshop_id, head, coordinator = asked(desk), desk.client("head"), desk.client("coordinator")
    for round_ in range(3):
        version = 2 + 2 * round_
        assert step(coordinator, workshop_id, "propose", version, **choice(desk)).status_code == 200
        declined = step(head, workshop_id, "decline", version + 1).json
    assert (declined["state"], declined["rounds"], declined["needs_call"]) == ("submitted", 3, True)
    assert refusal(step(coordinator, workshop_id, "propose", 8, **choice(desk))) == (409, "workshop_rounds_used")
    agreed = choice(desk, starts_at=at(2).isoformat(), spoken=True)
    assert step(coordinator, workshop_id, "propose", 8, **agreed).json["proposal"]["starts_at"] == at(2).isoformat()
    assert step(head, workshop_id, "confirm", 9).json["rounds"] == 0
    assert sound()


def test_a_withdrawn_request_frees_what_was_held_at_once(desk: Desk) -> None:
    workshop_id = proposed(desk)
    answer = step(desk.client("head"), workshop_id, "withdraw", 3).json
    assert (answer["state"], answer["contact"], held_times(workshop_id)) == ("withdrawn", None, [])
    assert sound()


# Another time


def test_the_old_time_stays_until_the_new_one_is_confirmed(desk: Desk) -> None:
    workshop_id, head, coordinator = confirmed(desk), desk.client("head"), desk.client("coordinator")
    wishes = [{"starts_at": at(7).isoformat()}]
    assert step(head, workshop_id, "reschedule", 4, wishes=wishes).json["booked"]["starts_at"] == TUESDAY.isoformat()
    body = choice(desk, starts_at=at(7).isoformat())
    both = step(coordinator, workshop_id, "propose", 5, **body).json
    assert (both["state"], both["booked"]["starts_at"]) == ("reschedule_proposed", TUESDAY.isoformat())
    assert both["proposal"]["starts_at"] == at(7).isoformat()
    assert step(head, workshop_id, "decline", 6).json["state"] == "reschedule_requested"
    assert step(coordinator, workshop_id, "propose", 7, **body).status_code == 200
    moved = step(head, workshop_id, "confirm", 8).json
    assert (moved["state"], moved["booked"]["starts_at"], moved["proposal"]) == ("confirmed", at(7).isoformat(), None)
    assert held_times(workshop_id) == [False]
    assert ledger_of(workshop_id) == [(2026, -1)], "one workshop, charged once"
    assert sound()


def test_a_unit_may_keep_its_time_and_a_coordinator_may_refuse_another(desk: Desk) -> None:
    workshop_id, head, coordinator = confirmed(desk), desk.client("head"), desk.client("coordinator")
    wishes = [{"starts_at": at(7).isoformat()}]
    step(head, workshop_id, "reschedule", 4, wishes=wishes)
    assert step(coordinator, workshop_id, "reject", 5, reason="那天没有人").json["state"] == "confirmed"
    step(head, workshop_id, "reschedule", 6, wishes=wishes)
    step(coordinator, workshop_id, "propose", 7, **choice(desk, starts_at=at(7).isoformat()))
    kept = step(head, workshop_id, "keep", 8).json
    assert (kept["state"], kept["booked"]["starts_at"], held_times(workshop_id)) == (
        "confirmed",
        TUESDAY.isoformat(),
        [False],
    )
    assert refusal(step(head, workshop_id, "reschedule", 9, wishes=wishes)) == (409, "workshop_moves_used")
    assert sound()


def test_a_new_time_that_expires_leaves_the_old_one(desk: Desk, clock: Clock) -> None:
    workshop_id = confirmed(desk)
    step(desk.client("head"), workshop_id, "reschedule", 4, wishes=[{"starts_at": at(7).isoformat()}])
    step(desk.client("coordinator"), workshop_id, "propose", 5, **choice(desk, starts_at=at(7).isoformat()))
    clock.advance(hours=48)
    seen = desk.client("head").get(f"workshops/{workshop_id}").json
    assert (seen["state"], seen["booked"]["starts_at"]) == ("reschedule_requested", TUESDAY.isoformat())
    expire_proposals()
    assert (row_of(workshop_id).state, held_times(workshop_id)) == ("reschedule_requested", [False])
    assert sound()


# At the same moment

CLIENTS, ROUNDS = (48, 42) if FULL else (6, 1)
"""In full 2,016 contested attempts."""


def outcomes(desk: Desk, act, count: int) -> Counter:
    def once(number: int) -> str:
        try:
            act(number)
        except Exception as refused:
            return type(refused).__name__
        return "done"

    return Counter(at_once(desk.app, once, count))


def test_of_several_who_confirm_at_once_one_does_and_the_year_is_charged_once(desk: Desk) -> None:
    caller = desk.caller("head")
    for _ in range(ROUNDS):
        workshop_id = proposed(desk)
        found = outcomes(desk, lambda _, made=workshop_id: proposals.confirm(caller, made, 3), CLIENTS)
        assert found["done"] == 1
        assert {*found} <= {"done", "BookingStateWrong", "BookingChanged"}
        assert ledger_of(workshop_id) == [(2026, -1)]
        requests.cancel_by_unit(caller, workshop_id, 4)
    assert sound()


def test_control_of_several_who_look_first_more_than_one_confirms(desk: Desk) -> None:
    workshop_id = proposed(desk)

    def confirm_hopefully(_: int) -> None:
        if row_of(workshop_id).state != "proposed":
            raise BookingStateWrong
        time.sleep(GAP_SECONDS)
        hopeful = update(Workshop).where(Workshop.id == workshop_id).values(state="confirmed")
        write_transaction(Store.MAIN, lambda session: session.execute(hopeful) and None)

    assert outcomes(desk, confirm_hopefully, CLIENTS)["done"] > 1


def test_of_two_coordinators_who_propose_at_once_one_does(desk: Desk) -> None:
    desk.facilitator("ben")
    callers = [desk.caller("coordinator"), desk.caller("second")]
    picks = [Chosen(TUESDAY, desk.people[name]) for name in ("anne", "ben")]
    for _ in range(ROUNDS):
        workshop_id = asked(desk)
        found = outcomes(
            desk, lambda n, made=workshop_id: proposals.propose(callers[n % 2], made, 2, picks[n % 2]), CLIENTS
        )
        assert found["done"] == 1
        assert {*found} <= {"done", "BookingStateWrong", "BookingChanged", "SlotTaken"}
        assert held_times(workshop_id) == [True]
        requests.withdraw(desk.caller("head"), workshop_id, 3)
    assert sound()


def test_two_units_never_get_one_facilitator_at_one_time(desk: Desk) -> None:
    """Their stretches overlap and are not the same."""
    wishes = [TUESDAY + timedelta(minutes=15 * number) for number in range(4)]
    caller, head = desk.caller("coordinator"), desk.caller("head")
    picks = [Chosen(wish, desk.people["anne"]) for wish in wishes]
    for _ in range(ROUNDS):
        ids = [asked(desk, wish) for wish in wishes]
        found = outcomes(desk, lambda n, ids=ids: proposals.propose(caller, ids[n % 4], 2, picks[n % 4]), CLIENTS)
        assert found["done"] == 1
        assert sorted(row_of(each).state for each in ids) == ["proposed", "submitted", "submitted", "submitted"]
        for each in ids:
            requests.withdraw(head, each, row_of(each).version)
    assert sound()


def test_the_last_entitlement_goes_to_exactly_one_of_several_workshops(desk: Desk) -> None:
    entitlements.allow(desk.units["yard"], 2026, 1)
    ids, caller = [proposed(desk, at(number)) for number in range(4)], desk.caller("head")
    found = outcomes(desk, lambda n: proposals.confirm(caller, ids[n], 3), 4)
    assert found == {"done": 1, "EntitlementUsed": 3}
    assert sound()


def test_control_without_the_charge_everybody_gets_one_and_the_nightly_look_sees_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    entitlements.allow(desk.units["yard"], 2026, 1)
    ids, caller = [proposed(desk, at(number)) for number in range(4)], desk.caller("head")
    monkeypatch.setattr(proposals, "charge_for_year", lambda *_: None)
    assert outcomes(desk, lambda n: proposals.confirm(caller, ids[n], 3), 4) == {"done": 4}
    with reading(Store.MAIN) as session:
        found = list(checks.workshops_are_charged_as_they_stand(session))
    assert len(found) == 4


def test_control_without_holding_anything_the_nightly_look_sees_it(desk: Desk) -> None:
    workshop_id = proposed(desk)
    gone = Occupancy.__table__.delete().where(Occupancy.booking_id == workshop_id)
    write_transaction(Store.MAIN, lambda session: session.execute(gone) and None)
    with reading(Store.MAIN) as session:
        assert len(list(checks.proposals_hold_their_time(session))) == 1


def test_a_stale_version_is_412_at_every_step(desk: Desk) -> None:
    workshop_id, head = proposed(desk), desk.client("head")
    for name in ("confirm", "decline", "withdraw"):
        assert refusal(step(head, workshop_id, name, 2)) == (412, "booking_changed")
    assert refusal(step(head, workshop_id, "submit", 3)) == (409, "booking_state")
