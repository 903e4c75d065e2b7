"""Use cases of coordinators, and of whoever led it: waiting list, saying no, cancelling, and what came of it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.occupancy import release
from heartport.booking.workshops import notices
from heartport.booking.workshops.cancelling import cancel
from heartport.booking.workshops.proposals import settle
from heartport.booking.workshops.rows import (
    booked_span,
    check_step,
    find_row,
    hold_row,
    step_of,
    take_step,
)
from heartport.booking.workshops.rules.steps import Act, State, act_in, check_begun
from heartport.callers import Caller
from heartport.errors import Invalid
from heartport.messages.rules import Kind
from heartport.stores import Store, write_transaction


class CountsContradict(Invalid):
    """The numbers that were counted cannot all be true."""

    code = "counts_contradict"
    detail = "这些数字互相对不上，请核对后再填。"


class ReasonNeeded(Invalid):
    """Whoever cancels on a unit says why."""

    code = "reason_needed"
    detail = "请写明取消的原因，单位会看到。"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What whoever led it counted: who came, how many sheets of feedback came back, how many of them were content."""

    attended: int
    responses: int | None = None
    satisfied: int | None = None


def waitlist(caller: Caller, workshop_id: str, version: int) -> None:
    """Let a request wait for somebody to become free."""

    def work(session: Session) -> None:
        row = find_row(session, caller, workshop_id)
        check_step(row, Act.WAITLIST, version)
        take_step(session, row, step_of(caller, Act.WAITLIST, version))

    write_transaction(Store.MAIN, work)


def reject(caller: Caller, workshop_id: str, version: int, reason: str) -> None:
    """Say no with a reason that the unit reads; where another time was asked for, the confirmed one stays."""
    version, told = settle(workshop_id, version), notices.coordinators()

    def work(session: Session) -> None:
        row = find_row(session, caller, workshop_id)
        act = act_in(State(row.state), Act.REJECT)
        check_step(row, act, version)
        take_step(session, row, step_of(caller, act, version), reason=reason)
        notices.untell_coordinators(session, told, row)
        notices.tell_unit(session, row, Kind.REJECTED)

    write_transaction(Store.MAIN, work)


def cancel_by_provider(caller: Caller, workshop_id: str, version: int, reason: str | None) -> None:
    """Cancel what is confirmed: the entitlement comes back, the unit is first in line. Raises `ReasonNeeded`."""
    if reason is None:
        raise ReasonNeeded(errors={"reason": ["必须填写。"]})
    told = notices.coordinators()

    def work(session: Session) -> None:
        row = hold_row(session, caller, workshop_id)
        check_step(row, Act.CANCEL_BY_PROVIDER, version)
        cancel(session, row, step_of(caller, Act.CANCEL_BY_PROVIDER, version), reason)
        notices.untell_coordinators(session, told, row)

    write_transaction(Store.MAIN, work)


def deliver(caller: Caller, workshop_id: str, version: int, counted: Delivered) -> None:
    """Note that it took place and what was counted; raises `NotYetOver`, or `Invalid` where numbers contradict."""
    _check_counts(counted)

    def work(session: Session) -> None:
        row = hold_row(session, caller, workshop_id)
        check_step(row, Act.DELIVER, version)
        span = booked_span(session, row)
        assert span is not None
        check_begun(span.starts_at, clock.now())
        release(session, row.id, only_held=True)
        step = step_of(caller, Act.DELIVER, version)
        counts = {"attended": counted.attended, "responses": counted.responses, "satisfied": counted.satisfied}
        take_step(session, row, step, held_until=None, **counts)
        notices.tell_unit(session, row, Kind.FEEDBACK)

    write_transaction(Store.MAIN, work)


def close(caller: Caller, workshop_id: str, version: int) -> None:
    """Put a delivered workshop into the file; venue, contact and note are deleted."""

    def work(session: Session) -> None:
        row = find_row(session, caller, workshop_id)
        check_step(row, Act.CLOSE, version)
        take_step(session, row, step_of(caller, Act.CLOSE, version))

    write_transaction(Store.MAIN, work)


def _check_counts(counted: Delivered) -> None:
    responses, satisfied = counted.responses, counted.satisfied
    if (responses is None) != (satisfied is None):
        raise CountsContradict(errors={"satisfied": ["responses 和 satisfied 要一起填，或都不填。"]})
    if responses is not None and responses > counted.attended:
        raise CountsContradict(errors={"responses": ["不能比到场人数多。"]})
    if satisfied is not None and responses is not None and satisfied > responses:
        raise CountsContradict(errors={"satisfied": ["不能比收回的份数多。"]})
