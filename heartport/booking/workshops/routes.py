"""HTTP of the workshops: a unit's head asks and confirms, a coordinator proposes, whoever led it says who came.

A workshop of a unit that the caller does not stand for is not there for them. Nothing here leads to a person who came.
"""

from collections.abc import Callable
from typing import Any

from flask import request

from heartport.booking.audit import BookingChanged
from heartport.booking.occupancy import HoldExpired, SlotTaken
from heartport.booking.rules.grid import TimeOffGrid
from heartport.booking.rules.limits import TimeClosed, TimePast, TimeTooFar
from heartport.booking.rules.machines import BookingStateWrong
from heartport.booking.workshops import desk, groups, proposals, requests
from heartport.booking.workshops.desk import CountsContradict, ReasonNeeded
from heartport.booking.workshops.details import Details
from heartport.booking.workshops.listing import find_workshop, list_workshops
from heartport.booking.workshops.matches import read_matches
from heartport.booking.workshops.requests import Asked, FeedbackGiven, TooManyOpen, UnitRefused
from heartport.booking.workshops.rows import WorkshopUnknown
from heartport.booking.workshops.rules.entitlement import EntitlementUsed
from heartport.booking.workshops.rules.minimum import HeadcountOutside, NotOneGroup, UnderMinimum
from heartport.booking.workshops.rules.steps import (
    AlreadyBegun,
    MovesUsed,
    NotYetOver,
    RoundsUsed,
    State,
    TooLateToMove,
)
from heartport.booking.workshops.rules.wishes import WishesRefused
from heartport.booking.workshops.schemas import (
    BookingStateBesideOut,
    EntitlementOut,
    WorkshopBriefOut,
    WorkshopCancelIn,
    WorkshopChoicesBesideOut,
    WorkshopDeliverIn,
    WorkshopEditIn,
    WorkshopFeedbackIn,
    WorkshopHeadcountIn,
    WorkshopIn,
    WorkshopMatchesOut,
    WorkshopMergeIn,
    WorkshopOut,
    WorkshopProposeIn,
    WorkshopRejectIn,
    WorkshopRescheduleIn,
    WorkshopStepIn,
    WorkshopSubmitIn,
    entitlement_out,
    matches_out,
    workshop_brief_out,
    workshop_out,
)
from heartport.callers import COORDINATOR, UNIT_HEAD
from heartport.catalogue.directory import TopicUnknown, TopicWithdrawn
from heartport.errors import Invalid
from heartport.web.access import also_requires, current_caller
from heartport.web.contract import Blueprint
from heartport.web.idempotency import IDEMPOTENCY_KEY, IdempotencyKeyNeeded, IdempotencyKeyReused, create_once
from heartport.web.paging import PAGING, Page, page_out, wanted_page, wrong_cursor
from heartport.web.shapes import PUBLIC_ID, PageOut, Parameter, one_of

PREFIX = "/api/v1/workshops"
WORKSHOP = Parameter("workshop_id", "path", "A workshop.", {"type": "string", **PUBLIC_ID})
STATE = Parameter("state", "query", "Only those in this state.", {"type": "string", **one_of(State)})
SOON = "2026-12-15T14:00:00+08:00"
ASKED = {
    "topic": "A03",
    "wishes": [{"starts_at": SOON}],
    "headcount": 20,
    "venue": "三号楼二层会议室",
    "contact": "周岚 021-5555 0100",
    "note": "倒班职工居多",
}
VERSION = {"version": 2}

workshops = Blueprint("workshops", __name__, url_prefix=PREFIX, description="团体活动")
unit_workshops = Blueprint("unit_workshops", __name__, url_prefix=PREFIX, description="团体活动：单位联系人")
workshop_desk = Blueprint("workshop_desk", __name__, url_prefix=PREFIX, description="团体活动：协调员")
led_workshops = Blueprint("led_workshops", __name__, url_prefix=PREFIX, description="团体活动：带领人")


def _step(view: Callable[..., WorkshopOut]) -> Callable[..., WorkshopOut]:
    """Declare what every step of a workshop takes and answers, and how it may be refused."""
    for declare in (
        workshops.takes(WORKSHOP),
        workshops.answers(200, WorkshopOut),
        workshops.refuses(WorkshopUnknown, BookingChanged),
        workshops.refuses(BookingStateWrong, beside=BookingStateBesideOut),
    ):
        view = declare(view)
    return view


@workshops.get("")
@workshops.takes(STATE, *PAGING)
@workshops.answers(200, PageOut[WorkshopBriefOut])
@workshops.refuses(Invalid)
def show_workshops() -> PageOut[WorkshopBriefOut]:
    """Show the workshops that one may see, in the order in which a coordinator goes through them."""
    page = wanted_page()
    found = list(enumerate(list_workshops(current_caller(), _wanted_states()), start=1))
    rest = found[_wanted_place(page) :][: page.limit + 1]
    return page_out(rest, page, lambda each: str(each[0]), lambda each: workshop_brief_out(each[1]))


