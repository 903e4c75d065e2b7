"""From theme to delivered workshop over HTTP, and who sees what on the way."""

from heartport.booking.workshops.rules.wishes import MOST_WISHES
from tests.booking.workshops.desk import (
    CONTACT,
    NOTE,
    TUESDAY,
    VENUE,
    Desk,
    asked,
    at,
    body,
    confirmed,
    create,
    ledger_of,
    proposed,
    refusal,
    row_of,
    sound,
    step,
)
from tests.conftest import Clock, Person


def test_a_unit_asks_a_coordinator_proposes_the_unit_confirms_and_it_is_held(desk: Desk, clock: Clock) -> None:
    head, coordinator, anne = (desk.client(name) for name in ("head", "coordinator", "anne"))
    answer = create(head, TUESDAY, at(1))
    assert (answer.status_code, answer.json["state"], answer.json["version"]) == (201, "draft", 1)
    workshop_id = answer.json["id"]
    assert coordinator.get("workshops?state=draft").json["items"][0]["id"] == workshop_id
    assert step(head, workshop_id, "submit", 1).json["state"] == "submitted"

    matches = coordinator.get(f"workshops/{workshop_id}/matches").json
    best = matches["items"][0]
    assert (best["starts_at"], best["facilitator"]["id"]) == ("2026-12-15T14:00:00+08:00", desk.people["anne"])
    assert any("资质" in each for each in best["reasons"])
    chosen = {"starts_at": best["starts_at"], "facilitator_id": best["facilitator"]["id"]}
    held = step(coordinator, workshop_id, "propose", 2, **chosen).json
    assert held["proposal"]["held_until"] == "2026-11-24T12:00:00+08:00"
    assert head.get(f"workshops/{workshop_id}").json["proposal"]["facilitator"]["name"] == "anne 的名字"
    assert anne.get(f"workshops/{workshop_id}").status_code == 404, "what is only held is not hers to see"

    booked = step(head, workshop_id, "confirm", 3).json
    assert (booked["state"], booked["proposal"]) == ("confirmed", None)
    assert booked["booked"]["ends_at"] == "2026-12-15T15:30:00+08:00"
    assert ledger_of(workshop_id) == [(2026, -1)]
    assert head.get("workshops/entitlement").json["items"] == [{"year": 2026, "allowed": 4, "used": 1, "left": 3}]
    assert anne.get(f"workshops/{workshop_id}").json["contact"] == CONTACT

    counts = {"attended": 18, "responses": 12, "satisfied": 11}
    assert refusal(step(anne, workshop_id, "deliver", 4, **counts)) == (409, "workshop_not_begun")
    clock.advance(days=24)
    anne, head, coordinator = (desk.client(name) for name in ("anne", "head", "coordinator"))
    assert step(anne, workshop_id, "deliver", 4, **counts).json["state"] == "delivered"
    said = step(head, workshop_id, "feedback", 5, rating=5, comment="很有用").json
    assert said["summary"] == {"attended": 18, "smallest_group": 10, "satisfied_percent": 90}
    assert said["feedback"] == {"rating": 5, "comment": "很有用"}
    assert refusal(step(head, workshop_id, "feedback", 6, rating=1)) == (409, "workshop_feedback_given")
    closed = step(coordinator, workshop_id, "close", 6).json
    assert (closed["state"], closed["contact"], closed["note"], closed["venue"]) == ("closed", None, None, None)
    acts = ["create", "submit", "propose", "confirm", "deliver", "give_feedback", "close"]
    assert [each["act"] for each in closed["history"]] == acts
    assert row_of(workshop_id).details_sealed is None
    assert sound()


def test_a_unit_sees_its_own_workshops_and_nobody_elses(desk: Desk) -> None:
    workshop_id = asked(desk)
    head, other, coordinator = (desk.client(name) for name in ("head", "other", "coordinator"))
    assert [each["id"] for each in head.get("workshops").json["items"]] == [workshop_id]
    assert other.get("workshops").json["items"] == []
    assert refusal(other.get(f"workshops/{workshop_id}")) == (404, "workshop_unknown")
    steps = {
        "submit": {},
        "confirm": {},
        "decline": {},
        "withdraw": {},
        "cancel": {},
        "keep": {},
        "headcount": {"headcount": 5},
        "reschedule": {"wishes": [{"starts_at": TUESDAY.isoformat()}]},
        "feedback": {"rating": 3},
    }
    for name, more in steps.items():
        assert refusal(step(other, workshop_id, name, 2, **more)) == (404, "workshop_unknown"), name
        assert step(coordinator, workshop_id, name, 2, **more).status_code in (403, 409, 422), name
    assert refusal(other.put(f"workshops/{workshop_id}", {**body(), "version": 2})) == (404, "workshop_unknown")
    for name, more in {"propose": {}, "reject": {"reason": "x"}, "waitlist": {}, "close": {}, "merge": {}}.items():
        assert refusal(step(head, workshop_id, name, 2, **more)) == (403, "not_allowed"), name
    assert refusal(head.get(f"workshops/{workshop_id}/matches")) == (403, "not_allowed")
    anne = desk.client("anne")
    assert refusal(step(anne, workshop_id, "cancel", 2, reason="病了")) == (403, "not_allowed"), "coordinators do"
    assert refusal(step(head, workshop_id, "deliver", 2, attended=1)) == (403, "not_allowed")
    assert row_of(workshop_id).version == 2


