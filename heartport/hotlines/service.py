"""The hotlines and clinics of this deployment, as of now."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Generic, TypeVar

import structlog
from flask import Flask

from heartport import clock
from heartport.config import Settings, SettingsError
from heartport.extensions import registry
from heartport.hotlines.directory import load_clinics, load_directory
from heartport.hotlines.rules import (
    Directory,
    clinic_problems_for_production,
    for_crisis,
    in_order,
    is_stale,
    problems_for_production,
)
from heartport.hotlines.schemas import ClinicOut, HotlineOut, clinic_out, hotline_out

Line = TypeVar("Line")
log = structlog.get_logger("heartport.hotlines")


class EachMinute(Generic[Line]):
    """What many results show, made once a minute: opening hours are exact to the minute."""

    def __init__(self, make: Callable[[datetime], list[Line]]) -> None:
        self._make = make
        self._made: tuple[datetime | None, list[Line]] = None, []

    def at(self, now: datetime) -> list[Line]:
        """Return what is shown at this moment; who changes it has a list of their own."""
        minute, made = self._made
        if minute != (this := now.replace(second=0, microsecond=0)):
            made = self._make(this)
            self._made = this, made
        return list(made)


def init_app(app: Flask, settings: Settings) -> None:
    """Read both lists; raises `ContentRefused`, and in production `SettingsError` where nobody answers at night."""
    directory = load_directory(settings.content_dir / "hotlines.yaml")
    clinics = load_clinics(settings.content_dir / "clinics.yaml")
    app.extensions["heartport.hotlines"] = directory
    app.extensions["heartport.crisis_hotlines"] = EachMinute(
        lambda now: [hotline_out(line, now) for line in for_crisis(directory.hotlines, now)]
    )
    app.extensions["heartport.clinics"] = EachMinute(lambda now: [clinic_out(clinic, now) for clinic in clinics])
    if settings.demo:
        return
    with app.app_context():
        today = clock.today()
    for problem in (*problems_for_production(directory, today), *clinic_problems_for_production(clinics)):
        raise SettingsError(f"HEARTPORT_CONTENT_DIR: {problem}")
    for line in directory.hotlines:
        if is_stale(line, today):
            log.warning("hotline_unverified_for_long", number=line.number, verified_on=line.verified_on.isoformat())


def list_hotlines(district: str | None = None) -> list[HotlineOut]:
    """Return the lines for a district, whoever answers now first."""
    return [hotline_out(line, clock.now()) for line in in_order(_directory().hotlines, clock.now(), district)]


def list_open_hotlines() -> list[HotlineOut]:
    """Return the lines that answer at this moment."""
    return [line for line in list_hotlines() if line["open_now"]]


def list_crisis_hotlines() -> list[HotlineOut]:
    """Return the lines that stand on a crisis card."""
    lines: EachMinute[HotlineOut] = registry()["heartport.crisis_hotlines"]
    return lines.at(clock.now())


def list_hotlines_of(numbers: Collection[str]) -> list[HotlineOut]:
    """Return the lines of these numbers that are for everywhere, whoever answers now first."""
    served = in_order(_directory().hotlines, clock.now())
    return [hotline_out(line, clock.now()) for line in served if line.number in numbers]


def hotline_numbers() -> frozenset[str]:
    """Return the numbers of all lines that are for everywhere."""
    return frozenset(line.number for line in _directory().hotlines if line.district is None)


def list_clinics() -> list[ClinicOut]:
    """Return the hospital clinics that this deployment recommends."""
    clinics: EachMinute[ClinicOut] = registry()["heartport.clinics"]
    return clinics.at(clock.now())


def _directory() -> Directory:
    directory: Directory = registry()["heartport.hotlines"]
    return directory
