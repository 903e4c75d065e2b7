"""A month in which lectures, workshops and hours of counselling took place, for tests of service figures."""

from datetime import UTC, date, datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from heartport.booking.counselling.models import Appointment
from heartport.booking.lectures.models import Lecture
from heartport.booking.models import Occupancy, Resource
from heartport.booking.resources import add_room
from heartport.booking.rules.grid import first_tick
from heartport.booking.workshops.models import Workshop
from heartport.recommendations.models import LibraryReport, LibraryReportRow
from heartport.staff.accounts import staff_id_of
from heartport.stores import Store, write_transaction
from tests.booking.lectures import hall
from tests.conftest import Clock


def take_place(units: dict[str, str], clock: Clock) -> list[str]:
    """Let lectures, workshops and appointments of December be over, and the library's November be published.

    Return the accounts of the twelve who had an appointment.
    """
    clock.moment = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
    lectures = [hall.drafted(room_id=add_room(f"{district}报告厅", district)) for district in ("灯塔区", "渔港区")]
    person_id = hall.lecturer("anne")
    change = update(Resource).where(Resource.id == person_id).values(district="灯塔区")
    starts = first_tick(date(2026, 12, 14)) + 40
    accounts, asked_by = hall.accounts_of(12), staff_id_of("anne")

    def work(session: Session) -> None:
        session.execute(change)
        for lecture_id, taken, came in zip(lectures, (14, 11), (12, 4), strict=True):
            held = update(Lecture).where(Lecture.id == lecture_id)
            session.execute(held.values(capacity=20, taken=taken, attended=came, starts=starts, ends=starts + 6))
        for number, (unit, came) in enumerate((("p1", 22), ("e2", 9))):
            session.execute(insert(Workshop).values(**workshop(units[unit], asked_by, number, came)))
            times = {"starts": starts + 8 * number, "ends": starts + 8 * number + 6}
            blocked = {"blocked_from": times["starts"], "blocked_until": times["ends"]}
            taken_by = {"kind": "workshop", "booking_id": f"workshop-{number:013}", "resource_id": person_id}
            session.execute(insert(Occupancy).values(id=f"occupancy-{number:012}", **taken_by, **times, **blocked))
        for number, account_id in enumerate(accounts):
            hour = {"id": f"appointment-{number:010}", "account_id": account_id, "counsellor_id": person_id}
            hour |= {"state": "attended" if number < 11 else "no_show", "version": 3, "mode": "phone"}
            session.execute(
                insert(Appointment).values(**hour, starts=starts + 4 * number, ends=starts + 4 * number + 4)
            )
        session.execute(insert(LibraryReport).values(month="2026-11"))
        for name, kind, opened in (("one", "article", 20), ("two", "track", 15), ("three", "article", None)):
            row = {"month": "2026-11", "kind": kind, "name": name, "opened": opened}
            session.execute(insert(LibraryReportRow).values(**row))
        session.execute(insert(LibraryReportRow).values(month="2026-11", kind="why", name="liked", opened=30))

    write_transaction(Store.MAIN, work)
    return accounts


def workshop(unit_id: str, asked_by: str, number: int, came: int) -> dict[str, object]:
    return {
        "id": f"workshop-{number:013}",
        "unit_id": unit_id,
        "charged_unit_id": unit_id,
        "requested_by": asked_by,
        "state": "delivered",
        "version": 5,
        "topic_code": "A03",
        "title": "倒班与一线岗位的身心照护",
        "format": "salon",
        "duration_min": 90,
        "min_people": 12,
        "max_people": 30,
        "headcount": 25,
        "attended": came,
    }
