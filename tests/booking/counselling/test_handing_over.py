"""An appointment is handed over while somebody else is about to do something with it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport.booking.audit import BookingChanged
from heartport.booking.counselling import desk, rows
from heartport.booking.counselling.appointments import reschedule_appointment
from heartport.booking.counselling.desk import transfer_appointment
from heartport.booking.counselling.models import Appointment
from heartport.booking.counselling.references import AppointmentUnknown
from heartport.booking.counselling.rows import hold_row, hold_rows
from heartport.booking.invariants import find_problems
from heartport.booking.models import Resource
from heartport.booking.rules.machines import BookingStateWrong
from heartport.stores import Store, engine_of, reading, write_transaction
from tests.booking.counselling.office import LATER, Office, booked, office, step
from tests.booking.desk import moment
from tests.conftest import Clock, Person

WEDNESDAY = "2026-11-25T09:00:00+08:00"


def elsewhere(app: Flask, work: Callable[[], object]) -> None:
    """Do something on another connection, and wait for it."""

    def within() -> None:
        with app.app_context():
            work()

    with ThreadPoolExecutor(1) as other:
        other.submit(within).result()


def unlocked(app: Flask) -> set[str]:
    """Return the resources that nobody has locked."""
    found: list[str] = []

    def look() -> None:
        with reading(Store.MAIN) as session:
            free = select(Resource.id).with_for_update(key_share=True, skip_locked=True)
            found.extend(session.execute(free).scalars())

    elsewhere(app, look)
    return set(found)


@pytest.fixture
def handed_over(
    app: Flask, clock: Clock, employee: Person, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Office, Office]:
    """An appointment that goes to somebody else between the look at whose it is and the lock."""
    if engine_of(Store.MAIN).dialect.name == "sqlite":
        pytest.skip("one writer at a time: nothing happens in between")
    lin, wang = office(app), office(app, "counsellor-wang")
    mine = booked(employee, lin, WEDNESDAY)["id"]
    real = rows.lock_resources

    def overtaken(session: Session, resource_ids: set[str]) -> dict[str, bool]:
        monkeypatch.setattr(rows, "lock_resources", real)
        elsewhere(app, lambda: transfer_appointment(mine, wang.id))
        return real(session, resource_ids)

    monkeypatch.setattr(rows, "lock_resources", overtaken)
    return mine, lin, wang


def test_whoever_has_it_now_is_locked_and_nobody_else(app: Flask, handed_over: tuple[str, Office, Office]) -> None:
    mine, lin, wang = handed_over

    def work(session: Session) -> None:
        row = hold_row(session, Appointment.id == mine)
        assert (row.counsellor_id, row.version) == (wang.id, 3)
        assert unlocked(app) == {lin.id}

    write_transaction(Store.MAIN, work)


def test_all_of_a_persons_are_locked_as_they_are_now(
    app: Flask, employee: Person, handed_over: tuple[str, Office, Office]
) -> None:
    _, lin, wang = handed_over

    def work(session: Session) -> None:
        (row,) = hold_rows(session, Appointment.account_id == employee.account_id)
        assert row.counsellor_id == wang.id
        assert unlocked(app) == {lin.id}

    write_transaction(Store.MAIN, work)


def test_whoever_had_it_does_nothing_with_it_any_more(handed_over: tuple[str, Office, Office]) -> None:
    mine, lin, _ = handed_over
    with pytest.raises(AppointmentUnknown):
        desk.call_off(lin.staff_id, mine, 2)
    assert find_problems() == []


@pytest.mark.parametrize("overtaking", ["move", "transfer", "cancel"])
def test_a_handing_over_that_is_overtaken_changes_nothing(
    app: Flask, clock: Clock, employee: Person, monkeypatch: pytest.MonkeyPatch, overtaking: str
) -> None:
    lin, wang, third = office(app), office(app, "counsellor-wang"), office(app, "counsellor-zhao")
    mine = booked(employee, lin, WEDNESDAY)
    later = moment("2026-11-25 10:15")
    acts = {
        "move": lambda: reschedule_appointment(employee.account_id, mine["id"], 2, later, within_week=False),
        "transfer": lambda: transfer_appointment(mine["id"], third.id),
        "cancel": lambda: step(employee, mine, "cancel"),
    }
    real = desk.write_transaction

    def overtaken(store: Store, work: Callable[[Session], None]) -> None:
        monkeypatch.setattr(desk, "write_transaction", real)
        acts[overtaking]()
        real(store, work)

    monkeypatch.setattr(desk, "write_transaction", overtaken)
    with pytest.raises(BookingStateWrong if overtaking == "cancel" else BookingChanged) as refused:
        transfer_appointment(mine["id"], wang.id)
    assert refused.value.code == ("booking_state" if overtaking == "cancel" else "booking_changed")
    assert wang.at_desk().get("appointments").json["items"] == []
    assert find_problems() == []


def test_handing_over_to_whoever_has_it_changes_nothing(app: Flask, clock: Clock, employee: Person) -> None:
    lin = office(app)
    mine = booked(employee, lin, LATER)
    transfer_appointment(mine["id"], lin.id)
    assert employee.get(f"appointments/{mine['id']}").json == mine
    with pytest.raises(AppointmentUnknown):
        transfer_appointment("nowhere", lin.id)
