"""Use cases: share a result for an appointment, read what was shared for it, open a scale for whom it is with.

The deciding store of a share is the vault; `main` learns nothing of it. Whether somebody may read is asked of the
appointment each time, so that nothing has to be changed here when it is moved, cancelled or handed over.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app

from heartport import clock
from heartport.assessments import shares
from heartport.assessments.copies import Copy, Reader, copies_for, links_of
from heartport.assessments.openings import Opening, open_scale
from heartport.assessments.results import find_result
from heartport.assessments.shares import Share
from heartport.booking.counselling.references import (
    AppointmentUnknown,
    Reference,
    counsellors_reference,
    own_reference,
    references_since,
)
from heartport.config import Settings
from heartport.errors import Conflict
from heartport.members.standing import Standing, read_standing
from heartport.sharing.rules import readable_until
from heartport.staff.accounts import read_name
from heartport.store_files import truncate_logs
from heartport.vault.copies import destroy_copies
from heartport.vault.door import current_vault


class AppointmentOver(Conflict):
    """The appointment is over."""

    code = "appointment_over"
    detail = "这次预约已经结束，不能再分享。"


@dataclass(frozen=True, slots=True)
class Shared:
    """A share of a person, and until which day it can be read; None where the appointment is not theirs any more."""

    share: Share
    until: date | None


def share_result(standing: Standing, result_id: str, appointment_id: str) -> Shared:
    """Share one's own result for one's own appointment; again changes nothing.

    Raises `ResultUnknown`, `AppointmentUnknown`, `AppointmentOver`, and as `shares.share_result` does.
    """
    kept = find_result(standing, result_id)
    appointment = own_reference(standing.account_id, appointment_id)
    if not appointment.is_ahead:
        raise AppointmentOver
    share = shares.share_result(standing, kept.id, kept.record, _reader(appointment))
    return Shared(share, _until(appointment))


def withdraw_share(standing: Standing, result_id: str, appointment_id: str) -> None:
    """Destroy the copy of a result for an appointment, whatever became of it; raises `ShareUnknown`."""
    shares.withdraw_share(standing, result_id, appointment_id)


def list_shares(standing: Standing, result_id: str) -> list[Shared]:
    """Return for which appointments a result is shared; raises `ResultUnknown`."""
    kept = find_result(standing, result_id)
    return [_shared(standing, each) for each in shares.shares_of(standing) if each.result_id == kept.id]


def read_shared_results(staff_id: str, appointment_id: str) -> list[Copy]:
    """Return what was shared with this counsellor for an appointment; raises `AppointmentUnknown`."""
    appointment = counsellors_reference(staff_id, appointment_id)
    if _until(appointment) < clock.today():
        return []
    return copies_for(_reader(appointment))


def open_scale_for(staff_id: str, appointment_id: str, scale_id: str) -> Opening:
    """Open a scale for the person of an appointment; raises `AppointmentUnknown`, `AppointmentOver`, `ScaleUnknown`.

    What comes of it is the person's own, and reaches the counsellor only if they share it.
    """
    appointment = counsellors_reference(staff_id, appointment_id)
    if appointment.account_id is None:
        raise AppointmentUnknown
    if _until(appointment) < clock.today():
        raise AppointmentOver("这次预约已经过去很久了，不能再为这位职工打开测评。")
    return open_scale(read_standing(appointment.account_id), scale_id, read_name(staff_id))


def delete_ended_copies() -> int:
    """Destroy the copies whose appointment is over for long, is gone, or is with somebody else now; return how many.

    Keys are looked at first: what is shared meanwhile is for an appointment that is there by then.
    """
    ring = current_vault().copy_keys
    links = ring.links()
    since = clock.today() - timedelta(days=_settings().shared_result_days)
    wanted = frozenset(links_of(map(_reader, references_since(since))))
    count = destroy_copies(ring, lambda link, _key: link in links - wanted)
    truncate_logs()
    return count


def _shared(standing: Standing, share: Share) -> Shared:
    try:
        appointment = own_reference(standing.account_id, share.reader.appointment_id)
    except AppointmentUnknown:
        return Shared(share, None)
    return Shared(share, _until(appointment) if _reader(appointment) == share.reader else None)


def _reader(appointment: Reference) -> Reader:
    return Reader(appointment.id, appointment.counsellor_id)


def _until(appointment: Reference) -> date:
    return readable_until(appointment.on, _settings().shared_result_days)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["heartport.settings"]
    return settings
