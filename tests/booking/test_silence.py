"""What a unit contact can see is the same whether or not somebody of the unit, or another unit, books anything.

Every route is walked as a unit contact, with the real ids of what was booked in its path; then people book, give up
and come, or another unit has a workshop; then it is walked again. Whoever adds a kind of booking adds what people do
to `ACTS`.
"""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from heartport.booking.counselling import desk
from heartport.booking.counselling.places import save_place
from heartport.booking.lectures import check_ins
from heartport.booking.resources import resource_of_staff
from heartport.booking.rules.meeting_places import MeetingPlace
from heartport.booking.workshops import desk as workshops
from heartport.booking.workshops.desk import Delivered
from heartport.booking.workshops.requests import give_feedback
from heartport.callers import COORDINATOR, UNIT_HEAD
from heartport.staff.accounts import staff_id_of
from heartport.units import invites
from tests.booking.counselling.office import MONDAY, VERSION, key, office, step
from tests.booking.lectures.hall import opened, people, row_of, sign_up
from tests.booking.workshops.desk import TUESDAY, Desk, confirmed, proposed
from tests.conftest import Clock, Person, ready_person
from tests.staff.doors import make_staff
from tests.units.trees import make_tree

DIFFERS_BY_ITSELF = re.compile(r'"(request_id|since|expires_at|made_at|token)": ?"[^"]*"')
LEAVES = "DELETE /api/v1/auth/session"
"""Walking it would end the walk."""
METHODS = ("GET", "POST", "PUT", "DELETE")


@pytest.fixture
def yard(app: Flask, clock: Clock) -> dict[str, str]:
    """The units, and whoever it takes that another of them has a workshop."""
    units = make_tree()
    make_staff(app, "other", (UNIT_HEAD, units["buses"]))
    make_staff(app, "coordinator", (COORDINATOR, None))
    Desk(app, units).facilitator("anne")
    return units


@pytest.fixture
def head(app: Flask, yard: dict[str, str]) -> Person:
    """The contact of the yard."""
    return make_staff(app, "head", (UNIT_HEAD, yard["yard"])).signed_in()


@pytest.fixture
def worker(app: Flask, yard: dict[str, str]) -> Person:
    """Somebody of the yard."""
    person = ready_person(app, "openid-of-a-worker-00000000001")
    code = invites.make_invite(yard["welding"], 10, 30)
    assert person.post("me/unit", {"invite_code": code}).status_code == 200
    return person


def walk(app: Flask, head: Person, ids: dict[str, str]) -> dict[str, tuple[int, str]]:
    """Call every route with every method and return what came of it, without what differs by itself."""
    found = {}
    for rule in app.url_map.iter_rules():
        path = rule.build({name: ids.get(name, "a" * 22) for name in rule.arguments})[1]
        for method in set(METHODS) & set(rule.methods or ()):
            place = f"{method} {rule.rule}"
            if place == LEAVES or not path.startswith("/api/v1") or path.endswith("openapi.json"):
                continue
            app.extensions["heartport.limits"].reset()
            headers = {"Idempotency-Key": "key-of-a-walk-1"}
            answer = head.call(method, path, {} if method in ("POST", "PUT") else None, headers=headers)
            found[place] = answer.status_code, DIFFERS_BY_ITSELF.sub("", answer.get_data(as_text=True))
    return found


def take_a_seat(app: Flask, clock: Clock, worker: Person, ids: dict[str, str]) -> None:
    sign_up(worker, ids["lecture_id"])


def wait_and_be_offered(app: Flask, clock: Clock, worker: Person, ids: dict[str, str]) -> None:
    (other,) = people(app, 1)
    sign_up(other, ids["lecture_id"])
    ids["offer_id"] = sign_up(worker, ids["lecture_id"], wait=True).json["id"]
    other.delete(f"lectures/{ids['lecture_id']}/registration")
    assert row_of(ids["offer_id"]).state == "offered"


def come(app: Flask, clock: Clock, worker: Person, ids: dict[str, str]) -> None:
    sign_up(worker, ids["lecture_id"])
    before = clock.moment
    clock.advance(days=3, hours=2)
    code = check_ins.current_code(ids["lecture_id"]).code
    assert worker.post(f"lectures/{ids['lecture_id']}/check-in", {"code": code}).status_code == 200
    clock.moment = before


