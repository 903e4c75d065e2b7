"""How counselling is booked: how long, how soon, how far ahead, how often, and until when it can be given back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from heartport.booking.counselling.rules.states import COMING, MET, State
from heartport.booking.rules.grid import Span, first_tick, moment_of
from heartport.booking.rules.limits import TimeClosed
from heartport.booking.rules.openings import Shape, Window
from heartport.booking.rules.quiet_hours import after_waking, next_waking
from heartport.errors import Conflict, Invalid, NotAllowed
from heartport.members.rules import ADULT, AgeGroupNeeded, UnderAge

SESSION = Shape(length=4, after=1, step=5)
"""An hour, and a quarter for notes and for opening the window; so starts lie an hour and a quarter apart."""
LEAD = timedelta(hours=2)
HORIZON = timedelta(days=30)
HELD_FOR = timedelta(minutes=10)
OFFERED_FOR = timedelta(hours=4)
TO_ANSWER = timedelta(minutes=30)
"""Less than this nobody is asked to answer in."""
CUT_OFF = timedelta(hours=24)
"""Until then a time can be given back so that somebody else can use it; the text of consent names it."""
MOST_RESCHEDULES = 2
MOST_COMING = 2
"""Appointments that one person has ahead of them at a time."""
MOST_A_YEAR = 8
"""Sessions a person and calendar year, so that everybody's turn comes; more is agreed with the counsellor in person."""
SAME_WEEK = timedelta(days=7)
OPENS_TO_ALL = timedelta(hours=24)
"""So long before it begins a reserved time that nobody claimed is there for everybody."""
EARLY = timedelta(minutes=30)
NO_SHOW_AFTER = timedelta(minutes=15)
CORRECTION = timedelta(days=1)
"""To the end of the next day, so for 24 hours at least: of a noting the audit keeps the day and no moment."""
MODES = ("in_person", "phone", "video")


class TooManyAppointments(Conflict):
    """The person has as many appointments ahead as one may have."""

    code = "too_many_appointments"
    detail = f"您已经有 {MOST_COMING} 个还没到的预约。先去见过咨询师，或取消一个，再约新的。"


class YearlySessionsUsed(Conflict):
    """The person has had as many sessions this year as one may have."""

    code = "yearly_sessions_used"
    detail = f"这一年的 {MOST_A_YEAR} 次咨询已经约满。还需要的话，请和咨询师商量，或拨打热线。"


class PhoneNeeded(Invalid):
    """An appointment by phone needs a number."""

    code = "phone_needed"
    detail = "电话咨询请留一个能接到电话的号码。"


class ReschedulesUsed(Conflict):
    """The appointment was moved as often as one may."""

    code = "reschedules_used"
    detail = f"每个预约最多改期 {MOST_RESCHEDULES} 次。可以取消后重新预约。"


class CutOffPassed(Conflict):
    """It is too late to move the appointment; it can still be cancelled."""

    code = "cut_off_passed"
    detail = "离预约不到 24 小时，不能再改期了。来不了的话，仍然可以取消。"


class AppointmentBegun(Conflict):
    """The appointment has begun."""

    code = "appointment_begun"
    detail = "预约的时间已经到了，不能再取消。"


class NotYet(Conflict):
    """It is too early for this step."""

    code = "appointment_not_yet"
    detail = "还没到可以这样标记的时间。"


class NoLongerCorrectable(Conflict):
    """The time to correct what was noted is over."""

    code = "no_longer_correctable"
    detail = "已经超过可以更正的时间。"


@dataclass(frozen=True, slots=True)
class Had:
    """One of a person's appointments as the limits see it."""

    state: State
    span: Span


def check_may_book(age_group: str | None) -> None:
    """Raise `AgeGroupNeeded` or `UnderAge`: there is no counselling here for who is under 18."""
    if age_group is None:
        raise AgeGroupNeeded("预约咨询前，请先选择您的年龄段。")
    if age_group != ADULT:
        raise UnderAge("这里的咨询面向 18 岁以上的职工。如果您想找人说说，可以拨打 12355 青少年服务台。")


