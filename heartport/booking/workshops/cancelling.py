"""Cancelling, whoever does it and why: the state, the time, the entitlement, and whoever was merged into it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import Step
from heartport.booking.occupancy import release
from heartport.booking.workshops import notices
from heartport.booking.workshops.entitlements import give_back
from heartport.booking.workshops.models import Workshop
from heartport.booking.workshops.rows import booked_span, take_step
from heartport.booking.workshops.rules.entitlement import comes_back
from heartport.booking.workshops.rules.steps import Act, State, check_not_begun
from heartport.messages.rules import Kind

HOST_GONE = "合办的那一场取消了。您的名额已经退回，重新提交时排在最前面。"


def cancel(session: Session, row: Workshop, step: Step, reason: str | None = None) -> None:
    """Cancel a workshop whose time is locked; raises `AlreadyBegun`.

    Whoever was merged into it is cancelled as well, as by the service: their entitlement comes back in any case.
    """
    span = booked_span(session, row)
    assert span is not None
    act, now = Act(step.act), clock.now()
    check_not_begun(span.starts_at, now)
    notices.tell_leaders(session, notices.leaders_of(session, row), row, Kind.CANCELLED, span.starts_at)
    was_merged = row.state == State.MERGED
    guests = [] if was_merged else guests_of(session, row.id)
    # Entitlements are locked before bookings, here as everywhere.
    for each in (*([row] if was_merged or comes_back(act, span.starts_at, now) else []), *guests):
        give_back(session, each.id)
    first = {"first_in_line": True} if act is Act.CANCEL_BY_PROVIDER else {}
    take_step(session, row, step, held_until=None, merged_into=None, reason=reason, **first)
    release(session, row.id)
    if act is Act.CANCEL_BY_UNIT:
        notices.untell_unit(session, row)
    else:
        notices.tell_unit(session, row, Kind.CANCELLED, span.starts_at)
    for guest in guests:
        own = Step(Act.CANCEL_BY_PROVIDER, step.actor)
        take_step(session, guest, own, merged_into=None, reason=HOST_GONE, first_in_line=True)
        notices.tell_unit(session, guest, Kind.CANCELLED, span.starts_at)


def guests_of(session: Session, workshop_id: str) -> list[Workshop]:
    """Return the workshops that were merged into one and will take place there."""
    statement = select(Workshop).where(Workshop.merged_into == workshop_id, Workshop.state == State.MERGED)
    return list(session.execute(statement.order_by(Workshop.id)).scalars())