def give_up(app: Flask, clock: Clock, worker: Person, ids: dict[str, str]) -> None:
    sign_up(worker, ids["lecture_id"])
    worker.delete(f"lectures/{ids['lecture_id']}/registration")


def book_an_hour(app: Flask, clock: Clock, worker: Person, ids: dict[str, str]) -> None:
    body = {"counsellor_id": ids["counsellor_id"], "starts_at": MONDAY, "mode": "in_person"}
    held = worker.post("appointments", body, headers=key())
    assert held.status_code == 201, held.json
    ids["appointment_id"] = ids["booking_id"] = held.json["id"]
    assert step(worker, held.json, "confirm", consent_version=VERSION).status_code == 200


def see_a_counsellor(app: Flask, clock: Clock, worker: Person, ids: dict[str, str]) -> None:
    book_an_hour(app, clock, worker, ids)
    before = clock.moment
    clock.advance(hours=21)
    desk.check_in(ids["counsellor_staff_id"], ids["appointment_id"], 2)
    desk.attend(ids["counsellor_staff_id"], ids["appointment_id"], 3, follow_up=True)
    clock.moment = before


def cancel_the_hour(app: Flask, clock: Clock, worker: Person, ids: dict[str, str]) -> None:
    book_an_hour(app, clock, worker, ids)
    assert worker.post(f"appointments/{ids['appointment_id']}/cancel", {"version": 2}).status_code == 200


def be_told_of_a_place(app: Flask, clock: Clock, worker: Person, ids: dict[str, str]) -> None:
    book_an_hour(app, clock, worker, ids)
    ids |= {"address": "文化宫 3 楼 305 室", "link": "https://meet.example/room-305"}
    save_place(ids["counsellor_id"], MeetingPlace(ids["address"], None, ids["link"]))
    assert worker.get(f"appointments/{ids['appointment_id']}").json["place"]["address"] == ids["address"]


def propose_a_workshop(app: Flask, clock: Clock, worker: Person, ids: dict[str, str]) -> None:
    """To another unit, as in the next."""
    ids["workshop_id"] = proposed(bus_desk(app), who="other")


def have_a_workshop(app: Flask, clock: Clock, worker: Person, ids: dict[str, str]) -> None:
    desk, before = bus_desk(app), clock.moment
    ids["workshop_id"] = confirmed(desk, who="other")
    clock.moment = TUESDAY + timedelta(hours=2)
    workshops.deliver(desk.caller("anne"), ids["workshop_id"], 4, Delivered(20))
    give_feedback(desk.caller("other"), ids["workshop_id"], 5, 5, "大家都说好")
    clock.moment = before


def bus_desk(app: Flask) -> Desk:
    return Desk(app, {}, {"anne": resource_of_staff(staff_id_of("anne"))})


ACTS: tuple[Callable[[Flask, Clock, Person, dict[str, str]], None], ...] = (
    take_a_seat,
    wait_and_be_offered,
    come,
    give_up,
    book_an_hour,
    see_a_counsellor,
    cancel_the_hour,
    be_told_of_a_place,
    propose_a_workshop,
    have_a_workshop,
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_no_route_tells_a_unit_contact_that_somebody_booked(
    app: Flask, clock: Clock, head: Person, worker: Person, act: Callable
) -> None:
    ids = {"lecture_id": opened(capacity=1, starts_at=clock.moment + timedelta(days=3, hours=2))}
    lin = office(app)
    ids |= {"counsellor_id": lin.id, "counsellor_staff_id": lin.staff_id}
    before = walk(app, head, ids)
    act(app, clock, worker, ids)
    after = walk(app, head, ids)
    assert after == before
    told = json.dumps(after)
    assert not [value for value in (worker.account_id, *ids.values()) if value in told]


def test_control_the_walk_sees_what_somebody_may_see(app: Flask, clock: Clock, worker: Person) -> None:
    """The same walk as a coordinator, who plans lectures, sees the seat that was taken."""
    planner = make_staff(app, "desk", ("coordinator", None)).signed_in()
    ids = {"lecture_id": opened(capacity=1, starts_at=clock.moment + timedelta(days=3, hours=2))}
    before = walk(app, planner, ids)
    take_a_seat(app, clock, worker, ids)
    after = walk(app, planner, ids)
    assert {place for place in after if after[place] != before[place]} == {
        "GET /api/v1/lectures",
        "GET /api/v1/lectures/<lecture_id>",
    }
