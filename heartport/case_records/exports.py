"""Case records in the document of everything that is held about a person, and what an erasure leaves of them."""

from datetime import timedelta
from typing import TypedDict

from flask import current_app

from heartport.booking.counselling.references import own_references
from heartport.case_records.records import find_record
from heartport.config import Settings
from heartport.members.personal_data import Remainder
from heartport.members.standing import Standing
from heartport.web.shapes import Day, Id

DAYS_OF_A_YEAR = 366


class CaseRecordHeldOut(TypedDict):
    """That there is a record of an appointment; what it says is not in the document."""

    appointment: Id
    written_on: Day
    kept_until: Day


class CaseRecordsPartOut(TypedDict):
    """What the counsellors hold about a person."""

    case_records: list[CaseRecordHeldOut]


def export_case_records(standing: Standing) -> CaseRecordsPartOut:
    """Return of which appointments there is a record, and until when."""
    found = (find_record(each.id) for each in own_references(standing.account_id))
    return {
        "case_records": [
            {
                "appointment": record.appointment_id,
                "written_on": record.written_on.isoformat(),
                "kept_until": record.kept_until.isoformat(),
            }
            for record in found
            if record is not None
        ]
    }


def case_records_stay() -> Remainder:
    """Say what stays of counselling, why, and until when at most by this deployment's setting."""
    settings: Settings = current_app.extensions["heartport.settings"]
    return Remainder(
        "咨询师写的个案记录（如果您做过咨询）：风险评估、处置、转介、结案",
        "咨询机构有责任保存咨询记录，咨询师须依《精神卫生法》第二十三条为您保密。记录用每次预约自己的密钥加密，"
        "里面没有您的账号；只有那位咨询师和临床负责人能看，每次查看都有登记。",
        timedelta(days=settings.case_record_years * DAYS_OF_A_YEAR),
    )
