"""Workshops in whose rows every column holds something, for the proofs about all that is stored."""

from sqlalchemy import insert
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.resources import add_person, resource_of_staff
from heartport.booking.workshops.details import Details, seal_comment, seal_details
from heartport.booking.workshops.models import (
    Entitlement,
    EntitlementEntry,
    FacilitatorQualification,
    Wish,
    Workshop,
)
from heartport.columns import new_public_id
from heartport.stores import Store, write_transaction

DISTRICT = "东区"


def store_workshops(unit_id: str, staff_id: str, number: int) -> Details:
    """Store one that was delivered, one merged into it, and what the staff may lead; return what was left."""
    host, guest = new_public_id(), new_public_id()
    details = Details(f"第 {number} 会议室", f"第 {number} 位联系人", f"第 {number} 条备注")
    usual = {
        "unit_id": unit_id,
        "charged_unit_id": unit_id,
        "requested_by": staff_id,
        "version": 7,
        "topic_code": "A03",
        "title": f"第 {number} 个题目",
        "format": "salon",
        "duration_min": 90,
        "min_people": 12,
        "max_people": 30,
        "headcount": 20,
        "district": DISTRICT,
        "submitted_on": clock.today(),
        "rounds": 0,
        "moves": 0,
        "first_in_line": False,
    }
    counted = {"attended": 18, "responses": 12, "satisfied": 11, "rating": 5, "reason": f"第 {number} 个原因"}
    rows = [
        {**usual, "id": host, "state": "delivered", **counted, "comment_sealed": seal_comment(host, "很好")},
        {**usual, "id": guest, "state": "merged", "merged_into": host, "held_until": clock.now()},
    ]
    resource_id = resource_of_staff(staff_id) or add_person(staff_id, DISTRICT)

    def work(session: Session) -> None:
        for row in rows:
            session.execute(insert(Workshop).values(**row, details_sealed=seal_details(str(row["id"]), details)))
        session.execute(insert(Wish).values(workshop_id=host, number=1, starts=1_900_000 + number))
        session.execute(insert(FacilitatorQualification).values(resource_id=resource_id, qualification="crisis"))
        session.execute(insert(Entitlement).values(unit_id=unit_id, year=2026, allowed=4, used=1))
        entry = {"workshop_id": host, "number": 1, "unit_id": unit_id, "year": 2026, "change": -1}
        session.execute(insert(EntitlementEntry).values(**entry, entered_on=clock.today()))

    write_transaction(Store.MAIN, work)
    return details
