"""Which state of a workshop follows which, how long a proposal is held, and after how many a person has to call."""

from datetime import datetime, timedelta
from enum import StrEnum

from heartport.booking.rules.machines import Machine, Move
from heartport.errors import Conflict

HELD_FOR = timedelta(hours=48)
"""So long facilitator and room are held for the unit to confirm."""
MOST_ROUNDS = 3
"""After so many proposals that came to nothing somebody calls the unit, instead of proposing once more."""
MOST_MOVES = 2
"""How often a confirmed workshop may be rescheduled at the unit's wish."""


class State(StrEnum):
    """How a workshop stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WAITLISTED = "waitlisted"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    MOVE_REQUESTED = "reschedule_requested"
    MOVE_PROPOSED = "reschedule_proposed"
    MERGED = "merged"
    DELIVERED = "delivered"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED_BY_UNIT = "cancelled_by_unit"
    CANCELLED_BY_PROVIDER = "cancelled_by_provider"
    CANCELLED_UNDER_MINIMUM = "cancelled_under_minimum"


class Act(StrEnum):
    """What somebody does with a workshop, or the clock."""

    CREATE = "create"
    EDIT = "edit"
    SUBMIT = "submit"
    RESUBMIT = "resubmit"
    WAITLIST = "waitlist"
    PROPOSE = "propose"
    CONFIRM = "confirm"
    DECLINE = "decline"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    REJECT = "reject"
    RECOUNT = "recount"
    RESCHEDULE = "reschedule"
    KEEP = "keep"
    PROPOSE_MOVE = "propose_move"
    CONFIRM_MOVE = "confirm_move"
    DECLINE_MOVE = "decline_move"
    EXPIRE_MOVE = "expire_move"
    REFUSE_MOVE = "refuse_move"
    REPLACE = "replace"
    REPLACE_MOVING = "replace_moving"
    MERGE = "merge"
    CANCEL_BY_UNIT = "cancel_by_unit"
    CANCEL_BY_PROVIDER = "cancel_by_provider"
    CANCEL_UNDER_MINIMUM = "cancel_under_minimum"
    DELIVER = "deliver"
    GIVE_FEEDBACK = "give_feedback"
    CLOSE = "close"


BOOKED = (State.CONFIRMED, State.MOVE_REQUESTED, State.MOVE_PROPOSED)
"""A time is confirmed and will be kept, whatever is being asked for besides."""
COMING = (*BOOKED, State.MERGED)
"""It will take place: at a time of its own, or as part of another unit's."""
HELD = (State.PROPOSED, State.MOVE_PROPOSED)
"""A time is held for the unit to confirm."""
ENDED = (
    State.CLOSED,
    State.REJECTED,
    State.WITHDRAWN,
    State.CANCELLED_BY_UNIT,
    State.CANCELLED_UNDER_MINIMUM,
)
"""Nothing comes after it: what was left in order to be reached is deleted."""
WAITING = (State.SUBMITTED, State.WAITLISTED, State.MOVE_REQUESTED)
"""It is the coordinator's turn."""