def check_numbers(had: Collection[Had], starts: int, now: datetime) -> None:
    """Raise `TooManyAppointments` or `YearlySessionsUsed` where one more, beginning then, would be too many."""
    if sum(each.state in COMING and each.span.ends_at > now for each in had) >= MOST_COMING:
        raise TooManyAppointments
    _check_year(had, moment_of(starts).year)


def check_new_year(had: Collection[Had], starts: int, wished: int) -> None:
    """Raise `YearlySessionsUsed` where a move leads into a year whose sessions are used up; within a year none is."""
    year = moment_of(wished).year
    if year != moment_of(starts).year:
        _check_year(had, year)


def check_may_move(reschedules: int, starts: int, now: datetime) -> None:
    """Raise `ReschedulesUsed` or `CutOffPassed`."""
    if reschedules >= MOST_RESCHEDULES:
        raise ReschedulesUsed
    if now > moment_of(starts) - CUT_OFF:
        raise CutOffPassed


def offer_until(starts_at: datetime, now: datetime) -> datetime | None:
    """Return until when a time is kept for somebody who waited; None where nobody could answer in time.

    Four waking hours, and never later than others can still book it.
    """
    until = min(after_waking(now, OFFERED_FOR), starts_at - LEAD)
    return until if until - next_waking(now) >= TO_ANSWER else None


def is_late(starts: int, now: datetime) -> bool:
    """Tell whether cancelling now comes after the cut-off; raises `AppointmentBegun`."""
    if now >= moment_of(starts):
        raise AppointmentBegun
    return now > moment_of(starts) - CUT_OFF


def correctable_until(missed_on: date) -> datetime:
    """Return until when a no-show that was noted on this local day can be corrected."""
    return moment_of(first_tick(missed_on + CORRECTION + timedelta(days=1)))


def check_may_check_in(span: Span, now: datetime, *, missed_on: date | None) -> None:
    """Raise `NotYet`, or `NoLongerCorrectable` where it corrects a no-show after the day that follows its noting.

    `missed_on` is the local day on which a no-show was noted. What nobody noted yet can be noted later as well, after a
    weekend for instance.
    """
    if now < span.starts_at - EARLY:
        raise NotYet
    if missed_on is not None and now >= correctable_until(missed_on):
        raise NoLongerCorrectable


def check_may_note_no_show(starts: int, now: datetime) -> None:
    """Raise `NotYet` until a quarter of an hour after the beginning."""
    if now < moment_of(starts) + NO_SHOW_AFTER:
        raise NotYet


def is_offered_to(window: Window, tick: int, now: datetime, *, within_week: bool) -> bool:
    """Tell whether a time in a window is there for somebody: a reserved one for who ticked, or shortly before."""
    if not window.reserved:
        return True
    ahead = moment_of(tick) - now
    return ahead <= (SAME_WEEK if within_week else OPENS_TO_ALL)


def modes_of(window: Window) -> tuple[str, ...]:
    """Return how one can meet in a window; one that names none allows all."""
    return window.modes or MODES


def check_start(windows: Iterable[Window], tick: int, mode: str | None, now: datetime, *, within_week: bool) -> None:
    """Raise `TimeClosed` unless a session may begin then in this mode; None is any.

    What is reserved for others looks closed.
    """
    for window in windows:
        fits = window.start <= tick <= window.end - SESSION.length and (tick - window.start) % SESSION.step == 0
        allowed = mode is None or mode in modes_of(window)
        if fits and allowed and is_offered_to(window, tick, now, within_week=within_week):
            return
    raise TimeClosed(errors={"starts_at": [TimeClosed.detail]})


def span_of(tick: int) -> Span:
    """Return the session that begins then."""
    return Span(tick, tick + SESSION.length)


class CounsellingConsentNeeded(NotAllowed):
    """Before the first appointment the person agrees to what counselling is; `consent_version` is the current text."""

    code = "counselling_consent_needed"
    detail = "第一次咨询前，请先读一读知情同意书，同意后再确认预约。"


def _check_year(had: Collection[Had], year: int) -> None:
    counted = (*COMING, *MET)
    if sum(each.state in counted and each.span.starts_at.year == year for each in had) >= MOST_A_YEAR:
        raise YearlySessionsUsed
