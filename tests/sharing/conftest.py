"""Anne and Dora are counsellors, Ben is the clinical lead, Cleo the coordinator; it is Sunday noon."""

import pytest
from flask import Flask

from heartport.callers import COUNSELLOR
from tests.conftest import Clock, Person
from tests.duty.teams import Team, make_team
from tests.sharing.appointments import make_appointment
from tests.staff.doors import make_staff


@pytest.fixture
def team(app: Flask, clock: Clock) -> Team:
    """The four of them."""
    made = make_team(app)
    make_staff(app, "dora", (COUNSELLOR, None))
    return made


@pytest.fixture
def anne(team: Team) -> Person:
    """A counsellor."""
    return team.client("anne")


@pytest.fixture
def result(employee: Person) -> str:
    """A result of the employee's, in which item 9 was answered."""
    answers = {f"q{number}": 2 for number in range(1, 10)}
    body = {"version": "1.0.0", "attempt_id": "attempt-to-be-shared", "answers": answers, "duration_ms": 61234}
    return employee.post("scales/phq9/submissions", body).json["id"]


@pytest.fixture
def appointment(employee: Person, anne: Person) -> str:
    """An appointment of the employee with Anne, in two days."""
    return make_appointment(employee, anne.account_id)
