"""Somebody on duty, and somebody who may ask to be called; it is Sunday noon."""

import pytest
from flask import Flask

from tests.conftest import Clock, Person
from tests.duty.teams import Team, make_team, put_on_duty, shift
from tests.followups.desk import asking_person


@pytest.fixture
def team(app: Flask, clock: Clock) -> Team:
    """Anne, Ben and Cleo, on duty from 9 to 18 on this day and the next."""
    made = make_team(app)
    put_on_duty(shift(9, 18), shift(33, 42))
    return made


@pytest.fixture
def person(app: Flask, team: Team) -> Person:
    """An adult who agreed to be called."""
    return asking_person(app)
