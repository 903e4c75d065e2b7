"""The demonstration's service figures: half a year of invented visits and bookings, published by the real mechanism."""

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from heartport import clock
from heartport.insights.openings import floor
from heartport.insights.rules.months import Part, months_over, published_from
from heartport.insights.rules.service import Held, Hour, Kind, Shown, booking_figures
from heartport.insights.service_publishing import publish_part, shown_visitors

CAME = 0.8
"""So many of those who had a place or an hour come."""


def load_service_figures(folder: Path) -> None:
    """Publish the months before this one as far as they are due and not published, and say so."""
    said = yaml.safe_load((folder / "service.yaml").read_text(encoding="utf-8"))
    months = months_over(clock.today())[: said["months"]]
    for month in months:
        for part, figures in _invented(said["districts"], month).items():
            if published_from(month, part) <= clock.today():
                publish_part(month, part, figures, synthetic=True)
    print(f"demo service figures {months[-1]} to {months[0]}: {said['note']}")


def _invented(said: Mapping[str, Any], month: str) -> dict[Part, Shown]:
    """Return what is shown of a month; what was counted is the same at each demonstration."""
    source = random.Random(f"heartport {month}")  # noqa: S311 - people are invented here, not protected
    people = {district: _about(usual["visitors"], source) for district, usual in said.items()}
    held = [each for district, usual in said.items() for each in _held(district, usual, source)]
    hours = [each for district, usual in said.items() for each in _hours(district, usual, source)]
    return {Part.SIGN_INS: shown_visitors(people), Part.BOOKINGS: booking_figures(held, hours, floor())}


def _held(district: str, usual: Mapping[str, Any], source: random.Random) -> Iterator[Held]:
    for kind, counts in ((Kind.LECTURE, usual["lectures"]), (Kind.WORKSHOP, usual["workshops"])):
        for count in counts:
            booked = _about(count, source)
            yield Held(kind, district, booked, round(booked * CAME))


def _hours(district: str, usual: Mapping[str, Any], source: random.Random) -> Iterator[Hour]:
    for number in range(_about(usual["appointments"], source)):
        yield Hour(district, str(number), source.random() < CAME)


def _about(count: int, source: random.Random) -> int:
    """Return a count that is up to a fifth less or more."""
    return round(count * source.uniform(0.8, 1.2))
