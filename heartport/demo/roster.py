"""The demonstration's roster: somebody is on duty at any hour, from now on."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from heartport import clock
from heartport.duty.roster import extend_roster
from heartport.duty.rules import Shift
from heartport.local_time import SHANGHAI


def load_roster(folder: Path) -> None:
    """Fill the days ahead with shifts where there are none, and say who is on duty."""
    roster = yaml.safe_load((folder / "roster.yaml").read_text(encoding="utf-8"))
    now, today = clock.now(), clock.today()
    days = (today + timedelta(days=number) for number in range(-1, roster["days"]))
    shifts = [shift for day in days for shift in _shifts_of(day, roster["shifts"])]
    extend_roster([shift for shift in shifts if shift.ends_at > now])
    for each in roster["shifts"]:
        people = "，".join(f"{duty} {each[duty]}" for duty in ("primary", "backup", "supervisor"))
        print(f"demo duty {each['from']}–{each['to']}: {people}")


def _shifts_of(day: date, lines: list[dict[str, Any]]) -> Iterator[Shift]:
    for line in lines:
        starts_at, ends_at = (_at(day, line[name]) for name in ("from", "to"))
        if ends_at <= starts_at:
            ends_at += timedelta(days=1)
        yield Shift(starts_at, ends_at, line["primary"], line["backup"], line["supervisor"])


def _at(day: date, text: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), SHANGHAI)
