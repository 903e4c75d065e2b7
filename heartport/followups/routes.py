"""HTTP of the call-backs: a person asks, sees and withdraws; whoever is on duty sees who waits, and calls."""

from typing import Any

from heartport import clock
from heartport.callers import COORDINATOR
from heartport.errors import Conflict, NotAllowed, TooMany
from heartport.followups import calls, queue, requests
from heartport.followups.availability import read_availability
from heartport.followups.contacts import Contact
from heartport.followups.events import person_pseudonym, read_first_contacts
from heartport.followups.requests import FollowUpOpen
from heartport.followups.rules.asking import FollowUpTooOften, RosterEmpty, needs_hotlines, why_not_offered
from heartport.followups.rules.figures import first_contact_figures
from heartport.followups.rules.steps import (
    FollowUpEnded,
    FollowUpNotAccepted,
    FollowUpNotTried,
    FollowUpNotYours,
    FollowUpTaken,
)
from heartport.followups.schemas import (
    AskedOut,
    AttemptIn,
    AvailabilityOut,
    CloseIn,
    FiguresOut,
    FollowUpIn,
    OpenedOut,
    OwnFollowUpOut,
    PurposeBesideOut,
    StepIn,
    WaitingOut,
    availability_out,
    figures_out,
    opened_out,
    own_follow_up_out,
    waiting_out,
)
from heartport.followups.steps import FollowUpChanged, FollowUpUnknown
from heartport.hotlines.schemas import HotlinesBesideOut
from heartport.hotlines.service import list_open_hotlines
from heartport.members.rules import AgeGroupNeeded, ConsentNeeded, UnderAge
from heartport.members.standing import read_standing
from heartport.web.access import also_requires, current_caller
from heartport.web.contract import Blueprint
from heartport.web.idempotency import IDEMPOTENCY_KEY, IdempotencyKeyNeeded, IdempotencyKeyReused, create_once
from heartport.web.shapes import PUBLIC_ID, PageOut, Parameter

FOLLOW_UP = Parameter("follow_up_id", "path", "A call-back.", {"type": "string", **PUBLIC_ID})

ASKING = {"phone": "13800138000", "call_me": "小林", "when": "soon", "voicemail_ok": False, "urgency": "normal"}

own_follow_ups = Blueprint("own_follow_ups", __name__, url_prefix="/api/v1/follow-ups", description="请人回电")
follow_up_queue = Blueprint("follow_up_queue", __name__, url_prefix="/api/v1/follow-ups", description="回电值班")


@own_follow_ups.get("/availability")
@own_follow_ups.answers(200, AvailabilityOut)
def show_availability() -> AvailabilityOut:
    """Say, before anything is sent, when somebody would call; or that nobody will, and whom to call now."""
    found = read_availability()
    age_group = read_standing(current_caller().account_id).profile.age_group
    return availability_out(found, list_open_hotlines(), why_not_offered(age_group, found.exists))


@own_follow_ups.post("")
@own_follow_ups.takes(IDEMPOTENCY_KEY)
@own_follow_ups.answers(201, AskedOut)
@own_follow_ups.refuses(ConsentNeeded, beside=PurposeBesideOut)
@own_follow_ups.refuses(AgeGroupNeeded, UnderAge, beside=HotlinesBesideOut)
@own_follow_ups.refuses(RosterEmpty, FollowUpOpen, FollowUpTooOften, TooMany, beside=HotlinesBesideOut)
@own_follow_ups.refuses(IdempotencyKeyNeeded, IdempotencyKeyReused)
@own_follow_ups.arguments(FollowUpIn, example=ASKING)
def ask_for_call(body: dict[str, Any]) -> tuple[AskedOut, int]:
    """Ask to be called; a refusal says whom to call instead."""
    standing = read_standing(current_caller().account_id)
    contact, person = Contact(**body), person_pseudonym(standing.account_id)
    try:
        follow_up_id, _ = create_once(lambda session: requests.ask_for_call(session, standing, person, contact))
    except (NotAllowed, Conflict, TooMany) as refusal:
        refusal.members["hotlines"] = list_open_hotlines()
        raise
    return _own(standing.account_id, follow_up_id), 201


@own_follow_ups.get("/mine")
@own_follow_ups.answers(200, PageOut[OwnFollowUpOut])
def list_own_follow_ups() -> PageOut[OwnFollowUpOut]:
    """Show one's own call-backs, the latest first."""
    found, now = requests.list_own(current_caller().account_id), clock.now()
    return {"items": [own_follow_up_out(each, now) for each in found], "next_cursor": None}


@own_follow_ups.post("/<follow_up_id>/withdraw")
@own_follow_ups.takes(FOLLOW_UP)
@own_follow_ups.answers(200, AskedOut)
@own_follow_ups.refuses(FollowUpUnknown, FollowUpEnded, FollowUpChanged)
@own_follow_ups.arguments(StepIn, example={"version": 1})
def withdraw(body: dict[str, Any], follow_up_id: str) -> AskedOut:
    """Withdraw one's own request; number, name and note are deleted at once."""
    account_id = current_caller().account_id
    requests.withdraw(account_id, follow_up_id, body["version"])
    return _own(account_id, follow_up_id)


