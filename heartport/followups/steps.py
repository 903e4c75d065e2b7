"""One step of one call-back: hold it, let the rules decide, change it, note the event; all in one transaction."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.errors import NotFound, Stale
from heartport.followups.events import Step, note_event
from heartport.followups.models import FollowUp
from heartport.followups.rules.steps import Act, State, state_after

LIVE = FollowUp.ended_at.is_(None)


class FollowUpUnknown(NotFound):
    """There is no such call-back, or it is another person's."""

    code = "follow_up_unknown"
    detail = "没有找到这个回电请求。"


class FollowUpChanged(Stale):
    """Something happened to the call-back since it was read."""

    code = "follow_up_changed"
    detail = "这个回电的情况有变化，请刷新后再操作。"


def hold(session: Session, follow_up_id: str) -> FollowUp:
    """Return a call-back and keep it from everybody else until the transaction ends; raises `FollowUpUnknown`."""
    row = session.execute(select(FollowUp).where(FollowUp.id == follow_up_id).with_for_update()).scalar()
    if row is None:
        raise FollowUpUnknown
    return row


def check_step(row: FollowUp, act: Act, version: int) -> None:
    """Raise what `state_after` raises, or `FollowUpChanged` where the version is not the one that was read."""
    state_after(State(row.state), act)
    if row.version != version:
        raise FollowUpChanged


def take_step(session: Session, row: FollowUp, step: Step) -> None:
    """Bring a call-back that is held to its next state and note the event; what has ended forgets whom to call."""
    row.state = state_after(State(row.state), step.act).value
    row.version += 1
    if row.state != State.ACCEPTED:
        row.accepted_by = row.accepted_at = None
    if row.state not in (State.OPEN, State.ACCEPTED):
        row.contact_sealed = row.tried_at = None
        row.ended_at, row.outcome = clock.now(), step.outcome
    note_event(session, row.id, row.version, step)
