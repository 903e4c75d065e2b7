"""Quiet hours: from 22 to 8 nobody is disturbed, and no time to answer runs."""

from datetime import datetime, time, timedelta

from heartport.local_time import SHANGHAI, local

WAKES, SLEEPS = 8, 22
"""Local hours; an offer that came at night would be lost by morning."""


def next_waking(moment: datetime) -> datetime:
    """Return this moment, or 8:00 after it where it lies in quiet hours."""
    here = local(moment)
    if here.hour >= SLEEPS:
        return _at(here + timedelta(days=1), WAKES)
    return _at(here, WAKES) if here.hour < WAKES else here


def after_waking(moment: datetime, duration: timedelta) -> datetime:
    """Return when so much time has run since a moment, quiet hours not counted."""
    here, left = next_waking(moment), duration
    while (runs := _at(here, SLEEPS) - here) < left:
        here, left = next_waking(_at(here, SLEEPS)), left - runs
    return here + left


def _at(day: datetime, hour: int) -> datetime:
    return datetime.combine(day.date(), time(hour), SHANGHAI)
