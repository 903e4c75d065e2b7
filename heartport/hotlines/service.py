"""The hotlines and clinics of this deployment, as of now."""

from collections.abc import Collection

import structlog
from flask import Flask, current_app

from heartport import clock
from heartport.config import Settings, SettingsError
from heartport.hotlines.directory import load_clinics, load_directory
from heartport.hotlines.rules import (
    Clinic,
    Directory,
    clinic_problems_for_production,
    for_crisis,
    in_order,
    is_stale,
    problems_for_production,
)
from heartport.hotlines.schemas import ClinicOut, HotlineOut, clinic_out, hotline_out

log = structlog.get_logger("heartport.hotlines")


def init_app(app: Flask, settings: Settings) -> None:
    """Read both lists; raises `ContentRefused`, and in production `SettingsError` where nobody answers at night."""
    directory = load_directory(settings.content_dir / "hotlines.yaml")
    clinics = load_clinics(settings.content_dir / "clinics.yaml")
    app.extensions["heartport.hotlines"] = directory
    app.extensions["heartport.clinics"] = clinics
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
    return [hotline_out(line, clock.now()) for line in for_crisis(_directory().hotlines, clock.now())]


def list_hotlines_of(numbers: Collection[str]) -> list[HotlineOut]:
    """Return the lines of these numbers that are for everywhere, whoever answers now first."""
    served = in_order(_directory().hotlines, clock.now())
    return [hotline_out(line, clock.now()) for line in served if line.number in numbers]


def hotline_numbers() -> frozenset[str]:
    """Return the numbers of all lines that are for everywhere."""
    return frozenset(line.number for line in _directory().hotlines if line.district is None)


def list_clinics() -> list[ClinicOut]:
    """Return the hospital clinics that this deployment recommends."""
    clinics: tuple[Clinic, ...] = current_app.extensions["heartport.clinics"]
    return [clinic_out(clinic, clock.now()) for clinic in clinics]


def _directory() -> Directory:
    directory: Directory = current_app.extensions["heartport.hotlines"]
    return directory
