"""Many who want one hour at the same moment; beside it a control that looks first and inserts then, and must fail."""

from collections import Counter
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import insert, select

from heartport.booking.counselling.appointments import confirm_appointment
from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.rules.limits import TooManyAppointments
from heartport.booking.invariants import find_problems
from heartport.booking.occupancy import HoldExpired, SlotTaken
from heartport.booking.rules.machines import BookingStateWrong
from heartport.columns import new_public_id
from heartport.stores import Store, engine_of, reading
from tests.booking.counselling.office import MONDAY, VERSION, Office, held_alone, office
from tests.booking.desk import tick
from tests.booking.lectures.hall import accounts_of
from tests.conftest import Clock
from tests.killing import FULL
from tests.threads import at_once

CLIENTS = 48 if FULL else 8
ROUNDS = 42 if FULL else 3
"""In full 2,016 contested attempts."""


def attempt(people: list[str], lin: Office, starts_at: str, number: int) -> str:
    try:
        held_alone(people[number], lin, starts_at)
    except SlotTaken:
        return "taken"
    return "held"


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


def test_a_hold_that_is_over_is_confirmed_or_taken_and_never_both(app: Flask, clock: Clock) -> None:
    owner, other = accounts_of(2)
    for number in range(ROUNDS):
        lin = office(app, f"counsellor-{number}")
        held = held_alone(owner, lin)
        clock.advance(minutes=10)

        def act(which: int, held: str = held, lin: Office = lin) -> str:
            try:
                if which:
                    return attempt([other, other], lin, MONDAY, 0)
                confirm_appointment(owner, held, 1, VERSION, None)
            except (HoldExpired, BookingStateWrong) as refused:
                return type(refused).__name__
            return "confirmed"

        own, theirs = at_once(app, act, 2)
        assert own != "confirmed"
        assert theirs == "held"
        clock.advance(minutes=10)
    assert find_problems() == []


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