MACHINE = Machine(
    kind="workshop",
    first=(State.DRAFT,),
    moves={
        Act.EDIT: Move((State.DRAFT,), State.DRAFT),
        Act.SUBMIT: Move((State.DRAFT,), State.SUBMITTED),
        Act.RESUBMIT: Move((State.CANCELLED_BY_PROVIDER,), State.SUBMITTED),
        Act.WAITLIST: Move((State.SUBMITTED,), State.WAITLISTED),
        Act.PROPOSE: Move((State.SUBMITTED, State.WAITLISTED), State.PROPOSED),
        Act.CONFIRM: Move((State.PROPOSED,), State.CONFIRMED),
        Act.DECLINE: Move((State.PROPOSED,), State.SUBMITTED),
        Act.EXPIRE: Move((State.PROPOSED,), State.SUBMITTED),
        Act.WITHDRAW: Move((State.DRAFT, State.SUBMITTED, State.WAITLISTED, State.PROPOSED), State.WITHDRAWN),
        Act.REJECT: Move((State.SUBMITTED, State.WAITLISTED), State.REJECTED),
        Act.RECOUNT: Move((State.CONFIRMED,), State.CONFIRMED),
        Act.RESCHEDULE: Move((State.CONFIRMED,), State.MOVE_REQUESTED),
        Act.KEEP: Move((State.MOVE_REQUESTED, State.MOVE_PROPOSED), State.CONFIRMED),
        Act.PROPOSE_MOVE: Move((State.MOVE_REQUESTED,), State.MOVE_PROPOSED),
        Act.CONFIRM_MOVE: Move((State.MOVE_PROPOSED,), State.CONFIRMED),
        Act.DECLINE_MOVE: Move((State.MOVE_PROPOSED,), State.MOVE_REQUESTED),
        Act.EXPIRE_MOVE: Move((State.MOVE_PROPOSED,), State.MOVE_REQUESTED),
        Act.REFUSE_MOVE: Move((State.MOVE_REQUESTED,), State.CONFIRMED),
        Act.REPLACE: Move((State.CONFIRMED,), State.CONFIRMED),
        Act.REPLACE_MOVING: Move((State.MOVE_REQUESTED,), State.MOVE_REQUESTED),
        Act.MERGE: Move((State.CONFIRMED,), State.MERGED),
        Act.CANCEL_BY_UNIT: Move(COMING, State.CANCELLED_BY_UNIT),
        Act.CANCEL_BY_PROVIDER: Move(COMING, State.CANCELLED_BY_PROVIDER),
        Act.CANCEL_UNDER_MINIMUM: Move(BOOKED, State.CANCELLED_UNDER_MINIMUM),
        Act.DELIVER: Move(COMING, State.DELIVERED),
        Act.GIVE_FEEDBACK: Move((State.DELIVERED,), State.DELIVERED),
        Act.CLOSE: Move((State.DELIVERED,), State.CLOSED),
    },
    live=(*BOOKED, State.DELIVERED, State.CLOSED),
)

WHILE_MOVING = {
    Act.PROPOSE: Act.PROPOSE_MOVE,
    Act.CONFIRM: Act.CONFIRM_MOVE,
    Act.DECLINE: Act.DECLINE_MOVE,
    Act.EXPIRE: Act.EXPIRE_MOVE,
    Act.REJECT: Act.REFUSE_MOVE,
    Act.REPLACE: Act.REPLACE_MOVING,
}
"""What the same request means where a time is confirmed already and another one is asked for."""


class RoundsUsed(Conflict):
    """So many proposals came to nothing that somebody has to call first."""

    code = "workshop_rounds_used"
    detail = "已经提议过三次都没有定下来。请先打电话和单位联系人商量，再带上 spoken 提议商量好的时间。"


class MovesUsed(Conflict):
    """The workshop was rescheduled as often as it may be."""

    code = "workshop_moves_used"
    detail = "这场活动已经改过两次时间，不能再改；来不了的话可以取消。"


class TooLateToMove(Conflict):
    """The cut-off before the workshop has passed."""

    code = "workshop_too_late"
    detail = "离活动开始已经不足 72 小时，不能再改；请直接联系协调员。"


class NotYetOver(Conflict):
    """What has not begun cannot be noted as delivered."""

    code = "workshop_not_begun"
    detail = "活动还没有开始，请在活动之后再登记。"


class AlreadyBegun(Conflict):
    """What has begun is not cancelled any more; whether it took place is noted instead."""

    code = "workshop_begun"
    detail = "活动时间已到，不能再取消或改期。"


def act_in(state: State, act: Act) -> Act:
    """Return which act a request means in this state."""
    return WHILE_MOVING.get(act, act) if state in (State.MOVE_REQUESTED, State.MOVE_PROPOSED) else act


def is_expired(state: State, held_until: datetime | None, now: datetime) -> bool:
    """Tell whether what was proposed is not held any more, whether or not a sweeper noted it."""
    return state in HELD and held_until is not None and held_until <= now


def check_round(rounds: int, spoken: bool) -> None:
    """Raise `RoundsUsed` where somebody has to call before the next proposal."""
    if rounds >= MOST_ROUNDS and not spoken:
        raise RoundsUsed


def check_not_begun(starts_at: datetime, now: datetime) -> None:
    """Raise `AlreadyBegun` from the start on."""
    if starts_at <= now:
        raise AlreadyBegun


def check_begun(starts_at: datetime, now: datetime) -> None:
    """Raise `NotYetOver` before the start."""
    if starts_at > now:
        raise NotYetOver
