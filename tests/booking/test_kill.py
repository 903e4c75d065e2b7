"""Whoever books is killed with SIGKILL at a moment that nobody chose, again and again: the calendar stays sound.

Several threads of a child hold, confirm, move and give back time, register for a lecture and give seats up. While they
are at it, and after each kill, all of what `flask booking check` looks at must be so.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from heartport import clock
from heartport.booking import invariants
from heartport.booking.audit import Step, begin, change_state
from heartport.booking.invariants import Kept, find_problems
from heartport.booking.lectures.registrations import AlreadyRegistered
from heartport.booking.models import BookingEvent
from heartport.booking.occupancy import Booking, SlotTaken, claim, confirm, move, release
from heartport.booking.rules.grid import Span
from heartport.columns import new_public_id
from heartport.extensions import db
from heartport.stores import Store, reading
from tests.booking.desk import NINE, done, room, wanted
from tests.booking.doors import ACTOR, DOORS, MACHINE, Door, act, doors
from tests.booking.lectures.hall import accounts_of, given_up, opened, registered
from tests.killing import FULL

BOOKINGS = 200 if FULL else 15
THREADS = 4
ALIVE_SECONDS = 0.2, 0.6
SETTLED_WITHIN_SECONDS = 5.0
KEPT = Kept(MACHINE, lambda: select(Door.id, Door.state, Door.version), holding=["open"])


@dataclass(frozen=True)
class Place:
    """What the child books: rooms, a lecture, and people who come to it."""

    rooms: Sequence[str]
    lecture: str
    people: Sequence[str]


@pytest.fixture
def place(app: Flask) -> Iterator[Place]:
    """A few rooms, and a lecture with fewer seats than people."""
    before = app.extensions["heartport.booking_checks"]
    invariants.init_app(app, [*before[0], KEPT], before[1])
    with doors():
        yield Place([room(name) for name in "一二三"], opened(capacity=3), accounts_of(6))
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
            with suppress(SlotTaken):
                use()


def begun() -> int:
    statement = select(func.count()).select_from(BookingEvent).where(BookingEvent.number == 1)
    with reading(Store.MAIN) as session:
        return session.execute(statement).scalar_one()


def problems_after_the_kill() -> list[str]:
    """Look until the server has noticed that nobody is there any more; what is broken stays broken."""
    deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
    while (found := find_problems()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def test_however_often_who_books_is_killed_the_calendar_stays_sound(app: Flask, place: Place) -> None:
    kills = 0
    while begun() < BOOKINGS:
        with child(app, lambda: random.choice((book_a_door, book_a_door, come_or_go))(place)):
            time.sleep(random.uniform(*ALIVE_SECONDS))
            assert find_problems() == [], "while they are at it"
        kills += 1
        assert problems_after_the_kill() == []
        assert kills < BOOKINGS, "nobody books anything"
    assert kills


def test_control_a_booking_in_two_transactions_is_caught(app: Flask, place: Place) -> None:
    for _ in range(10):
        with child(app, lambda: book_in_two_steps(place)):
            time.sleep(random.uniform(*ALIVE_SECONDS))
        time.sleep(0.5)
        if any("takes time and is gone" in each for each in find_problems()):
            return
    pytest.fail("no kill fell between the two")
