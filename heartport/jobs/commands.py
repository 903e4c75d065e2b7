"""`flask jobs run` keeps the clock, `flask jobs once` runs every job now."""

import signal
from types import FrameType

from flask import Flask, current_app
from flask.cli import AppGroup

from heartport.jobs.clock import run_job, scheduler_for
from heartport.jobs.table import JOBS

jobs_commands = AppGroup("jobs", help="Run what runs by itself.")


@jobs_commands.command("run")
def run() -> None:
    """Keep the clock until SIGTERM or Ctrl-C."""
    scheduler = scheduler_for(_app())

    def stop(_signal: int, _frame: FrameType | None) -> None:
        scheduler.shutdown(wait=False)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.start()


@jobs_commands.command("once")
def once() -> None:
    """Run every job now, one after the other; exits with 1 if any of them failed."""
    failed = [job for job in JOBS if not run_job(_app(), job)]
    if failed:
        raise SystemExit(1)


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's own way
    return app
