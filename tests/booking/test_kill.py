"""Whoever books is killed with SIGKILL at a moment that nobody chose, again and again: the calendar stays sound.

Several threads of a child hold, confirm, move and give back time, see counsellors, ask for workshops, propose and
confirm them, register for a lecture and give seats up. While they are at it, and after each kill, all of what
`flask booking check` looks at must be so.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from heartport import clock
from heartport.booking import invariants
from heartport.booking.audit import Step, begin, change_state, person_actor
from heartport.booking.counselling.appointments import (
    Asked,
    cancel_appointment,
    confirm_appointment,
    hold_time,
    list_own,
    reschedule_appointment,
)
from heartport.booking.counselling.rules.limits import MOST_COMING
from heartport.booking.counselling.rules.states import COMING
from heartport.booking.invariants import Kept, find_problems
from heartport.booking.lectures.registrations import AlreadyRegistered
from heartport.booking.models import BookingEvent
from heartport.booking.occupancy import Booking, SlotTaken, claim, confirm, move, release
from heartport.booking.rules.grid import Span
from heartport.booking.workshops import proposals, requests
from heartport.booking.workshops.entitlements import allow
from heartport.booking.workshops.rules.entitlement import MOST_YEARLY
from heartport.columns import new_public_id
from heartport.errors import Refusal
from heartport.extensions import db
from heartport.stores import Store, reading
from tests.booking.counselling.office import VERSION, office
from tests.booking.desk import NINE, done, moment, room, wanted
from tests.booking.doors import ACTOR, DOORS, MACHINE, Door, act, doors
from tests.booking.lectures.hall import accounts_of, given_up, opened, registered
from tests.booking.workshops.desk import TUESDAY, Desk, at, make_desk, proposed
from tests.conftest import Clock
from tests.killing import FULL

BOOKINGS = 200 if FULL else 15
THREADS = 4
KINDS = {MACHINE.kind, "counselling", "workshop", "registration"}
ALIVE_SECONDS = 0.2, 0.6
SETTLED_WITHIN_SECONDS = 5.0
KEPT = Kept(MACHINE, lambda: select(Door.id, Door.state, Door.version), holding=["open"])


@dataclass(frozen=True)
class Place:
    """What the child books: rooms, a lecture, and people who come to it."""

    rooms: Sequence[str]
    lecture: str
    people: Sequence[str]
    counsellors: Sequence[str]
    desk: Desk


@pytest.fixture
def place(app: Flask, clock: Clock) -> Iterator[Place]:
    """A few rooms, a lecture with fewer seats than people, counsellors, and a unit that may have workshops."""
    before = app.extensions["heartport.booking_checks"]
    invariants.init_app(app, [*before[0], KEPT], before[1])
    with doors():
        rooms, lecture, desk = [room(name) for name in "一二三"], opened(capacity=3), make_desk(app)
        desk.facilitator("bob")
        allow(desk.units["yard"], TUESDAY.year, MOST_YEARLY)
        counsellors = [office(app, name).id for name in ("counsellor-lin", "counsellor-he")]
        yield Place(rooms, lecture, accounts_of(12), counsellors, desk)
    app.extensions["heartport.booking_checks"] = before


def any_hour() -> Span:
    start = NINE.start + random.randrange(200)
    return Span(start, start + 4)


def book_a_door(place: Place) -> None:
    """Hold, confirm, and then move, give back, or leave it; each step is one transaction."""
    mine = Booking(MACHINE.kind, new_public_id())

    def hold(session) -> None:
        parts = [wanted(each, any_hour(), after=1) for each in random.sample(place.rooms, 2)]
        claim(session, mine, parts, clock.now() + timedelta(minutes=10))
        session.add(Door(id=mine.id, state="open", version=1))
        session.flush()
        begin(session, DOORS, mine.id, Step("create", ACTOR), state="open")

    def keep(session) -> None:
        confirm(session, mine.id)
        change_state(session, DOORS, mine.id, Step("shut", ACTOR, 1))

    def give_back(session) -> None:
        change_state(session, DOORS, mine.id, Step("lock", ACTOR, 2))
        release(session, mine.id)

    done(hold)
    done(keep)
    for step in random.sample([lambda s: move(s, mine, [wanted(place.rooms[0], any_hour())]), give_back], 2):
        with suppress(SlotTaken):
            done(step)
            break


def come_or_go(place: Place) -> None:
    """Register somebody for the lecture, or wait for a seat; whoever is there gives it up."""
    account_id = random.choice(place.people)
    try:
        registered(place.lecture, account_id, wait=True)
    except AlreadyRegistered:
        given_up(place.lecture, account_id)


def see_a_counsellor(place: Place) -> None:
    """Hold an hour and confirm it, and then move it, give it back, or leave it; whoever has enough gives one back."""
    account_id = random.choice(place.people)
    coming = [own.row for own in list_own(account_id) if own.row.state in COMING]
    if len(coming) == MOST_COMING:
        cancel_appointment(account_id, coming[0].id, coming[0].version)
        return
    actor, wish = person_actor(account_id), Asked(random.choice(place.counsellors), any_session(), "in_person")
    made = done(lambda session: hold_time(session, account_id, actor, wish))
    confirm_appointment(account_id, made, 1, VERSION, None)
    if random.random() < 0.5:
        reschedule_appointment(account_id, made, 2, any_session(), within_week=False)
        cancel_appointment(account_id, made, 3)


def any_session() -> datetime:
    """Return one of 60 hours at which a counsellor is there."""
    day = moment("2026-11-23 09:00") + timedelta(days=7 * random.randrange(1, 4) + random.randrange(5))
    return day + random.randrange(2) * timedelta(minutes=75)


def have_a_workshop(place: Place) -> None:
    """Ask for a workshop and have a time proposed, and then take it back, say no, or confirm it and cancel it."""
    day, desk = at(random.randrange(4)), place.desk
    made = proposed(desk, day, facilitator=random.choice(("anne", "bob")))
    head = desk.caller("head")
    if random.random() < 0.3:
        requests.withdraw(head, made, 3)
    elif random.random() < 0.3:
        proposals.decline(head, made, 3)
        requests.withdraw(head, made, 4)
    else:
        proposals.confirm(head, made, 3)
        requests.cancel_by_unit(head, made, 4)


def book_in_two_steps(place: Place) -> None:
    """Take time, and a moment later write down for what: the control."""
    mine = Booking(MACHINE.kind, new_public_id())
    start = NINE.start + random.randrange(10**6)  # So many hours that they never run out before a kill.
    part = wanted(place.rooms[0], Span(start, start + 4))
    done(lambda session: claim(session, mine, [part]) and None)
    time.sleep(0.02)

    def note(session) -> None:
        session.add(Door(id=mine.id, state="open", version=1))
        session.flush()
        begin(session, DOORS, mine.id, Step("create", ACTOR), state="open")

    done(note)
    act(mine.id, "shut")


@contextmanager
def child(app: Flask, use: Callable[[], object]) -> Iterator[None]:
    """Let a child do that in several threads for ever; kill it at the end."""
    number = os.fork()
    if number == 0:
        for engine in db.engines.values():
            engine.dispose(close=False)
        for _ in range(THREADS):
            threading.Thread(target=for_ever, args=(app, use), daemon=True).start()
        time.sleep(60)
        os._exit(1)
    try:
        yield
    finally:
        os.kill(number, signal.SIGKILL)
        _, status = os.waitpid(number, 0)
    assert os.WIFSIGNALED(status)


def for_ever(app: Flask, use: Callable[[], object]) -> None:
    random.seed(os.urandom(8))
    with app.app_context():
        while True:
            with suppress(Refusal):
                use()


def begun() -> Counter[str]:
    """Return how many bookings of each kind were begun."""
    statement = select(BookingEvent.kind, func.count()).where(BookingEvent.number == 1).group_by(BookingEvent.kind)
    with reading(Store.MAIN) as session:
        return Counter(dict(session.execute(statement).all()))


def problems_after_the_kill() -> list[str]:
    """Look until the server has noticed that nobody is there any more; what is broken stays broken."""
    deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
    while (found := find_problems()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


WAYS = (book_a_door, see_a_counsellor, see_a_counsellor, have_a_workshop, come_or_go)


def test_however_often_who_books_is_killed_the_calendar_stays_sound(app: Flask, place: Place) -> None:
    before, kills = begun(), 0
    while (made := begun() - before).total() < BOOKINGS or set(made) != KINDS:
        with child(app, lambda: random.choice(WAYS)(place)):
            time.sleep(random.uniform(*ALIVE_SECONDS))
            assert find_problems() == [], "while they are at it"
        kills += 1
        assert problems_after_the_kill() == []
        assert kills < BOOKINGS, f"some book nothing: {made}"
    assert kills


def test_control_a_booking_in_two_transactions_is_caught(app: Flask, place: Place) -> None:
    for _ in range(10):
        with child(app, lambda: book_in_two_steps(place)):
            time.sleep(random.uniform(*ALIVE_SECONDS))
        time.sleep(0.5)
        if any("takes time and is gone" in each for each in find_problems()):
            return
    pytest.fail("no kill fell between the two")