def test_an_employee_and_nobody_have_no_way_to_workshops(desk: Desk, employee: Person, client: Person) -> None:
    workshop_id = confirmed(desk)
    for path in ("workshops", f"workshops/{workshop_id}", f"workshops/{workshop_id}/matches", "workshops/entitlement"):
        assert employee.get(path).status_code == 403
        assert client.get(path).status_code == 401


def test_a_department_counts_as_its_enterprise_and_another_units_cannot_be_named(desk: Desk) -> None:
    head = desk.client("head")
    made = create(head, unit=desk.units["welding"])
    assert made.json["unit"][-1] == "焊接车间"
    assert row_of(made.json["id"]).charged_unit_id == desk.units["yard"]
    for unit in (desk.units["buses"], desk.units["city"], "a" * 22, "no-such-unit"):
        answer = create(head, key=f"another-key-{unit}", unit=unit)
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["unit"])


def test_the_same_request_twice_is_one_workshop_and_another_body_is_refused(desk: Desk) -> None:
    head = desk.client("head")
    first, again = create(head), create(head)
    assert (first.status_code, again.status_code, first.json["id"]) == (201, 201, again.json["id"])
    assert refusal(create(head, headcount=21)) == (422, "idempotency_key_reused")
    assert len(head.get("workshops").json["items"]) == 1


WRONG = [
    ({"headcount": 0}, "headcount"),
    ({"headcount": -1}, "headcount"),
    ({"headcount": 10**9}, "headcount"),
    ({"headcount": 31}, "headcount"),
    ({"headcount": "20"}, "headcount"),
    ({"headcount": True}, "headcount"),
    ({"headcount": 1.5}, "headcount"),
    ({"wishes": []}, "wishes"),
    ({"wishes": [{"starts_at": TUESDAY.isoformat()}] * (MOST_WISHES + 1)}, "wishes"),
    ({"wishes": [{"starts_at": TUESDAY.isoformat()}] * 1500}, "wishes"),
    ({"wishes": [{}] * 10_000}, "wishes"),
    ({"wishes": {}}, "wishes"),
    ({"wishes": [{"starts_at": "2026-02-32T10:00:00+08:00"}]}, "wishes.0.starts_at"),
    ({"wishes": [{"starts_at": "2026-12-15T14:00:00"}]}, "wishes.0.starts_at"),
    ({"wishes": [{"starts_at": "2026-12-15T14:07:00+08:00"}]}, "wishes.0.starts_at"),
    ({"wishes": [{"starts_at": "2026-11-22T14:00:00+08:00"}]}, "wishes.0.starts_at"),
    ({"wishes": [{"starts_at": "2020-12-15T14:00:00+08:00"}]}, "wishes.0.starts_at"),
    ({"wishes": [{"starts_at": "9999-12-31T23:45:00-12:00"}]}, "wishes.0.starts_at"),
    ({"wishes": [{"starts_at": "2027-01-01T14:00:00+08:00"}]}, "wishes.0.starts_at"),
    ({"wishes": [{"starts_at": TUESDAY.isoformat(), "ends_at": "x"}]}, "wishes.0.ends_at"),
    ({"contact": "  "}, "contact"),
    ({"contact": "长" * 61}, "contact"),
    ({"note": "\x07"}, "note"),
    ({"venue": "一\n二"}, "venue"),
    ({"topic": None}, "topic"),
    ({"colour": "red"}, "colour"),
]


def test_what_cannot_be_is_refused_with_its_place_and_nothing_is_stored(desk: Desk) -> None:
    head = desk.client("head")
    for wrong, place in WRONG:
        answer = create(head, **wrong)
        assert (answer.status_code, list(answer.json["errors"])) == (422, [place]), wrong
    assert head.get("workshops").json["items"] == []


def test_a_time_of_another_zone_is_the_same_moment(desk: Desk) -> None:
    made = create(desk.client("head"), wishes=[{"starts_at": "2026-12-15T06:00:00Z"}])
    assert made.json["wishes"] == [{"starts_at": "2026-12-15T14:00:00+08:00"}]


def test_a_draft_is_written_anew_and_only_a_draft(desk: Desk) -> None:
    head = desk.client("head")
    workshop_id = create(head).json["id"]
    changed = head.put(f"workshops/{workshop_id}", {**body(at(2), at(3), headcount=25, venue=None), "version": 1})
    assert (changed.json["headcount"], changed.json["venue"], len(changed.json["wishes"])) == (25, None, 2)
    assert head.put(f"workshops/{workshop_id}", {**body(), "version": 1}).status_code == 412
    step(head, workshop_id, "submit", 2)
    assert refusal(head.put(f"workshops/{workshop_id}", {**body(), "version": 3})) == (409, "booking_state")


def test_nothing_that_a_unit_left_stands_in_clear(desk: Desk, logged) -> None:
    workshop_id = proposed(desk)
    row = row_of(workshop_id)
    stored = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in vars(row).values())
    for secret in (CONTACT, NOTE, VENUE):
        assert secret.encode() not in stored
    desk.client("head").get(f"workshops/{workshop_id}")
    assert CONTACT not in logged.text


def test_a_list_comes_in_pages_and_a_made_up_cursor_is_refused(desk: Desk) -> None:
    ids = [asked(desk, at(number)) for number in range(3)]
    head = desk.client("head")
    first = head.get("workshops?limit=2").json
    rest = head.get(f"workshops?limit=2&cursor={first['next_cursor']}").json
    assert sorted(each["id"] for each in (*first["items"], *rest["items"])) == sorted(ids)
    assert rest["next_cursor"] is None
    assert head.get("workshops?cursor=AAAA").status_code == 422
    assert head.get("workshops?state=gone").status_code == 422
    assert head.get("workshops?state=confirmed").json["items"] == []
