"""HTTP of the call-backs: a person asks, sees and withdraws; whoever is on duty sees who waits, and calls."""

from typing import Any

from heartport import clock
from heartport.callers import COORDINATOR
from heartport.errors import Conflict, NotAllowed, TooMany
from heartport.followups import calls, queue, requests
from heartport.followups.availability import read_availability
from heartport.followups.contacts import Contact
from heartport.followups.events import person_pseudonym, read_first_contacts
from heartport.followups.rules.asking import needs_hotlines, why_not_offered
from heartport.followups.rules.figures import first_contact_figures
from heartport.followups.schemas import (
    AttemptIn,
    CloseIn,
    FollowUpIn,
    StepIn,
    availability_out,
    figures_out,
    opened_out,
    own_follow_up_out,
    waiting_out,
)
from heartport.hotlines.service import list_open_hotlines
from heartport.members.standing import read_standing
from heartport.web.access import also_requires, current_caller
from heartport.web.contract import Blueprint
from heartport.web.idempotency import create_once

own_follow_ups = Blueprint("own_follow_ups", __name__, url_prefix="/api/v1/follow-ups", description="请人回电")
follow_up_queue = Blueprint("follow_up_queue", __name__, url_prefix="/api/v1/follow-ups", description="回电值班")


@own_follow_ups.get("/availability")
def show_availability() -> dict[str, Any]:
    """Say, before anything is sent, when somebody would call; or that nobody will, and whom to call now."""
    found = read_availability()
    age_group = read_standing(current_caller().account_id).profile.age_group
    return availability_out(found, list_open_hotlines(), why_not_offered(age_group, found.exists))


@own_follow_ups.post("")
@own_follow_ups.arguments(FollowUpIn)
def ask_for_call(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
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
def list_own_follow_ups() -> dict[str, Any]:
    """Show one's own call-backs, the latest first."""
    found, now = requests.list_own(current_caller().account_id), clock.now()
    return {"items": [own_follow_up_out(each, now) for each in found], "next_cursor": None}


@own_follow_ups.post("/<follow_up_id>/withdraw")
@own_follow_ups.arguments(StepIn)
def withdraw(body: dict[str, Any], follow_up_id: str) -> dict[str, Any]:
    """Withdraw one's own request; number, name and note are deleted at once."""
    account_id = current_caller().account_id
    requests.withdraw(account_id, follow_up_id, body["version"])
    return _own(account_id, follow_up_id)


@follow_up_queue.get("")
def list_queue() -> dict[str, Any]:
    """Show who waits: urgent ones first, then whoever has waited longest."""
    names = queue.staff_names()
    return {"items": [waiting_out(each, names) for each in queue.list_queue()], "next_cursor": None}


@follow_up_queue.get("/first-contact")
@also_requires(COORDINATOR)
def show_first_contact() -> dict[str, Any]:
    """Show how soon people were called, by months that are over and that enough people stand behind."""
    return figures_out(first_contact_figures(read_first_contacts(), clock.today()))


@follow_up_queue.get("/<follow_up_id>")
def show_follow_up(follow_up_id: str) -> dict[str, Any]:
    """Show one call-back; number, name and note to nobody but who accepted it."""
    return _opened(follow_up_id)


@follow_up_queue.post("/<follow_up_id>/accept")
@follow_up_queue.arguments(StepIn)
def accept(body: dict[str, Any], follow_up_id: str) -> dict[str, Any]:
    """Take a call-back on oneself."""
    calls.accept(current_caller(), follow_up_id, body["version"])
    return _opened(follow_up_id)


@follow_up_queue.post("/<follow_up_id>/attempt")
@follow_up_queue.arguments(AttemptIn)
def note_attempt(body: dict[str, Any], follow_up_id: str) -> dict[str, Any]:
    """Note that one called, and what came of it."""
    calls.note_attempt(current_caller(), follow_up_id, body["version"], body["outcome"])
    return _opened(follow_up_id)


@follow_up_queue.post("/<follow_up_id>/release")
@follow_up_queue.arguments(StepIn)
def release(body: dict[str, Any], follow_up_id: str) -> dict[str, Any]:
    """Put a call-back back into the queue, one's own or one that somebody left lying."""
    calls.release(current_caller(), follow_up_id, body["version"])
    return _opened(follow_up_id)


@follow_up_queue.post("/<follow_up_id>/close")
@follow_up_queue.arguments(CloseIn)
def close(body: dict[str, Any], follow_up_id: str) -> dict[str, Any]:
    """End a call-back; number, name and note are deleted at once."""
    calls.close(current_caller(), follow_up_id, body["version"], body["outcome"])
    return _opened(follow_up_id)


def _own(account_id: str, follow_up_id: str) -> dict[str, Any]:
    """Answer one of a person's own, with whom to call now where it is urgent or nobody is on duty."""
    own, found = requests.find_own(account_id, follow_up_id), read_availability()
    wanted = needs_hotlines(own.contact.urgency if own.contact else None, found.on_duty)
    return {**own_follow_up_out(own, found.at), "hotlines": list_open_hotlines() if wanted else []}


def _opened(follow_up_id: str) -> dict[str, Any]:
    return opened_out(queue.open_follow_up(current_caller().account_id, follow_up_id), queue.staff_names())
