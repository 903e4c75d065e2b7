"""The states of an appointment, and which follows which.

A moved appointment stays booked: it keeps its id, since what was shared for it hangs on that; the audit tells the move.
"""

from enum import StrEnum

from heartport.booking.rules.machines import Machine, Move


class State(StrEnum):
    """How an appointment stands."""

    HELD = "held"
    OFFERED = "offered"
    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    LATE_CANCELLED = "late_cancelled"
    CANCELLED_BY_COUNSELLOR = "cancelled_by_counsellor"
    EXPIRED = "expired"
    DECLINED = "declined"


class Act(StrEnum):
    """What somebody does with an appointment; `hold` and `offer` begin one."""

    HOLD = "hold"
    OFFER = "offer"
    CONFIRM = "confirm"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    CANCEL = "cancel"
    CANCEL_LATE = "cancel_late"
    RESCHEDULE = "reschedule"
    CANCEL_BY_COUNSELLOR = "cancel_by_counsellor"
    TRANSFER = "transfer"
    CHECK_IN = "check_in"
    ATTEND = "attend"
    NO_SHOW = "no_show"


APPOINTMENTS = Machine(
    kind="counselling",
    first=[State.HELD, State.OFFERED],
    moves={
        Act.CONFIRM: Move([State.HELD], State.BOOKED),
        Act.ACCEPT: Move([State.OFFERED], State.HELD),
        Act.DECLINE: Move([State.OFFERED], State.DECLINED),
        Act.EXPIRE: Move([State.HELD, State.OFFERED], State.EXPIRED),
        Act.CANCEL: Move([State.HELD, State.BOOKED], State.CANCELLED),
        Act.CANCEL_LATE: Move([State.BOOKED], State.LATE_CANCELLED),
        Act.RESCHEDULE: Move([State.BOOKED], State.BOOKED),
        Act.CANCEL_BY_COUNSELLOR: Move([State.BOOKED], State.CANCELLED_BY_COUNSELLOR),
        Act.TRANSFER: Move([State.BOOKED], State.BOOKED),
        Act.CHECK_IN: Move([State.BOOKED, State.NO_SHOW], State.CHECKED_IN),
        Act.ATTEND: Move([State.CHECKED_IN], State.ATTENDED),
        Act.NO_SHOW: Move([State.BOOKED], State.NO_SHOW),
    },
    live=[State.BOOKED, State.CHECKED_IN, State.ATTENDED, State.NO_SHOW],
)
HOLDING = (State.HELD, State.OFFERED)
COMING = (State.HELD, State.OFFERED, State.BOOKED, State.CHECKED_IN)
"""What is still to come, or just being held."""
AHEAD = (State.BOOKED, State.CHECKED_IN)
"""What is booked and not over."""
MET = (State.CHECKED_IN, State.ATTENDED, State.NO_SHOW)
"""Of these there may be a case record, which the law wants kept."""
ENDED = (
    State.CANCELLED,
    State.LATE_CANCELLED,
    State.CANCELLED_BY_COUNSELLOR,
    State.EXPIRED,
    State.DECLINED,
)
"""What did not take place."""
