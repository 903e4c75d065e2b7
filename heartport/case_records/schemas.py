"""What comes in and goes out of case records."""

import re
from enum import StrEnum
from typing import Annotated, Any, TypedDict

from marshmallow import fields

from heartport.case_records.records import CaseRecord
from heartport.case_records.rules import LONGEST, Closing, Entry, Referral, Risk
from heartport.members.schemas import NO_CONTROL_CHARACTERS
from heartport.web.schemas import BodyIn, WholeNumber
from heartport.web.shapes import Day, Id, one_of


class CaseRecordOut(TypedDict):
    """One case record as it stands."""

    appointment_id: Id
    version: int
    risk: Annotated[str, one_of(Risk)]
    risk_note: str
    handling: str
    referral: Annotated[str, one_of(Referral)]
    referral_note: str
    closing: Annotated[Annotated[str, one_of(Closing)] | None, "null while the case is open."]
    closing_note: str
    written_by: Annotated[str, "The name of the counsellor."]
    written_on: Day
    kept_until: Annotated[Day, "Unless it is written again."]


class Text(fields.String):
    """What somebody typed, without blanks around it; lines may be broken."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's
        "longest": "不超过 {longest} 个字。",
        "control": "不能含有控制字符。",
    }

    def __init__(self, longest: int) -> None:
        super().__init__(load_default="", metadata={"maxLength": longest})
        self._longest = longest

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's
        text = super()._deserialize(value, *args, **kwargs).replace("\r\n", "\n").strip()
        if len(text) > self._longest:
            raise self.make_error("longest", longest=self._longest)
        if not re.fullmatch(NO_CONTROL_CHARACTERS, text.replace("\n", "")):
            raise self.make_error("control")
        return text


def _choice(of: type[StrEnum], **kwargs: Any) -> fields.Enum:  # noqa: ANN401 - marshmallow's
    return fields.Enum(of, by_value=True, error_messages={"unknown": "只能是 {choices} 之一。"}, **kwargs)


class CaseRecordIn(BodyIn):
    """A whole record, and the version that was read; 0 for the first."""

    version = WholeNumber(required=True)
    risk = _choice(Risk, required=True)
    risk_note = Text(LONGEST["risk_note"])
    handling = Text(LONGEST["handling"])
    referral = _choice(Referral, load_default=Referral.NONE)
    referral_note = Text(LONGEST["referral_note"])
    closing = _choice(Closing, load_default=None, allow_none=True)
    closing_note = Text(LONGEST["closing_note"])


def entry_of(body: dict[str, Any]) -> Entry:
    """Return what is to be written."""
    return Entry(**{name: value for name, value in body.items() if name != "version"})


def case_record_out(record: CaseRecord, written_by: str) -> CaseRecordOut:
    """Return a record with the name of who wrote it."""
    entry = record.entry
    return {
        "appointment_id": record.appointment_id,
        "version": record.version,
        "risk": entry.risk.value,
        "risk_note": entry.risk_note,
        "handling": entry.handling,
        "referral": entry.referral.value,
        "referral_note": entry.referral_note,
        "closing": entry.closing.value if entry.closing else None,
        "closing_note": entry.closing_note,
        "written_by": written_by,
        "written_on": record.written_on.isoformat(),
        "kept_until": record.kept_until.isoformat(),
    }
