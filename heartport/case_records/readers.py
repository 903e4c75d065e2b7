"""Who may see a case record: the counsellor of the appointment and the clinical lead; for others it is not there."""

from heartport.booking.counselling.references import AppointmentUnknown, counsellors_reference, is_kept
from heartport.callers import CLINICAL_LEAD, Caller
from heartport.case_records import records
from heartport.case_records.records import CaseRecord
from heartport.case_records.rules import Entry, NotMet


def read_for(caller: Caller, appointment_id: str) -> CaseRecord:
    """Return the record of an appointment for a member of staff; raises `AppointmentUnknown`, `CaseRecordUnknown`."""
    if CLINICAL_LEAD not in caller.roles:
        _has_met(caller.account_id, appointment_id)
    return records.read_record(appointment_id, caller.account_id)


def write_for(caller: Caller, appointment_id: str, version: int, entry: Entry) -> CaseRecord:
    """Write the record of one's own appointment; raises `AppointmentUnknown`, `NotMet`, and as `write_record` does."""
    if not _has_met(caller.account_id, appointment_id):
        raise NotMet
    return records.write_record(appointment_id, caller.account_id, version, entry)


def _has_met(staff_id: str, appointment_id: str) -> bool:
    """Tell whether somebody came to one's own appointment, or should have; raises `AppointmentUnknown`.

    One that is not kept any more is known by its record, which says who wrote it.
    """
    if is_kept(appointment_id):
        return counsellors_reference(staff_id, appointment_id).is_met
    found = records.find_record(appointment_id)
    if found is None or found.written_by != staff_id:
        raise AppointmentUnknown
    return True
