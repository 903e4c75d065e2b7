"""What the calendar costs: a list of free hours, and one hour that 48 clients want at the same moment."""

import gc
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import psycopg
from flask import Flask
from sqlalchemy.orm import Session

from bench import databases
from bench.people import application, prepare
from bench.rounds import Figures, Goal, Measurement, Opened, Row
from bench.sizes import Sizes
from heartport import clock
from heartport.booking.audit import Step, Tracked, begin, service_actor
from heartport.booking.availability import free_times, replace_openings
from heartport.booking.occupancy import Booking, SlotTaken, Wanted, claim
from heartport.booking.resources import add_room
from heartport.booking.rules.grid import TICKS_A_DAY, Span, tick_at_or_after
from heartport.booking.rules.machines import Machine
from heartport.booking.rules.openings import WEEK, Opening, Shape
from heartport.columns import new_public_id
from heartport.local_time import start_of_day
from heartport.stores import Store, insert_if_absent, reading, write_transaction
from heartport.web.models import IdempotencyKey

RESOURCES, DAYS, LISTS_A_ROUND = 50, 30, 10
SESSION = Shape(length=4, after=1, step=5)
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
"""From here all days of a month have their holiday notice, whenever this runs."""
CLIENTS, CONNECTIONS = 48, 18
"""As many connections as the service's pool opens at most."""
KIND = Tracked(Machine("bench", ["held"], {}), None)
HELD_FOR = timedelta(minutes=10)


@contextmanager
def open_listing(sizes: Sizes) -> Iterator[Opened]:
    """Fill the calendar of fifty on SQLite, whose own work is part of this process's."""
    with databases.sqlite() as empty:
        prepared = prepare(empty, people=0)
        with application(empty) as app:
            app.extensions["heartport.clock"] = lambda: NOON
            ids = [_counsellor(number) for number in range(RESOURCES)]
            _book(ids, sizes.bookings)
            work = f"{RESOURCES} calendars, {DAYS} days, {sizes.bookings} bookings"
            with _collecting_as_served():
                yield Opened(
                    {"list": lambda _: _list(ids)}, {"database": prepared.database, "work": work, "server": "none"}
                )


@contextmanager
def _collecting_as_served() -> Iterator[None]:
    """Collect garbage as `wsgi.py` sets it, so that what stays for good is not looked through again and again."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _counsellor(number: int) -> str:
    made = add_room(f"{number}")
    weekly = [Opening(day, *hours) for day in WEEK[:5] for hours in ((540, 720), (780, 1080))]
    replace_openings(made, weekly, [], None)
    return made


def _book(ids: list[str], count: int) -> None:
    """Book hours one after the other, on each calendar as many."""
    first = tick_at_or_after(start_of_day(NOON)) + 9 * 4

    def work(session: Session) -> None:
        for number in range(count):
            place, turn = number % len(ids), number // len(ids)
            start = first + TICKS_A_DAY * (turn % DAYS) + 5 * (turn // DAYS)
            claim(session, Booking("bench", new_public_id()), [Wanted(ids[place], Span(start, start + 4), after=1)])

    write_transaction(Store.MAIN, work)


def _list(ids: list[str]) -> Figures:
    earliest = tick_at_or_after(NOON)
    used = time.process_time()
    for _ in range(LISTS_A_ROUND):
        with reading(Store.MAIN) as session:
            found = free_times(session, ids, SESSION, earliest, earliest + DAYS * TICKS_A_DAY)
    used = time.process_time() - used
    assert len(found) == len(ids)
    return {"cpu_ms": used / LISTS_A_ROUND * 1000, "free_hours": float(sum(map(len, found.values())))}


@dataclass(frozen=True)
class Attempt:
    """One client's wish: all of a turn want the same hour of one resource, or hours that overlap it."""

    resource_id: str
    span: Span


@contextmanager
def open_contest(sizes: Sizes) -> Iterator[Opened]:
    """Let 48 clients want one hour after the other on PostgreSQL, by the service and by hand."""
    with databases.postgresql() as empty, ExitStack() as stack:
        prepared = prepare(empty, people=0)
        app = stack.enter_context(application(empty))
        connections: queue.Queue[psycopg.Connection] = queue.Queue()
        address = app.extensions["heartport.settings"].store_urls[Store.MAIN].set(drivername="postgresql")
        for _ in range(CONNECTIONS):
            text = address.render_as_string(hide_password=False)
            connections.put(stack.enter_context(psycopg.connect(text, autocommit=True, prepare_threshold=1)))
        actor = service_actor()
        sides = {
            "service": lambda _: _contest(app, sizes.contests, lambda wish: _by_service(wish, actor)),
            "statements": lambda _: _contest(app, sizes.contests, lambda wish: _by_hand(connections, wish, actor)),
            "looking": lambda _: _contest(app, sizes.contests, lambda wish: _by_hand(connections, wish, actor, LOOK)),
        }
        work = f"{CLIENTS} threads of one process, {sizes.contests} hours a round"
        yield Opened(sides, {"database": prepared.database, "work": work, "server": "none"})


