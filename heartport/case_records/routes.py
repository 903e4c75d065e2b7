"""HTTP of case records."""

from typing import Any

from heartport.booking.counselling.references import AppointmentUnknown
from heartport.callers import COUNSELLOR
from heartport.case_records import readers
from heartport.case_records.records import CaseRecordChanged, CaseRecordUnknown
from heartport.case_records.rules import CaseRecordClosed, NotMet
from heartport.case_records.schemas import CaseRecordIn, CaseRecordOut, case_record_out, entry_of
from heartport.staff.accounts import read_name
from heartport.web.access import also_requires, current_caller
from heartport.web.contract import Blueprint
from heartport.web.shapes import PUBLIC_ID, Parameter

APPOINTMENT = Parameter("appointment_id", "path", "An appointment.", {"type": "string", **PUBLIC_ID})
WRITING = {
    "version": 0,
    "risk": "watch",
    "risk_note": "提到近期常有活着没意思的想法，没有计划。",
    "handling": "一起写了安全计划，约定一周内再谈。",
    "referral": "advised",
    "referral_note": "建议到市精神卫生中心门诊看看睡眠和情绪。",
    "closing": None,
}

case_records = Blueprint("case_records", __name__, url_prefix="/api/v1/appointments", description="个案记录")


@case_records.get("/<appointment_id>/case-record")
@case_records.takes(APPOINTMENT)
@case_records.answers(200, CaseRecordOut)
@case_records.refuses(AppointmentUnknown, CaseRecordUnknown)
def show_case_record(appointment_id: str) -> CaseRecordOut:
    """Show the record of an appointment to its counsellor or the clinical lead; that it was read is noted."""
    record = readers.read_for(current_caller(), appointment_id)
    return case_record_out(record, read_name(record.written_by))


@case_records.put("/<appointment_id>/case-record")
@case_records.takes(APPOINTMENT)
@case_records.answers(200, CaseRecordOut)
@case_records.refuses(AppointmentUnknown, NotMet, CaseRecordChanged, CaseRecordClosed)
@also_requires(COUNSELLOR)
@case_records.arguments(CaseRecordIn, example=WRITING)
def write_case_record(body: dict[str, Any], appointment_id: str) -> CaseRecordOut:
    """Write the record of one's own appointment anew; what stood there before is kept as an older version."""
    record = readers.write_for(current_caller(), appointment_id, body["version"], entry_of(body))
    return case_record_out(record, read_name(record.written_by))
