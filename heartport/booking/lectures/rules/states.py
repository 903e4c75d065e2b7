"""How a lecture and a registration move, what counts as a seat, and what one may do when."""

from enum import StrEnum

from heartport.booking.rules.machines import Machine, Move

DRAFT, OPEN, CLOSED, HELD = "draft", "open", "closed", "held"
ARCHIVED, CANCELLED, POSTPONED = "archived", "cancelled", "postponed"
FULL = "full"
"""How an open lecture is shown that has no seat left: it follows from the numbers and is stored nowhere."""

REGISTERED, WAITING, OFFERED, CHECKED_IN, ABSENT = "registered", "waiting", "offered", "checked_in", "absent"
LEFT, EXPIRED = "left", "expired"

SEATED = (REGISTERED, OFFERED, CHECKED_IN, ABSENT)
"""What counts as a seat: one that is offered, too, since it is kept for somebody."""
LIVE = (*SEATED, WAITING)
CANCELLABLE = (REGISTERED, WAITING, OFFERED)
SHOWN = (OPEN, CLOSED)
"""Lectures that everybody sees; others only who has registered."""


class Act(StrEnum):
    """What a coordinator, or the clock, does with a lecture."""

    OPEN = "open"
    CLOSE = "close"
    REOPEN = "reopen"
    POSTPONE = "postpone"
    RESUME = "resume"
    CANCEL = "cancel"
    HOLD = "hold"
    ARCHIVE = "archive"


def change_of(state: str) -> str:
    """Return the act of changing a lecture's details, which leaves its state as it is."""
    return f"change_{state}"


CHANGEABLE = (DRAFT, OPEN, CLOSED)

LECTURE = Machine(
    kind="lecture",
    first=(DRAFT,),
    live=(DRAFT, OPEN, CLOSED, HELD),
    moves={
        Act.OPEN: Move((DRAFT,), OPEN),
        Act.CLOSE: Move((OPEN,), CLOSED),
        Act.REOPEN: Move((CLOSED,), OPEN),
        Act.POSTPONE: Move((OPEN, CLOSED), POSTPONED),
        Act.RESUME: Move((POSTPONED,), OPEN),
        Act.CANCEL: Move((DRAFT, OPEN, CLOSED, POSTPONED), CANCELLED),
        Act.HOLD: Move((OPEN, CLOSED), HELD),
        Act.ARCHIVE: Move((HELD, CANCELLED), ARCHIVED),
        **{change_of(state): Move((state,), state) for state in CHANGEABLE},
    },
)

REGISTRATION = Machine(
    kind="registration",
    first=(REGISTERED, WAITING),
    moves={
        "offer": Move((WAITING,), OFFERED),
        "accept": Move((OFFERED,), REGISTERED),
        "expire": Move((OFFERED,), EXPIRED),
        "leave": Move((WAITING, OFFERED), LEFT),
        "cancel": Move((REGISTERED,), CANCELLED),
        "check_in": Move((REGISTERED,), CHECKED_IN),
        "miss": Move((REGISTERED,), ABSENT),
        "call_off": Move((REGISTERED, WAITING, OFFERED), CANCELLED),
    },
)
"""Feedback is no state: the row of a person does not say whether they gave any."""


def cancelling(state: str) -> str:
    """Return by which act a person gives a registration up."""
    return "cancel" if state == REGISTERED else "leave"


def shown_state(state: str, taken: int, capacity: int) -> str:
    """Return how a lecture is shown."""
    return FULL if state == OPEN and taken >= capacity else state
