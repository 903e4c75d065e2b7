"""Which step of a call-back follows which, and who may take it."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from heartport.callers import CLINICAL_LEAD, COORDINATOR
from heartport.errors import Conflict, NotAllowed


class State(StrEnum):
    """How a call-back stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Act(StrEnum):
    """What somebody does with a call-back."""

    ASK = "ask"
    ACCEPT = "accept"
    ATTEMPT = "attempt"
    RELEASE = "release"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    ERASE = "erase"


class AttemptOutcome(StrEnum):
    """What came of one call."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    WRONG_NUMBER = "wrong_number"


class CloseOutcome(StrEnum):
    """What came of the whole request."""

    TALKED = "talked"
    REFERRED = "referred"
    DECLINED = "declined"
    NOT_REACHED = "not_reached"
    WRONG_NUMBER = "wrong_number"


STATES_OF_ACTS: Mapping[Act, tuple[State, ...]] = {
    Act.ACCEPT: (State.OPEN,),
    Act.ATTEMPT: (State.ACCEPTED,),
    Act.RELEASE: (State.ACCEPTED,),
    Act.CLOSE: (State.ACCEPTED,),
    Act.WITHDRAW: (State.OPEN, State.ACCEPTED),
    Act.LAPSE: (State.OPEN, State.ACCEPTED),
}
"""In which states an act is possible."""
STATES_AFTER: Mapping[Act, State] = {
    Act.ACCEPT: State.ACCEPTED,
    Act.ATTEMPT: State.ACCEPTED,
    Act.RELEASE: State.OPEN,
    Act.CLOSE: State.CLOSED,
    Act.WITHDRAW: State.WITHDRAWN,
    Act.LAPSE: State.LAPSED,
}


class FollowUpEnded(Conflict):
    """The call-back is closed, withdrawn or lapsed."""

    code = "follow_up_ended"
    detail = "这个回电已经结束。"


class FollowUpTaken(Conflict):
    """Somebody has accepted the call-back."""

    code = "follow_up_taken"
    detail = "这个回电已经有人接手。"


class FollowUpNotAccepted(Conflict):
    """Nobody has accepted the call-back yet."""

    code = "follow_up_not_accepted"
    detail = "请先接手，再做这一步。"


class FollowUpNotTried(Conflict):
    """Nobody is given up on whom nobody tried to call."""

    code = "follow_up_not_tried"
    detail = "还没有拨打过，请先拨打并记下结果，再结束。"


class FollowUpNotYours(NotAllowed):
    """Somebody else has accepted the call-back."""

    code = "follow_up_not_yours"
    detail = "这个回电由别的同事接手。"


def state_after(state: State, act: Act) -> State:
    """Return how a call-back stands after an act; raises `FollowUpEnded`, `FollowUpTaken` or `FollowUpNotAccepted`."""
    if state in STATES_OF_ACTS[act]:
        return STATES_AFTER[act]
    if state is State.OPEN:
        raise FollowUpNotAccepted
    raise FollowUpTaken if state is State.ACCEPTED else FollowUpEnded


def check_holder(accepted_by: str | None, staff_id: str) -> None:
    """Raise `FollowUpNotYours` for anybody but who accepted."""
    if accepted_by != staff_id:
        raise FollowUpNotYours


def check_may_release(accepted_by: str | None, staff_id: str, roles: Collection[str], on_duty: Collection[str]) -> None:
    """Raise `FollowUpNotYours` unless it is one's own, or one leads duty, or is on duty now.

    Whoever accepted may have gone home; somebody must be able to put the call-back back.
    """
    if not (staff_id in (accepted_by, *on_duty) or {CLINICAL_LEAD, COORDINATOR} & {*roles}):
        raise FollowUpNotYours


def has_spoken(outcome: CloseOutcome) -> bool:
    """Tell whether an outcome says that the person was spoken to: then it is a contact in itself."""
    return outcome not in (CloseOutcome.NOT_REACHED, CloseOutcome.WRONG_NUMBER)


def check_may_close(outcome: CloseOutcome, tried: bool) -> None:
    """Raise `FollowUpNotTried` where somebody would be given up on whom nobody tried to call."""
    if not (tried or has_spoken(outcome)):
        raise FollowUpNotTried
