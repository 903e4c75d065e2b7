"""What runs by itself: each job does its own thing, and only that."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from heartport.jobs.table import JOBS
from heartport.members import sessions
from heartport.members.models import AccessToken
from heartport.stores import Store, reading
from tests.conftest import Clock, Person


def run(name: str) -> int:
    (job,) = [each for each in JOBS if each.name == name]
    return job.run()


def count_tokens() -> int:
    with reading(Store.MAIN) as session:
        return session.scalar(select(func.count()).select_from(AccessToken)) or 0


def test_every_job_has_a_name_of_its_own_and_one_use_case() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert len({job.run for job in JOBS}) == len(JOBS)
    for job in JOBS:
        assert job.run.__module__.startswith("heartport.")
        assert job.run.__doc__


def test_every_job_runs_on_empty_stores_and_counts_nothing(app: Flask) -> None:
    assert [job.run() for job in JOBS] == [0] * len(JOBS)


def test_expired_tokens_are_deleted_and_live_ones_stay(app: Flask, clock: Clock, old_and_young: list[Person]) -> None:
    old, young = old_and_young
    clock.moment = datetime(2026, 12, 21, 15, 59, tzinfo=UTC)
    assert run("delete expired tokens") == 0
    clock.advance(minutes=1)
    assert run("delete expired tokens") == 1
    assert run("delete expired tokens") == 0
    assert count_tokens() == 1
    assert young.get("me").status_code == 200
    assert old.get("me").status_code == 401


@pytest.fixture
def old_and_young(app: Flask, clock: Clock) -> list[Person]:
    """Two sessions of one account, a day apart."""
    account_id = sessions.find_or_create_account("openid-of-somebody-0000000001")
    app.extensions["heartport.vault"].ensure_subject(account_id)
    old = Person(app, sessions.open_session(account_id).token)
    clock.advance(days=1)
    young = Person(app, sessions.open_session(account_id).token)
    clock.advance(days=-1)
    return [old, young]
