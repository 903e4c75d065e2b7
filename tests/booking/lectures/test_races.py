"""Many at once: the last seat, the last of a quota, giving up twice, an offer that meets a farewell, a smaller hall.

Each race stands beside its control: the same by looking first and writing then, which everybody writes who does not
think of the others. A control lets all look before anybody writes, so that it goes wrong every time.
"""

import threading
from collections import Counter
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from heartport.booking.invariants import find_problems
from heartport.booking.lectures import planning, registrations, sweepers
from heartport.booking.lectures.models import Lecture, Registration
from heartport.booking.lectures.registrations import AlreadyRegistered
from heartport.booking.lectures.rules.details import CapacityTaken
from heartport.booking.lectures.rules.states import SEATED
from heartport.booking.lectures.seats import LectureFull, give_back
from heartport.booking.offers.kinds import OfferExpired, OfferUnknown
from heartport.columns import new_public_id
from heartport.members.erasures import erase_everything, finish_erasures
from heartport.stores import Store, reading, write_transaction
from tests.booking.lectures.hall import (
    accounts_of,
    actor,
    details,
    given_up,
    lecture_row,
    opened,
    registered,
    row_of,
    state_of,
    states,
    taken,
    unit_seats,
)
from tests.booking.races import Act, TwoClocks, race
from tests.conftest import Clock
from tests.killing import FULL
from tests.units.trees import make_tree

CLIENTS = 48 if FULL else 10
ROUNDS = 42 if FULL else 2
"""In full 2,016 contested attempts a race and database."""


@pytest.fixture
def crowd(app: Flask, clock: Clock) -> list[str]:
    return accounts_of(CLIENTS)


def came_of(app: Flask, acts: list[Act]) -> Counter[str]:
    """Let all go at once and count what came of it."""
    return Counter(race(app, acts))


def joining(lecture_id: str, account_id: str, unit_id: str | None = None) -> Act:
    return partial(registered, lecture_id, account_id, unit_id=unit_id)


def test_the_last_seat_has_one_owner(app: Flask, crowd: list[str]) -> None:
    for _ in range(ROUNDS):
        lecture_id = opened(capacity=1)
        came = came_of(app, [joining(lecture_id, account_id) for account_id in crowd])
        assert came == {"done": 1, LectureFull.code: CLIENTS - 1}
        assert (taken(lecture_id), states(lecture_id)) == (1, ["registered"])
    assert find_problems() == []


def test_the_last_seat_of_a_quota_has_one_owner_while_the_hall_has_room(app: Flask, crowd: list[str]) -> None:
    yard, earlier = make_tree()["yard"], accounts_of(4)
    for _ in range(ROUNDS):
        lecture_id = opened(capacity=200, unit_quota=5)
        for account_id in earlier:
            registered(lecture_id, account_id, unit_id=yard)
        came = came_of(app, [joining(lecture_id, account_id, yard) for account_id in crowd])
        assert came == {"done": 1, LectureFull.code: CLIENTS - 1}
        assert (taken(lecture_id), unit_seats(lecture_id)) == (5, {yard: 5})
    assert find_problems() == []


def test_one_person_many_times_has_one_seat(app: Flask, crowd: list[str]) -> None:
    for account_id in crowd[:ROUNDS]:
        lecture_id = opened(capacity=200)
        came = came_of(app, [joining(lecture_id, account_id)] * CLIENTS)
        assert came == {"done": 1, AlreadyRegistered.code: CLIENTS - 1}
        assert taken(lecture_id) == 1
    assert find_problems() == []


def test_giving_up_many_times_at_once_gives_one_seat_back(app: Flask, crowd: list[str]) -> None:
    for _ in range(ROUNDS):
        lecture_id = opened(capacity=5)
        for account_id in crowd[:3]:
            registered(lecture_id, account_id)
        came = came_of(app, [partial(given_up, lecture_id, crowd[0])] * CLIENTS)
        assert came == {"done": CLIENTS}
        assert taken(lecture_id) == 2
    assert find_problems() == []


