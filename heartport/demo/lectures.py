"""The demonstration's open lectures: two to come at any time."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import staff_actor
from heartport.booking.calendar_days import current_days
from heartport.booking.lectures.listing import list_planned
from heartport.booking.lectures.planning import draft_lecture, open_lecture
from heartport.booking.lectures.rules.details import Details
from heartport.booking.lectures.rules.states import SHOWN
from heartport.booking.resources import add_person, resource_of_staff
from heartport.booking.rules.days import DayKind
from heartport.booking.rules.grid import moment_of
from heartport.local_time import SHANGHAI
from heartport.staff.accounts import staff_id_of
from heartport.stores import Store, write_transaction

PLANNED_BY = "demo"


def load_lectures(folder: Path) -> None:
    """Plan and open the lectures that are not to come yet, and say where and when they are."""
    there = {each.lecture.title: each.lecture for each in list_planned() if _is_to_come(each.lecture)}
    for entry in yaml.safe_load((folder / "lectures.yaml").read_text(encoding="utf-8"))["lectures"]:
        if entry["title"] not in there:
            _plan(entry)
    for each in list_planned():
        if each.lecture.state in SHOWN:
            print(f"demo lecture {moment_of(each.lecture.starts):%Y-%m-%d %H:%M}: {each.lecture.title}")


def _is_to_come(lecture: Any) -> bool:  # noqa: ANN401 - a row of the lectures
    return lecture.state in SHOWN and moment_of(lecture.starts) > clock.now()


def _plan(entry: dict[str, Any]) -> None:
    staff_id, actor = staff_id_of(entry["lecturer"]), staff_actor(PLANNED_BY)
    lecturer_id = resource_of_staff(staff_id) or add_person(staff_id, None)
    day = _working(clock.today() + timedelta(days=entry["in_days"]))
    details = Details(
        title=entry["title"],
        summary=entry["summary"],
        venue=entry["venue"],
        starts_at=datetime.combine(day, time.fromisoformat(entry["from"]), SHANGHAI),
        duration_minutes=entry["minutes"],
        capacity=entry["capacity"],
        unit_quota=entry["unit_quota"],
        lecturer_id=lecturer_id,
    )

    def work(session: Session) -> str:
        return draft_lecture(session, actor, details)

    open_lecture(actor, write_transaction(Store.MAIN, work), None)


def _working(day: date) -> date:
    """Return this day or the next that is no holiday."""
    while current_days().kind_of(day) is DayKind.HOLIDAY:
        day += timedelta(days=1)
    return day