def _contest(app: Flask, contests: int, attempt: Callable[[Attempt], bool]) -> Figures:
    """Let all go at once for each hour; exactly one has it."""
    one, first = add_room("contested"), tick_at_or_after(clock.now()) + TICKS_A_DAY
    spent = 0.0
    with ThreadPoolExecutor(CLIENTS) as pool:
        for number in range(contests):
            start = first + 8 * number
            barrier = threading.Barrier(CLIENTS + 1)

            def run(client: int, start: int = start, barrier: threading.Barrier = barrier) -> bool:
                with app.app_context():
                    barrier.wait()
                    return attempt(Attempt(one, Span(start + client % 4, start + client % 4 + 4)))

            waiting = [pool.submit(run, client) for client in range(CLIENTS)]
            barrier.wait()
            began = time.perf_counter()
            won = sum(each.result() for each in waiting)
            spent += time.perf_counter() - began
            assert won == 1, f"{won} clients have one hour"
    return {"attempts_a_second": contests * CLIENTS / spent}


def _by_service(wish: Attempt, actor: bytes) -> bool:
    booking_id = new_public_id()

    def work(session: Session) -> None:
        insert_if_absent(session, IdempotencyKey, _key(booking_id))
        claim(session, Booking("bench", booking_id), [Wanted(wish.resource_id, wish.span)], clock.now() + HELD_FOR)
        begin(session, KIND, booking_id, Step("hold", actor), state="held")

    try:
        write_transaction(Store.MAIN, work)
    except SlotTaken:
        return False
    return True


def _key(booking_id: str) -> dict[str, Any]:
    digest = booking_id.encode().ljust(32, b"-")
    return {"account_id": booking_id, "key_hash": digest, "body_hash": digest, "created_at": clock.now()}


KEY = (
    "INSERT INTO idempotency_keys (account_id, key_hash, body_hash, created_at) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)
LOCK = "SELECT id, active FROM resources WHERE id = %s ORDER BY id FOR NO KEY UPDATE"
EXPIRED = (
    "SELECT booking_id FROM occupancies WHERE resource_id = %s AND expires_at <= %s AND blocked_from < %s"
    " AND blocked_until > %s"
)
LOOK = "SELECT 1 FROM occupancies WHERE resource_id = %s AND blocked_from < %s AND blocked_until > %s"
"""As the service does before it waits for the lock; nothing is held here whose time could be over."""
TAKE = (
    "INSERT INTO occupancies (id, resource_id, kind, booking_id, starts, ends, blocked_from, blocked_until, expires_at)"
    " VALUES (%s, %s, 'bench', %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
TICKS = (
    "INSERT INTO occupancy_ticks (resource_id, tick, occupancy_id)"
    " SELECT %s, tick, %s FROM generate_series(%s::int, %s::int) AS tick ON CONFLICT DO NOTHING"
)
NOTE = (
    "INSERT INTO booking_events (booking_id, number, kind, act, state, actor, at)"
    " VALUES (%s, 1, 'bench', 'hold', 'held', %s, %s)"
)


def _by_hand(
    connections: "queue.Queue[psycopg.Connection]", wish: Attempt, actor: bytes, look: LiteralString | None = None
) -> bool:
    """Send the same statements straight to the driver: key, lock, expired holds, time, ticks, audit."""
    connection = connections.get()
    try:
        return _send(connection, wish, actor, look)
    finally:
        connections.put(connection)


def _send(connection: psycopg.Connection, wish: Attempt, actor: bytes, look: LiteralString | None) -> bool:
    booking_id, taken_id, now = new_public_id(), new_public_id(), clock.now()
    resource_id, (start, end) = wish.resource_id, wish.span
    with connection.transaction() as whole:
        connection.execute(KEY, tuple(_key(booking_id).values()))
        if look and connection.execute(look, (resource_id, end, start)).fetchone():
            raise psycopg.Rollback(whole)
        connection.execute(LOCK, (resource_id,)).fetchone()
        connection.execute(EXPIRED, (resource_id, now, end, start)).fetchall()
        row = (taken_id, resource_id, booking_id, start, end, start, end, now + HELD_FOR)
        taken = connection.execute(TAKE, row).rowcount
        if taken and connection.execute(TICKS, (resource_id, taken_id, start, end - 1)).rowcount == end - start:
            connection.execute(NOTE, (booking_id, actor, now))
            return True
        raise psycopg.Rollback(whole)
    return False


BOOKING = (
    Measurement(
        "free-hours",
        open_listing,
        (
            Row(
                name="free-hours-cpu",
                what="free hours of 50 calendars over 30 days with 2,000 bookings, CPU",
                side="list",
                figure="cpu_ms",
                unit="ms",
                goal=Goal(25),
            ),
        ),
    ),
    Measurement(
        "contested-hour",
        open_contest,
        (
            Row(
                name="contested-hour",
                what="one hour that 48 clients want, attempts/s through the service layer",
                side="service",
                figure="attempts_a_second",
                unit="/s",
                yardstick="the same statements by hand",
                beside="statements",
                goal=Goal(0.5, at_most=False),
            ),
            Row(
                name="contested-hour-looking",
                what="the same, beside statements that look before they wait, as the service does",
                side="service",
                figure="attempts_a_second",
                unit="/s",
                yardstick="look, then the same by hand",
                beside="looking",
            ),
        ),
    ),
)
