"""Pure decisions about case records: their words, what must stand together, and until when one is kept."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from heartport.errors import Conflict, Invalid

LONGEST = {"risk_note": 250, "handling": 300, "referral_note": 150, "closing_note": 150}
"""Characters of each text: all of them together fit into one sealed row, whichever Chinese characters they are."""


class Risk(StrEnum):
    """风险评估: what the counsellor saw of danger to the person or to others."""

    NONE_SEEN = "none_seen"
    WATCH = "watch"
    URGENT = "urgent"


class Referral(StrEnum):
    """转介: whether somebody else is to help."""

    NONE = "none"
    ADVISED = "advised"
    ARRANGED = "arranged"


class Closing(StrEnum):
    """结案: why the case ended."""

    COMPLETED = "completed"
    REFERRED = "referred"
    ENDED_BY_PERSON = "ended_by_person"
    NOT_ATTENDED = "not_attended"


class NotMet(Conflict):
    """Counsellor and person have not met yet, so there is nothing to write down."""

    code = "not_met_yet"
    detail = "职工到场，或确认未能到场以后，才能写个案记录。"


class CaseRecordClosed(Conflict):
    """The record is closed; it can be reopened, but not changed."""

    code = "case_record_closed"
    detail = "这份个案记录已经结案。需要补充时，请先重新打开（把 closing 设为空），再修改。"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a counsellor writes; without `closing` the case is open."""

    risk: Risk
    risk_note: str
    handling: str
    referral: Referral
    referral_note: str
    closing: Closing | None
    closing_note: str

    @property
    def is_closed(self) -> bool:
        """Whether the case has ended."""
        return self.closing is not None


def check_entry(entry: Entry) -> None:
    """Make sure that what belongs together is there; raises `Invalid` with every wrong place."""
    errors: dict[str, list[str]] = {}
    if entry.risk is not Risk.NONE_SEEN and not entry.risk_note:
        errors["risk_note"] = ["看到风险时，请写明看到了什么。"]
    if entry.risk is Risk.URGENT and not entry.handling:
        errors["handling"] = ["风险需要立即处理时，请写明做了什么。"]
    if entry.referral is Referral.NONE and entry.closing is Closing.REFERRED:
        errors["referral"] = ["以转介结案时，请选择建议转介或已安排转介。"]
    if entry.referral is not Referral.NONE and not entry.referral_note:
        errors["referral_note"] = ["请写明转介到哪里。"]
    if entry.closing is None and entry.closing_note:
        errors["closing_note"] = ["还没有结案，这里须为空。"]
    if errors:
        raise Invalid(errors=errors)


def check_change(before: Entry | None, after: Entry) -> None:
    """Make sure that a closed record is reopened before anything else; raises `CaseRecordClosed`."""
    if before is not None and before.is_closed and after.is_closed:
        raise CaseRecordClosed


def act_of(before: Entry | None, after: Entry) -> str:
    """Return what the audit calls this change."""
    if after.is_closed:
        return "close"
    return "reopen" if before is not None and before.is_closed else "write"


def kept_until(last_on: date, years: int) -> date:
    """Return the last day on which a record is kept, so many years after it was last written."""
    day = last_on.replace(day=28) if (last_on.month, last_on.day) == (2, 29) else last_on
    return day.replace(year=day.year + years)
