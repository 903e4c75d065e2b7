"""The clock runs the table and nothing else; a job that fails is logged without its text, and the rest goes on."""

from datetime import datetime

import pytest
from flask import Flask, current_app

from heartport.jobs import clock, commands
from heartport.jobs.clock import run_job, scheduler_for
from heartport.jobs.table import JOBS, Job
from heartport.local_time import SHANGHAI
from tests.conftest import Logged

SECRET = "oSecret42"


def fail() -> int:
    raise LookupError(f"no such thing: {SECRET}")


def count_three() -> int:
    assert current_app
    return 3


BROKEN = Job("broken on purpose", fail, hour="*", minute="7")
WORKING = Job("count three", count_three, hour="3", minute="17")


def test_the_scheduler_holds_exactly_the_table() -> None:
    scheduler = scheduler_for(Flask("clock"))
    assert {job.id for job in scheduler.get_jobs()} == {job.name for job in JOBS}
    assert len(scheduler.get_jobs()) == len(JOBS)


def test_times_are_those_of_shanghai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "JOBS", (WORKING,))
    scheduler = scheduler_for(Flask("clock"))
    assert str(scheduler.timezone) == "Asia/Shanghai"
    (job,) = scheduler.get_jobs()
    night = datetime(2026, 11, 22, 3, 0, tzinfo=SHANGHAI)
    assert job.trigger.get_next_fire_time(None, night) == datetime(2026, 11, 22, 3, 17, tzinfo=SHANGHAI)


def test_every_time_of_the_table_comes_within_a_day() -> None:
    start = datetime(2026, 11, 22, 12, 0, tzinfo=SHANGHAI)
    for job in scheduler_for(Flask("clock")).get_jobs():
        assert (job.trigger.get_next_fire_time(None, start) - start).total_seconds() <= 24 * 3600


def test_a_missed_run_is_made_up_once_and_no_job_overlaps_itself() -> None:
    for job in scheduler_for(Flask("clock")).get_jobs():
        assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, 3600)


def test_a_job_runs_within_the_application_and_logs_how_much_it_did(logged: Logged) -> None:
    assert run_job(Flask("clock"), WORKING) is True
    (line,) = logged.of("job_done")
    assert (line["job"], line["count"]) == ("count three", 3)


def test_a_failing_job_is_logged_without_its_text(logged: Logged) -> None:
    assert run_job(Flask("clock"), BROKEN) is False
    (line,) = logged.of("job_failed")
    assert (line["job"], line["exception"], line["level"]) == ("broken on purpose", "LookupError", "error")
    assert SECRET not in logged.text


@pytest.fixture
def app_with_commands() -> Flask:
    made = Flask("clock")
    made.cli.add_command(commands.jobs_commands)
    return made


def test_once_runs_every_job_even_after_a_failing_one(
    app_with_commands: Flask, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "JOBS", (BROKEN, WORKING, BROKEN, WORKING))
    answer = app_with_commands.test_cli_runner().invoke(args=["jobs", "once"])
    assert len(logged.of("job_done")) == 2
    assert len(logged.of("job_failed")) == 2
    assert answer.exit_code == 1


def test_once_ends_well_when_every_job_did(
    app_with_commands: Flask, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "JOBS", (WORKING,))
    assert app_with_commands.test_cli_runner().invoke(args=["jobs", "once"]).exit_code == 0


def test_once_works_on_the_real_application(app: Flask, logged: Logged) -> None:
    assert app.test_cli_runner().invoke(args=["jobs", "once"]).exit_code == 0
    assert [line["job"] for line in logged.of("job_done")] == [job.name for job in JOBS]
