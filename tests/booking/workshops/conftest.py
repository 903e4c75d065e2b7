"""Everybody who has to do with workshops; it is Sunday noon, three weeks before the workshop."""

import pytest
from flask import Flask

from tests.booking.workshops.desk import Desk, make_desk
from tests.conftest import Clock


@pytest.fixture
def desk(app: Flask, clock: Clock) -> Desk:
    """Unit heads, coordinators, a facilitator and a room."""
    return make_desk(app)