@workshops.get("/<workshop_id>")
@workshops.takes(WORKSHOP)
@workshops.answers(200, WorkshopOut)
@workshops.refuses(WorkshopUnknown)
def show_workshop(workshop_id: str) -> WorkshopOut:
    """Show one workshop in full."""
    return _shown(workshop_id)


@workshops.post("/<workshop_id>/cancel")
@_step
@workshops.refuses(AlreadyBegun, ReasonNeeded)
@workshops.arguments(WorkshopCancelIn, example=VERSION)
@also_requires(frozenset({UNIT_HEAD, COORDINATOR}))
def cancel(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Cancel what is confirmed: a unit has its entitlement back before the cut-off, a coordinator says why."""
    caller = current_caller()
    if UNIT_HEAD in caller.roles:
        requests.cancel_by_unit(caller, workshop_id, body["version"])
    else:
        desk.cancel_by_provider(caller, workshop_id, body["version"], body["reason"])
    return _shown(workshop_id)


@unit_workshops.post("")
@unit_workshops.takes(IDEMPOTENCY_KEY)
@unit_workshops.answers(201, WorkshopOut)
@unit_workshops.refuses(TopicUnknown, TopicWithdrawn, HeadcountOutside, WishesRefused, TooManyOpen, UnitRefused)
@unit_workshops.refuses(IdempotencyKeyNeeded, IdempotencyKeyReused)
@unit_workshops.arguments(WorkshopIn, example=ASKED)
def create(body: dict[str, Any]) -> tuple[WorkshopOut, int]:
    """Write a request down as a draft; `submit` hands it in."""
    caller, asked = current_caller(), _asked(body)
    workshop_id, _ = create_once(lambda session: requests.create_workshop(session, caller, asked))
    return _shown(workshop_id), 201


@unit_workshops.get("/entitlement")
@unit_workshops.answers(200, PageOut[EntitlementOut])
def show_entitlement() -> PageOut[EntitlementOut]:
    """Show how many workshops one's unit may have, and has had, year by year."""
    standings = requests.list_own_standings(current_caller())
    return {"items": [entitlement_out(each) for each in standings], "next_cursor": None}


@unit_workshops.put("/<workshop_id>")
@_step
@unit_workshops.refuses(TopicUnknown, TopicWithdrawn, HeadcountOutside, WishesRefused, UnitRefused)
@unit_workshops.arguments(WorkshopEditIn, example={**ASKED, "version": 1})
def edit(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Write a draft anew."""
    requests.edit_draft(current_caller(), workshop_id, body.pop("version"), _asked(body))
    return _shown(workshop_id)


@unit_workshops.post("/<workshop_id>/submit")
@_step
@unit_workshops.refuses(TopicUnknown, TopicWithdrawn, WishesRefused, EntitlementUsed)
@unit_workshops.arguments(WorkshopSubmitIn, example={"version": 1})
def submit(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Hand a draft in; or what the service had to cancel once more, first in line."""
    requests.submit(current_caller(), workshop_id, body["version"], body["wishes"])
    return _shown(workshop_id)


@unit_workshops.post("/<workshop_id>/confirm")
@_step
@unit_workshops.refuses(HoldExpired, beside=WorkshopChoicesBesideOut)
@unit_workshops.refuses(EntitlementUsed, UnderMinimum)
@unit_workshops.arguments(WorkshopStepIn, example={"version": 3})
def confirm(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Take what is held; the year of the unit is charged."""
    proposals.confirm(current_caller(), workshop_id, body["version"])
    return _shown(workshop_id)


@unit_workshops.post("/<workshop_id>/decline")
@_step
@unit_workshops.arguments(WorkshopStepIn, example={"version": 3})
def decline(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Say no to what is held, and wait for another proposal."""
    proposals.decline(current_caller(), workshop_id, body["version"])
    return _shown(workshop_id)


@unit_workshops.post("/<workshop_id>/withdraw")
@_step
@unit_workshops.arguments(WorkshopStepIn, example=VERSION)
def withdraw(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Take a request back before anything is confirmed."""
    requests.withdraw(current_caller(), workshop_id, body["version"])
    return _shown(workshop_id)


@unit_workshops.post("/<workshop_id>/headcount")
@_step
@unit_workshops.refuses(HeadcountOutside)
@unit_workshops.arguments(WorkshopHeadcountIn, example={"version": 4, "headcount": 24})
def recount(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Say how many will come to what is confirmed."""
    requests.recount(current_caller(), workshop_id, body["version"], body["headcount"])
    return _shown(workshop_id)


@unit_workshops.post("/<workshop_id>/reschedule")
@_step
@unit_workshops.refuses(WishesRefused, MovesUsed, TooLateToMove)
@unit_workshops.arguments(WorkshopRescheduleIn, example={"version": 4, "wishes": [{"starts_at": SOON}]})
def reschedule(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Ask for another time; the confirmed one stays until another is confirmed."""
    requests.reschedule(current_caller(), workshop_id, body["version"], body["wishes"])
    return _shown(workshop_id)


@unit_workshops.post("/<workshop_id>/keep")
@_step
@unit_workshops.arguments(WorkshopStepIn, example={"version": 5})
def keep(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Keep the confirmed time after all."""
    requests.keep_time(current_caller(), workshop_id, body["version"])
    return _shown(workshop_id)


@unit_workshops.post("/<workshop_id>/feedback")
@_step
@unit_workshops.refuses(FeedbackGiven)
@unit_workshops.arguments(WorkshopFeedbackIn, example={"version": 5, "rating": 5, "comment": "大家都说有用"})
def give_feedback(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Say how it was, once."""
    requests.give_feedback(current_caller(), workshop_id, body["version"], body["rating"], body["comment"])
    return _shown(workshop_id)


@workshop_desk.get("/<workshop_id>/matches")
@workshop_desk.takes(WORKSHOP)
@workshop_desk.answers(200, WorkshopMatchesOut)
@workshop_desk.refuses(WorkshopUnknown)
def show_matches(workshop_id: str) -> WorkshopMatchesOut:
    """Show who could lead it, when, where, and why; or why nobody can."""
    return matches_out(read_matches(current_caller(), workshop_id))


@workshop_desk.post("/<workshop_id>/propose")
@_step
@workshop_desk.refuses(SlotTaken, beside=WorkshopChoicesBesideOut)
@workshop_desk.refuses(TimeOffGrid, TimePast, TimeTooFar, TimeClosed, RoundsUsed, UnderMinimum)
@workshop_desk.arguments(
    WorkshopProposeIn, example={"version": 2, "starts_at": SOON, "facilitator_id": "0123456789012345678901"}
)
def propose(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Hold facilitator, room and equipment for 48 hours and ask the unit."""
    version = body.pop("version")
    proposals.propose(current_caller(), workshop_id, version, proposals.Chosen(**body))
    return _shown(workshop_id)


@workshop_desk.post("/<workshop_id>/waitlist")
@_step
@workshop_desk.arguments(WorkshopStepIn, example=VERSION)
def waitlist(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Let a request wait for somebody to become free."""
    desk.waitlist(current_caller(), workshop_id, body["version"])
    return _shown(workshop_id)


@workshop_desk.post("/<workshop_id>/reject")
@_step
@workshop_desk.arguments(WorkshopRejectIn, example={"version": 2, "reason": "这个课题目前没有带领人"})
def reject(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Say no with a reason; where another time was asked for, the confirmed one stays."""
    desk.reject(current_caller(), workshop_id, body["version"], body["reason"])
    return _shown(workshop_id)


@workshop_desk.post("/<workshop_id>/merge")
@_step
@workshop_desk.refuses(NotOneGroup, AlreadyBegun)
@workshop_desk.arguments(WorkshopMergeIn, example={"version": 4, "into": "0123456789012345678901"})
def merge(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Hold a confirmed workshop that is too small as part of another one of the same topic."""
    groups.merge(current_caller(), workshop_id, body["version"], body["into"])
    return _shown(workshop_id)


@workshop_desk.post("/<workshop_id>/close")
@_step
@workshop_desk.arguments(WorkshopStepIn, example={"version": 6})
def close(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Put a delivered workshop into the file; venue, contact and note are deleted."""
    desk.close(current_caller(), workshop_id, body["version"])
    return _shown(workshop_id)


@led_workshops.post("/<workshop_id>/deliver")
@_step
@led_workshops.refuses(NotYetOver, CountsContradict)
@led_workshops.arguments(WorkshopDeliverIn, example={"version": 4, "attended": 22, "responses": 18, "satisfied": 16})
def deliver(body: dict[str, Any], workshop_id: str) -> WorkshopOut:
    """Note that it took place, with the numbers that were counted; who came is noted nowhere."""
    version = body.pop("version")
    desk.deliver(current_caller(), workshop_id, version, desk.Delivered(**body))
    return _shown(workshop_id)


def _shown(workshop_id: str) -> WorkshopOut:
    return workshop_out(find_workshop(current_caller(), workshop_id))


def _asked(body: dict[str, Any]) -> Asked:
    details = Details(body["venue"], body["contact"], body["note"])
    return Asked(body["topic"], body["wishes"], body["headcount"], details, body["unit"], body["district"])


def _wanted_states() -> list[State]:
    text = request.args.get("state")
    if text is None:
        return []
    if text not in list(State):
        raise Invalid(errors={"state": [f"只能是 {'、'.join(State)} 之一。"]})
    return [State(text)]


def _wanted_place(page: Page) -> int:
    """Return how many of the list were shown already."""
    if page.after is None:
        return 0
    if not (page.after.isascii() and page.after.isdigit()):
        raise wrong_cursor()
    return int(page.after)
