"""Runs the jobs of the table at their times; a job that fails is logged and runs again at its next time."""

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from heartport.jobs.table import JOBS, Job
from heartport.local_time import SHANGHAI

log = structlog.get_logger("heartport.jobs")


def scheduler_for(app: Flask) -> BlockingScheduler:
    """Return a scheduler that holds every job of the table; one run at a time, missed runs made up once."""
    scheduler = BlockingScheduler(timezone=SHANGHAI)
    for job in JOBS:
        scheduler.add_job(
            run_job,
            "cron",
            args=(app, job),
            id=job.name,
            hour=job.hour,
            minute=job.minute,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=3600,
        )
    return scheduler


def run_job(app: Flask, job: Job) -> bool:
    """Run one job inside the application, log how much it did, and return whether it worked."""
    with app.app_context():
        try:
            count = job.run()
        except Exception as failure:  # The clock goes on, whatever one job meets.
            log.error("job_failed", job=job.name, exception=type(failure).__qualname__)
            return False
        log.info("job_done", job=job.name, count=count)
        return True
