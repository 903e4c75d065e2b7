"""Use cases: read and write the case record of an appointment; every version is kept, sealed under a key of its own.

Nothing in a record names the person. It says itself for which appointment it is and which counsellor wrote it, so that
it can be read, and goes in time, when the appointment's own row is long gone.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from flask import current_app

from heartport import clock
from heartport.case_records import audit
from heartport.case_records.rules import Closing, Entry, Referral, Risk, act_of, check_change, check_entry, kept_until
from heartport.config import Settings
from heartport.errors import Invalid, NotFound, Stale
from heartport.store_files import truncate_logs
from heartport.vault.door import current_vault
from heartport.vault.records import CASE_RECORD, RecordTooLong
from heartport.vault.versions import Versions
from heartport.vault.windows import window_of

ENCODING = "gb18030"
"""Holds all of Unicode, and Chinese in a quarter less than UTF-8 does, once both are deflated."""


class CaseRecordUnknown(NotFound):
    """Nobody has written a record of this appointment."""

    code = "case_record_unknown"
    detail = "这次预约还没有个案记录。"


class CaseRecordChanged(Stale):
    """The record was written since it was read."""

    code = "case_record_changed"
    detail = "这份个案记录刚刚有改动，请刷新后再修改。"


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One version of a record, with its number, the counsellor who wrote it, and the local day."""

    appointment_id: str
    version: int
    entry: Entry
    written_by: str
    written_on: date

    @property
    def kept_until(self) -> date:
        """The last day on which it is kept, by the deployment's setting, unless it is written again."""
        settings: Settings = current_app.extensions["heartport.settings"]
        return kept_until(self.written_on, settings.case_record_years)


def find_record(appointment_id: str) -> CaseRecord | None:
    """Return the latest version without a note that anybody read it: for deciding who may."""
    ring = current_vault().case_keys
    link = ring.link_of(appointment_id)
    key = ring.open([link]).get(link)
    versions = Versions(key, CASE_RECORD).all() if key else []
    return _decode(versions[-1], len(versions)) if versions else None


def read_record(appointment_id: str, staff_id: str) -> CaseRecord:
    """Return the latest version for somebody who may see it, and note first that they do.

    Raises `CaseRecordUnknown`.
    """
    found = find_record(appointment_id)
    if found is None:
        raise CaseRecordUnknown
    audit.note(appointment_id, staff_id, "read")
    return found


def write_record(appointment_id: str, staff_id: str, version: int, entry: Entry) -> CaseRecord:
    """Add a version to what was read as `version` (0 where there is none); the same again changes nothing.

    Raises `Invalid`, `CaseRecordChanged` or `CaseRecordClosed`.
    """
    check_entry(entry)
    before = find_record(appointment_id)
    written = CaseRecord(appointment_id, version + 1, entry, staff_id, clock.today())
    if _is_same(before, written):
        return before or written
    _check(before, written)
    audit.note(appointment_id, staff_id, act_of(before.entry if before else None, entry))
    ring = current_vault().case_keys
    versions = Versions(ring.ensure(ring.link_of(appointment_id)), CASE_RECORD)

    def make(found: list[bytes]) -> bytes | None:
        latest = _decode(found[-1], len(found)) if found else None
        if _is_same(latest, written):
            return None
        _check(latest, written)
        return _encode(written)

    try:
        versions.append(window_of(clock.today()), make)
    except RecordTooLong:
        raise Invalid(errors={"handling": ["这份记录太长了，请写得简短一些。"]}) from None
    return written


def list_records() -> Iterator[CaseRecord]:
    """Give the latest version of every record, in no order; reads all of them."""
    for _, record in _all():
        yield record


def delete_old_case_records() -> int:
    """Delete the records whose time is over, with all versions and what was noted of them; return how many."""
    ring = current_vault().case_keys
    over = [(key, record) for key, record in _all() if record.kept_until < clock.today()]
    for key, record in over:
        audit.forget(record.appointment_id)
        ring.destroy([ring.link_of(record.appointment_id)])
        Versions(key, CASE_RECORD).delete()  # Cut off before it, rows that nothing opens go with their half-year.
    truncate_logs()
    return len(over)


def _all() -> Iterator[tuple[bytes, CaseRecord]]:
    ring = current_vault().case_keys
    for key in ring.open(ring.links()).values():
        versions = Versions(key, CASE_RECORD).all()
        if versions:
            yield key, _decode(versions[-1], len(versions))


def _check(latest: CaseRecord | None, written: CaseRecord) -> None:
    if (latest.version if latest else 0) != written.version - 1:
        raise CaseRecordChanged
    check_change(latest.entry if latest else None, written.entry)


def _is_same(latest: CaseRecord | None, written: CaseRecord) -> bool:
    """Tell whether this very version was stored already, by the same counsellor: then it came twice."""
    return latest is not None and (latest.version, latest.entry, latest.written_by) == (
        written.version,
        written.entry,
        written.written_by,
    )


def _encode(record: CaseRecord) -> bytes:
    by, on = record.written_by, record.written_on.isoformat()
    fields = [record.appointment_id, by, on, *asdict(record.entry).values()]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode(ENCODING)


def _decode(payload: bytes, version: int) -> CaseRecord:
    appointment_id, by, on, risk, risk_note, handling, referral, referral_note, closing, closing_note = json.loads(
        payload.decode(ENCODING)
    )
    entry = Entry(
        Risk(risk),
        risk_note,
        handling,
        Referral(referral),
        referral_note,
        Closing(closing) if closing else None,
        closing_note,
    )
    return CaseRecord(appointment_id, version, entry, by, date.fromisoformat(on))
