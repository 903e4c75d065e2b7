"""Check-in at the door: a code that changes every half-minute is shown there, and who has registered scans it.

The code is signed and names its half-minute, so nothing is stored of it. Whoever scans a second time is told so.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import Step, change_state, person_actor
from heartport.booking.feedback.tokens import feedback_token, issue_token
from heartport.booking.lectures.line import REGISTRATIONS, in_states
from heartport.booking.lectures.models import Lecture, Registration
from heartport.booking.lectures.notices import ask_for_feedback, untell
from heartport.booking.lectures.rules.states import CHECKED_IN, REGISTERED, SEATED, SHOWN
from heartport.booking.lectures.rules.times import CODE_GRACE, DoorsClosed, are_doors_open, window_ends, window_of
from heartport.booking.lectures.seats import LectureUnknown, hold_lecture
from heartport.errors import Conflict, Invalid
from heartport.stores import Store, reading, write_transaction
from heartport.vault.door import current_vault

SIGNATURE_BYTES = 16
LONGEST_CODE = 40


class CodeWrong(Invalid):
    """The code was not shown for this lecture within the last two minutes."""

    code = "check_in_code_wrong"
    detail = "签到码不对或已经过期，请扫一扫现场正在显示的二维码。"


class NotRegistered(Conflict):
    """The person has no seat in this lecture."""

    code = "not_registered"
    detail = "您还没有报上这场讲座的名，请联系现场工作人员。"


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What the door shows now, and until when."""

    code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class CheckIn:
    """That somebody is in; `already` where they were before. `feedback_token` lets them say once how it was."""

    registration_id: str
    already: bool
    feedback_token: str


def current_code(lecture_id: str) -> ShownCode:
    """Return the code of this half-minute; raises `LectureUnknown` or `DoorsClosed`."""
    with reading(Store.MAIN) as session:
        lecture = session.execute(select(Lecture).where(Lecture.id == lecture_id)).scalar()
    if lecture is None:
        raise LectureUnknown
    _check_doors(lecture)
    window = window_of(clock.now())
    return ShownCode(_code(lecture_id, window), window_ends(window))


def picture_of(shown: ShownCode) -> str:
    """Return the code as a QR picture, in SVG."""
    from heartport.booking.lectures.pictures import qr_svg  # noqa: PLC0415 - the first door

    return qr_svg(shown.code)


def check_in(account_id: str, lecture_id: str, code: str) -> CheckIn:
    """Let a person in; raises `LectureUnknown`, `DoorsClosed`, `CodeWrong` or `NotRegistered`."""
    actor, token = person_actor(account_id), feedback_token(account_id, lecture_id)

    def work(session: Session) -> CheckIn:
        lecture = hold_lecture(session, lecture_id)
        _check_doors(lecture)
        _check_code(lecture_id, code)
        row = session.execute(in_states(lecture_id, SEATED).where(Registration.account_id == account_id)).scalar()
        if row is None or row.state not in (REGISTERED, CHECKED_IN):
            raise NotRegistered
        if row.state == CHECKED_IN:
            return CheckIn(row.id, already=True, feedback_token=token)
        change_state(session, REGISTRATIONS, row.id, Step("check_in", actor))
        issue_token(session, lecture_id, token)
        untell(session, lecture, account_id)
        ask_for_feedback(session, lecture, account_id)
        return CheckIn(row.id, already=False, feedback_token=token)

    return write_transaction(Store.MAIN, work)


def _check_doors(lecture: Lecture) -> None:
    if lecture.state not in SHOWN or not are_doors_open(lecture.starts, lecture.ends, clock.now()):
        raise DoorsClosed


def _check_code(lecture_id: str, code: str) -> None:
    """Raise `CodeWrong` unless it is that of this half-minute or of the last few."""
    now = window_of(clock.now())
    good = [_code(lecture_id, window) for window in range(now - CODE_GRACE, now + 1)]
    if not any(hmac.compare_digest(code.encode(), each.encode()) for each in good):
        raise CodeWrong


def _code(lecture_id: str, window: int) -> str:
    signed = current_vault().fingerprint("lecture check-in", f"{lecture_id}\n{window}".encode())
    return base64.urlsafe_b64encode(signed[:SIGNATURE_BYTES]).decode().rstrip("=")