@follow_up_queue.get("")
@follow_up_queue.answers(200, PageOut[WaitingOut])
def list_queue() -> PageOut[WaitingOut]:
    """Show who waits: urgent ones first, then whoever has waited longest."""
    names = queue.staff_names()
    return {"items": [waiting_out(each, names) for each in queue.list_queue()], "next_cursor": None}


@follow_up_queue.get("/first-contact")
@follow_up_queue.answers(200, FiguresOut)
@also_requires(COORDINATOR)
def show_first_contact() -> FiguresOut:
    """Show how soon people were called, by months that are over and that enough people stand behind."""
    return figures_out(first_contact_figures(read_first_contacts(), clock.today()))


@follow_up_queue.get("/<follow_up_id>")
@follow_up_queue.takes(FOLLOW_UP)
@follow_up_queue.answers(200, OpenedOut)
@follow_up_queue.refuses(FollowUpUnknown)
def show_follow_up(follow_up_id: str) -> OpenedOut:
    """Show one call-back; number, name and note to nobody but who accepted it."""
    return _opened(follow_up_id)


@follow_up_queue.post("/<follow_up_id>/accept")
@follow_up_queue.takes(FOLLOW_UP)
@follow_up_queue.answers(200, OpenedOut)
@follow_up_queue.refuses(FollowUpUnknown, FollowUpEnded, FollowUpTaken, FollowUpNotAccepted, FollowUpNotTried)
@follow_up_queue.refuses(FollowUpNotYours, FollowUpChanged)
@follow_up_queue.arguments(StepIn, example={"version": 1})
def accept(body: dict[str, Any], follow_up_id: str) -> OpenedOut:
    """Take a call-back on oneself."""
    calls.accept(current_caller(), follow_up_id, body["version"])
    return _opened(follow_up_id)


@follow_up_queue.post("/<follow_up_id>/attempt")
@follow_up_queue.takes(FOLLOW_UP)
@follow_up_queue.answers(200, OpenedOut)
@follow_up_queue.refuses(FollowUpUnknown, FollowUpEnded, FollowUpTaken, FollowUpNotAccepted, FollowUpNotTried)
@follow_up_queue.refuses(FollowUpNotYours, FollowUpChanged)
@follow_up_queue.arguments(AttemptIn, example={"version": 2, "outcome": "no_answer"})
def note_attempt(body: dict[str, Any], follow_up_id: str) -> OpenedOut:
    """Note that one called, and what came of it."""
    calls.note_attempt(current_caller(), follow_up_id, body["version"], body["outcome"])
    return _opened(follow_up_id)


@follow_up_queue.post("/<follow_up_id>/release")
@follow_up_queue.takes(FOLLOW_UP)
@follow_up_queue.answers(200, OpenedOut)
@follow_up_queue.refuses(FollowUpUnknown, FollowUpEnded, FollowUpTaken, FollowUpNotAccepted, FollowUpNotTried)
@follow_up_queue.refuses(FollowUpNotYours, FollowUpChanged)
@follow_up_queue.arguments(StepIn, example={"version": 1})
def release(body: dict[str, Any], follow_up_id: str) -> OpenedOut:
    """Put a call-back back into the queue, one's own or one that somebody left lying."""
    calls.release(current_caller(), follow_up_id, body["version"])
    return _opened(follow_up_id)


@follow_up_queue.post("/<follow_up_id>/close")
@follow_up_queue.takes(FOLLOW_UP)
@follow_up_queue.answers(200, OpenedOut)
@follow_up_queue.refuses(FollowUpUnknown, FollowUpEnded, FollowUpTaken, FollowUpNotAccepted, FollowUpNotTried)
@follow_up_queue.refuses(FollowUpNotYours, FollowUpChanged)
@follow_up_queue.arguments(CloseIn, example={"version": 3, "outcome": "talked"})
def close(body: dict[str, Any], follow_up_id: str) -> OpenedOut:
    """End a call-back; number, name and note are deleted at once."""
    calls.close(current_caller(), follow_up_id, body["version"], body["outcome"])
    return _opened(follow_up_id)


def _own(account_id: str, follow_up_id: str) -> AskedOut:
    """Answer one of a person's own, with whom to call now where it is urgent or nobody is on duty."""
    own, found = requests.find_own(account_id, follow_up_id), read_availability()
    wanted = needs_hotlines(own.contact.urgency if own.contact else None, found.on_duty)
    return {**own_follow_up_out(own, found.at), "hotlines": list_open_hotlines() if wanted else []}


def _opened(follow_up_id: str) -> OpenedOut:
    return opened_out(queue.open_follow_up(current_caller().account_id, follow_up_id), queue.staff_names())