def test_a_farewell_that_meets_an_offer_leaves_no_seat_behind(app: Flask, crowd: list[str]) -> None:
    """Half of the line leaves while the seats become free for which it waits."""
    half = CLIENTS // 2
    for _ in range(ROUNDS):
        lecture_id = opened(capacity=half)
        for account_id in crowd:
            registered(lecture_id, account_id, wait=True)
        came = came_of(app, [partial(given_up, lecture_id, each) for each in crowd[: half + half // 2]])
        assert set(came) == {"done"}
        assert taken(lecture_id) == CLIENTS - half - half // 2
        assert Counter(states(lecture_id))["offered"] == taken(lecture_id)
    assert find_problems() == []


def test_an_offer_is_accepted_declined_and_swept_at_once_and_counts_once(
    app: Flask, clock: Clock, crowd: list[str]
) -> None:
    for _ in range(ROUNDS):
        lecture_id = opened(capacity=1)
        registered(lecture_id, crowd[0])
        offer_id = registered(lecture_id, crowd[1], wait=True)
        given_up(lecture_id, crowd[0])
        app.extensions["heartport.clock"] = clocks = TwoClocks(row_of(offer_id).offered_until)
        acts = [
            partial(registrations.accept_offer, crowd[1], offer_id),
            partial(registrations.decline_offer, crowd[1], offer_id),
            clocks.late(sweepers.let_offers_expire),
        ] * (CLIENTS // 3)
        came = came_of(app, acts)
        assert set(came) <= {"done", OfferUnknown.code, OfferExpired.code}
        assert taken(lecture_id) == (state_of(offer_id) == "registered")
        app.extensions["heartport.clock"] = clock
    assert find_problems() == []


def test_a_hall_is_not_made_smaller_than_what_is_taken(app: Flask, crowd: list[str]) -> None:
    for _ in range(ROUNDS):
        lecture_id = opened(capacity=CLIENTS)
        smaller = details(lecture_row(lecture_id).lecturer_id, capacity=CLIENTS // 2)
        shrink = [partial(planning.change_lecture, actor(), lecture_id, None, smaller)]
        came = came_of(app, [joining(lecture_id, account_id) for account_id in crowd[1:]] + shrink)
        row = lecture_row(lecture_id)
        assert row.taken <= row.capacity
        assert came["done"] == row.taken + (row.capacity == CLIENTS // 2)
        assert set(came) <= {"done", LectureFull.code, CapacityTaken.code}
    assert find_problems() == []


def test_erasures_that_meet_the_line_leave_no_seat_behind(app: Flask, crowd: list[str]) -> None:
    """Whoever is erased gives back seats while others give up and seats go on to somebody who is being erased."""
    half = CLIENTS // 2
    lecture_id = opened(capacity=half)
    for account_id in crowd:
        registered(lecture_id, account_id, wait=True)
    leaving = [partial(given_up, lecture_id, each) for each in crowd[: half // 2]]
    erased = [partial(erase_everything, each) for each in (*crowd[half // 2 : half], *crowd[half : half + half // 2])]
    assert set(came_of(app, leaving + erased)) == {"done"}
    finish_erasures()
    assert find_problems() == []
    assert taken(lecture_id) == CLIENTS - len(leaving) - len(erased)


# Controls: look first, write then


class Hasty:
    """Looks whether there is a seat, waits until all have looked, and writes."""

    def __init__(self, lookers: int) -> None:
        self._all_have_looked = threading.Barrier(lookers, timeout=30)

    def register(self, lecture_id: str, account_id: str, unit_id: str | None, most: int) -> None:
        mine = Registration.unit_id == unit_id if unit_id else Registration.id.is_not(None)
        seats = select(func.count()).where(Registration.lecture_id == lecture_id, Registration.state.in_(SEATED), mine)
        with reading(Store.MAIN) as session:
            is_free = session.execute(seats).scalar_one() < most
        self._all_have_looked.wait()
        if is_free:
            row = {"id": new_public_id(), "lecture_id": lecture_id, "account_id": account_id, "state": "registered"}
            one = insert(Registration).values(**row, version=1, unit_id=unit_id)
            write_transaction(Store.MAIN, lambda session: session.execute(one) and None)

    def give_up(self, registration_id: str) -> None:
        has_seat = state_of(registration_id) == "registered"
        self._all_have_looked.wait()
        if has_seat:
            lecture_id = self._cancelled(registration_id)
            write_transaction(Store.MAIN, lambda session: give_back(session, lecture_id, None))

    def _cancelled(self, registration_id: str) -> str:
        row = update(Registration).where(Registration.id == registration_id).values(state="cancelled")
        write_transaction(Store.MAIN, lambda session: session.execute(row) and None)
        with reading(Store.MAIN) as session:
            return session.execute(
                select(Registration.lecture_id).where(Registration.id == registration_id)
            ).scalar_one()


@pytest.mark.parametrize("unit", [None, "yard"])
def test_control_looking_first_gives_one_seat_to_many(app: Flask, crowd: list[str], unit: str | None) -> None:
    unit_id = make_tree()[unit] if unit else None
    lecture_id, hasty = opened(capacity=200), Hasty(CLIENTS)
    came_of(app, [partial(hasty.register, lecture_id, each, unit_id, 1) for each in crowd])
    assert len(states(lecture_id)) > 1
    assert any("seats taken" in problem for problem in find_problems())


def test_control_giving_back_by_what_one_saw_gives_back_too_much(app: Flask, crowd: list[str]) -> None:
    lecture_id, hasty = opened(capacity=200), Hasty(CLIENTS)
    own, *_ = [registered(lecture_id, account_id) for account_id in crowd]
    came_of(app, [partial(hasty.give_up, own)] * CLIENTS)
    assert taken(lecture_id) < CLIENTS - 1
    assert find_problems() != []


def test_control_an_offer_by_what_one_saw_goes_to_somebody_who_left(app: Flask, crowd: list[str]) -> None:
    lecture_id = opened(capacity=1)
    registered(lecture_id, crowd[0])
    waiting = registered(lecture_id, crowd[1], wait=True)
    assert state_of(waiting) == "waiting"  # Whoever offers has looked,
    given_up(lecture_id, crowd[1])  # the other leaves,
    blind = update(Registration).where(Registration.id == waiting)
    offer = blind.values(state="offered", offered_until=func.now())
    write_transaction(Store.MAIN, lambda session: session.execute(offer) and None)
    assert find_problems() != []


def test_control_a_hall_made_smaller_by_what_one_saw_is_stopped_by_the_constraint_alone(
    app: Flask, crowd: list[str]
) -> None:
    lecture_id = opened(capacity=3)
    assert taken(lecture_id) <= 1  # Whoever makes it smaller has looked,
    for account_id in crowd[:2]:
        registered(lecture_id, account_id)  # others come,
    smaller = update(Lecture).where(Lecture.id == lecture_id).values(capacity=1)
    with pytest.raises(IntegrityError):
        write_transaction(Store.MAIN, lambda session: session.execute(smaller) and None)
