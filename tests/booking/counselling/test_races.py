"""Several who want, answer, give back or hand over one hour at the same moment: it is done once and told once.

Beside them stand controls that look first and write afterwards, and must fail.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from heartport.booking.availability import replace_openings
from heartport.booking.counselling.appointments import cancel_appointment, confirm_appointment
from heartport.booking.counselling.desk import call_off, transfer_appointment
from heartport.booking.counselling.line import accept_offer, decline_offer, list_offers, places_of
from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.rules.limits import TooManyAppointments
from heartport.booking.counselling.rules.states import APPOINTMENTS, ENDED, Act, State
from heartport.booking.counselling.sweepers import settle_lines
from heartport.booking.invariants import find_problems
from heartport.booking.models import BookingEvent, Occupancy
from heartport.booking.occupancy import SlotTaken
from heartport.booking.offers.kinds import OfferExpired, OfferUnknown
from heartport.booking.rules.openings import Change
from heartport.columns import new_public_id
from heartport.messages.inbox import list_messages
from heartport.messages.outbox import Recipient, to_employee, to_staff
from heartport.messages.rules import Kind
from heartport.stores import Store, engine_of, reading
from tests.booking.counselling.office import (
    MONDAY,
    VERSION,
    Office,
    booked_alone,
    held_alone,
    lined_up,
    office,
    row_of,
)
from tests.booking.desk import done, moment, rows, tick
from tests.booking.lectures.hall import accounts_of
from tests.booking.races import DONE, TwoClocks, race
from tests.booking.races import Act as Attempt
from tests.conftest import Clock
from tests.killing import FULL
from tests.threads import at_once

CLIENTS = 48 if FULL else 9
ROUNDS = 42 if FULL else 2
"""In full 2,016 contested attempts."""
TUESDAY = "2026-11-24T09:00:00+08:00"
ONE_HOUR = Change(date(2026, 11, 24), 9 * 60, 10 * 60, opens=True)
SPREAD_SECONDS = 0.05
LIMIT = moment("2026-11-22 12:10")
"""When an hour that is held now is held no more."""


def attempt(people: list[str], lin: Office, starts_at: str, number: int) -> str:
    try:
        held_alone(people[number], lin, starts_at)
    except SlotTaken:
        return "taken"
    return "held"


def with_hours(lin: Office, *hours: Change) -> None:
    """Let a counsellor have these hours and no others."""
    replace_openings(lin.id, [], hours, None)


def told(to: Recipient, about_id: str) -> Counter[Kind]:
    """Return what somebody was told of one appointment until now, by kind."""
    return Counter(each.content.kind for each in list_messages(to) if each.content.about_id == about_id)


def acts_of(appointment_id: str) -> list[str]:
    with reading(Store.MAIN) as session:
        of_this = select(BookingEvent.act).where(BookingEvent.booking_id == appointment_id)
        return list(session.execute(of_this.order_by(BookingEvent.number)).scalars())


def offers_of(*account_ids: str) -> list[int]:
    return [len(list_offers(each)) for each in account_ids]


def let_go(*account_ids: str) -> None:
    """Give back whatever is offered to somebody."""
    for account_id in account_ids:
        for offer in list_offers(account_id):
            decline_offer(account_id, offer.id)


def test_an_hour_goes_to_exactly_one(app: Flask, clock: Clock) -> None:
    people = accounts_of(CLIENTS)
    for number in range(ROUNDS):
        lin = office(app, f"counsellor-{number}")
        found = Counter(at_once(app, partial(attempt, people, lin, MONDAY), CLIENTS))
        assert found == {"held": 1, "taken": CLIENTS - 1}
        clock.advance(minutes=10)
    assert find_problems() == []


def test_a_person_who_taps_everywhere_holds_no_more_than_two(app: Flask, clock: Clock) -> None:
    (person,) = accounts_of(1)
    offices = [office(app, f"counsellor-{number}") for number in range(6)]

    def tap(number: int) -> str:
        try:
            held_alone(person, offices[number], MONDAY)
        except TooManyAppointments as refused:
            return type(refused).__name__
        return "held"

    assert Counter(at_once(app, tap, 6)) == {"held": 2, "TooManyAppointments": 4}
    assert find_problems() == []


def test_a_hold_that_runs_out_is_confirmed_by_its_owner_or_taken_by_another(app: Flask, clock: Clock) -> None:
    """To the owner there is still a second left, to the others it is over."""
    owner, *others = accounts_of(1 + CLIENTS // 2)
    lin = office(app)
    for _ in range(ROUNDS):
        app.extensions["heartport.clock"] = clock
        held = held_alone(owner, lin)
        app.extensions["heartport.clock"] = clocks = TwoClocks(LIMIT)
        confirming = partial(confirm_appointment, owner, held, 1, VERSION, None)
        taking: list[Attempt] = [clocks.late(partial(held_alone, each, lin)) for each in others]
        came = race(app, [confirming] * len(others) + taking)
        own, theirs = Counter(came[: len(others)]), Counter(came[len(others) :])
        if own[DONE]:
            assert own == {DONE: len(others)}, "whoever taps again is told the same"
            assert theirs == {SlotTaken.code: len(others)}
        else:
            assert set(own) <= {"hold_expired", "booking_state"}
            assert theirs == {DONE: 1, SlotTaken.code: len(others) - 1}
        assert len(rows()) == 1
        give_back(rows()[0].booking_id)
    assert find_problems() == []


def give_back(appointment_id: str) -> None:
    row = row_of(appointment_id)
    cancel_appointment(str(row.account_id), row.id, row.version)


def test_an_offer_is_accepted_declined_or_runs_out_and_only_one_of_these(app: Flask, clock: Clock) -> None:
    """Whoever answers still has a second, to the sweeper it is over; the next in line has it if it was let go."""
    owner, following = accounts_of(2)
    lin, third = office(app), CLIENTS // 3
    outcomes = {State.HELD: Act.ACCEPT, State.DECLINED: Act.DECLINE, State.EXPIRED: Act.EXPIRE}
    for _ in range(ROUNDS):
        app.extensions["heartport.clock"] = clock
        with_hours(lin)
        lined_up(lin, owner, following)
        with_hours(lin, ONE_HOUR)
        settle_lines()
        (offer,) = list_offers(owner)
        app.extensions["heartport.clock"] = clocks = TwoClocks(offer.expires_at)
        accepting, declining = partial(accept_offer, owner, offer.id), partial(decline_offer, owner, offer.id)
        sweeping = clocks.late(settle_lines)
        came = race(app, [accepting] * third + [declining] * third + [sweeping] * third, SPREAD_SECONDS)
        state = State(row_of(offer.id).state)
        assert acts_of(offer.id) == [Act.OFFER, outcomes[state]]
        if state is State.HELD:
            assert Counter(came[:third]) == {DONE: third}
            assert Counter(came[third : 2 * third]) == {OfferUnknown.code: third}
        else:
            assert set(came[:third]) <= {OfferUnknown.code, OfferExpired.code}
            assert Counter(came[third : 2 * third]) == {DONE: third}, "what is gone need not be declined any more"
        assert offers_of(owner, following) == [0, state is not State.HELD]
        assert told(to_employee(owner), offer.id)[Kind.OFFER_EXPIRED] == (state is State.EXPIRED)
        if state is State.HELD:
            give_back(offer.id)
        let_go(following)
    assert find_problems() == []


@pytest.mark.parametrize("share_of_the_person", [1, 0, 0.5], ids=["the person", "the counsellor", "both"])
def test_what_is_cancelled_many_times_at_once_is_cancelled_once(
    app: Flask, clock: Clock, share_of_the_person: float
) -> None:
    """The hour is freed once, the audit has one row more, and the other side is told once."""
    owner, first, second = accounts_of(3)
    lin = office(app)
    by_person = round(CLIENTS * share_of_the_person)
    for _ in range(ROUNDS):
        with_hours(lin, ONE_HOUR)
        mine = booked_alone(owner, lin, TUESDAY)
        lined_up(lin, first, second)
        giving = [partial(cancel_appointment, owner, mine, 2)] * by_person
        calling_off = [partial(call_off, lin.staff_id, mine, 2)] * (CLIENTS - by_person)
        came = race(app, giving + calling_off, SPREAD_SECONDS)
        was_given = row_of(mine).state == State.CANCELLED
        won, lost = (came[:by_person], came[by_person:]) if was_given else (came[by_person:], came[:by_person])
        assert (set(won), set(lost)) == ({DONE}, {"booking_state"} if lost else set())
        assert acts_of(mine)[2:] == [Act.CANCEL if was_given else Act.CANCEL_BY_COUNSELLOR]
        assert offers_of(first, second, owner) == [was_given, 0, 0], "freed once, or closed"
        assert told(to_staff(lin.staff_id), mine)[Kind.CANCELLED] == was_given
        assert told(to_employee(owner), mine)[Kind.CANCELLED] == (not was_given)
        assert len(places_of(owner)) == (not was_given)
        let_go(first, second)
        with_hours(lin, ONE_HOUR)
        settle_lines()
        let_go(owner, first, second)
    assert find_problems() == []


def test_what_is_handed_over_while_it_is_cancelled_is_one_or_the_other(app: Flask, clock: Clock) -> None:
    (owner,) = accounts_of(1)
    lin, wang = office(app), office(app, "counsellor-wang")
    few = CLIENTS // 6
    many = CLIENTS - 2 * few  # Handing over has the longest way to the lock.
    for _ in range(ROUNDS):
        with_hours(lin, ONE_HOUR)
        mine = booked_alone(owner, lin, TUESDAY)
        handing = [partial(transfer_appointment, mine, wang.id)] * many
        giving = [partial(cancel_appointment, owner, mine, 2)] * few
        calling_off = [partial(call_off, lin.staff_id, mine, 2)] * few
        came = race(app, handing + giving + calling_off, SPREAD_SECONDS)
        handed, given, called = Counter(came[:many]), Counter(came[many:-few]), Counter(came[-few:])
        row = row_of(mine)
        is_done = [row.state == each for each in (State.BOOKED, State.CANCELLED, State.CANCELLED_BY_COUNSELLOR)]
        assert [handed[DONE], given[DONE], called[DONE]] == [many * is_done[0], few * is_done[1], few * is_done[2]]
        assert {*came} <= {DONE, "booking_state", "booking_changed", "appointment_unknown"}
        assert (row.version, len(acts_of(mine))) == (3, 3)
        assert [each.resource_id for each in rows()] == [wang.id] * is_done[0]
        assert told(to_employee(owner), mine)[Kind.UPDATED] == is_done[0]
        if row.state == State.BOOKED:
            give_back(mine)
        with_hours(lin, ONE_HOUR)
        settle_lines()
        let_go(owner)
    assert find_problems() == []


# Controls: look first, write then


class Hasty:
    """Looks how an appointment stands, waits until all have looked, and does what seemed possible."""

    def __init__(self, lookers: int) -> None:
        self._all_have_looked = threading.Barrier(lookers, timeout=30)

    def act(self, appointment_id: str, name: Act) -> bool:
        move = APPOINTMENTS.moves[name]
        seems_possible = row_of(appointment_id).state in move.before
        self._all_have_looked.wait()
        if seems_possible:
            same = Appointment.id == appointment_id
            done(lambda session: session.execute(update(Appointment).where(same).values(state=move.after)) and None)
            if move.after in ENDED:
                freed = delete(Occupancy).where(Occupancy.booking_id == appointment_id)
                done(lambda session: session.execute(freed) and None)
        return seems_possible


CONTESTED: dict[str, Sequence[Act]] = {
    "held": [Act.CONFIRM, Act.EXPIRE],
    "offered": [Act.ACCEPT, Act.DECLINE, Act.EXPIRE],
    "cancelled twice": [Act.CANCEL, Act.CANCEL],
    "cancelled by both": [Act.CANCEL, Act.CANCEL_BY_COUNSELLOR],
    "handed over": [Act.TRANSFER, Act.CANCEL],
}


@pytest.mark.parametrize("what", CONTESTED)
def test_control_whoever_looks_first_does_what_another_has_done(app: Flask, clock: Clock, what: str) -> None:
    lin, (owner,), acts = office(app), accounts_of(1), CONTESTED[what]
    if what == "offered":
        with_hours(lin)
        lined_up(lin, owner)
        with_hours(lin, ONE_HOUR)
        settle_lines()
        mine = list_offers(owner)[0].id
    else:
        mine = (held_alone if what == "held" else booked_alone)(owner, lin)
    hasty = Hasty(len(acts))
    assert all(at_once(app, lambda number: hasty.act(mine, acts[number]), len(acts)))
    assert find_problems() != []


def test_control_looking_first_and_inserting_then_books_twice(app: Flask, clock: Clock) -> None:
    """The same race without the calendar: the suite would see it if the hour went to two."""
    people, lin, start = accounts_of(CLIENTS), office(app), tick("2026-11-23 09:00")
    free = select(Appointment.id).where(Appointment.counsellor_id == lin.id, Appointment.starts == start)

    def naive(number: int) -> str:
        with reading(Store.MAIN) as session:
            if session.execute(free).first():
                return "taken"
        row = {"id": new_public_id(), "account_id": people[number], "counsellor_id": lin.id, "state": "booked"}
        row |= {"version": 1, "starts": start, "ends": start + 4, "mode": "phone"}
        with engine_of(Store.MAIN).begin() as connection:
            connection.execute(insert(Appointment).values(row))
        return "held"

    for _ in range(20):
        if Counter(at_once(app, naive, CLIENTS))["held"] > 1:
            break
    else:
        pytest.fail("the naive way never booked twice")
    assert find_problems() != []
