"""Use cases of a unit's head: ask for a workshop, change and hand in the request, take it back, cancel, move, judge."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.audit import begin
from heartport.booking.calendar_days import current_days
from heartport.booking.occupancy import release
from heartport.booking.rules.grid import moment_of, tick_of
from heartport.booking.workshops import notices
from heartport.booking.workshops.cancelling import cancel
from heartport.booking.workshops.details import Details, seal_comment, seal_details
from heartport.booking.workshops.entitlements import Standing, list_standings, read_standing
from heartport.booking.workshops.groups import group_of
from heartport.booking.workshops.models import Wish, Workshop
from heartport.booking.workshops.rows import (
    TRACKED,
    booked_span,
    check_step,
    find_row,
    hold_row,
    step_of,
    take_step,
    wishes_of,
)
from heartport.booking.workshops.rules.entitlement import (
    EntitlementUsed,
    charged_unit,
    check_may_move,
    year_of,
)
from heartport.booking.workshops.rules.minimum import check_headcount
from heartport.booking.workshops.rules.steps import ENDED, Act, State
from heartport.booking.workshops.rules.wishes import check_wishes
from heartport.callers import UNIT_HEAD, Caller
from heartport.catalogue.directory import current_catalogue
from heartport.catalogue.rules import Topic
from heartport.columns import new_public_id
from heartport.errors import Conflict, Invalid
from heartport.stores import Store, reading, write_transaction
from heartport.units.tree import Place, place_within

MOST_OPEN = 20
"""Requests that a unit may have waiting at one time; a year holds fewer workshops."""


class TooManyOpen(Conflict):
    """The unit has so many requests waiting that one more would serve nobody."""

    code = "workshops_open"
    detail = "贵单位还没有结束的申请已经很多了，请先处理或撤回一些。"


class FeedbackGiven(Conflict):
    """The unit has said already how it was."""

    code = "workshop_feedback_given"
    detail = "这场活动的反馈已经提交过了。"


class UnitRefused(Invalid):
    """The caller does not stand for this unit, or for several and did not say which."""

    code = "unit_refused"
    detail = "请写明是哪个单位，并且您是它的联系人。"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a unit asks for; `unit_id` None is the one unit that the caller stands for."""

    topic: str
    wishes: Sequence[datetime]
    headcount: int
    details: Details = field(repr=False)
    unit_id: str | None = None
    district: str | None = None


def create_workshop(session: Session, caller: Caller, asked: Asked) -> str:
    """Store a draft within the transaction that makes it happen once, and return its id.

    Raises `TopicUnknown` or `TopicWithdrawn`, `HeadcountOutside`, `WishesRefused`, `TooManyOpen`, or `Invalid` where it
    is not clear for which of the caller's units.
    """
    place = _unit_of(session, caller, asked.unit_id)
    columns = _columns(asked, place)
    _check_open(session, str(columns["charged_unit_id"]))
    workshop_id = new_public_id()
    row = {
        "id": workshop_id,
        "state": State.DRAFT,
        "version": 1,
        "requested_by": caller.account_id,
        "details_sealed": seal_details(workshop_id, asked.details),
        "rounds": 0,
        "moves": 0,
        "first_in_line": False,
        **columns,
    }
    session.execute(insert(Workshop).values(row))
    _put_wishes(session, workshop_id, asked.wishes)
    begin(session, TRACKED, workshop_id, step_of(caller, Act.CREATE, 1), state=State.DRAFT)
    return workshop_id


def edit_draft(caller: Caller, workshop_id: str, version: int, asked: Asked) -> None:
    """Put other contents in the place of a draft's; raises what `create_workshop` raises."""

    def work(session: Session) -> None:
        row = find_row(session, caller, workshop_id)
        check_step(row, Act.EDIT, version)
        place = _unit_of(session, caller, asked.unit_id or row.unit_id)
        sealed = seal_details(workshop_id, asked.details)
        take_step(session, row, step_of(caller, Act.EDIT, version), **_columns(asked, place), details_sealed=sealed)
        _put_wishes(session, workshop_id, asked.wishes)

    write_transaction(Store.MAIN, work)


def submit(caller: Caller, workshop_id: str, version: int, wishes: Sequence[datetime] | None) -> None:
    """Hand a draft in, or ask once more for what the service had to cancel, with other wishes or those it has.

    Raises `TopicWithdrawn`, `WishesRefused`, or `EntitlementUsed` where the unit has nothing left in any wished year.
    """
    told = notices.coordinators()

    def work(session: Session) -> None:
        row = find_row(session, caller, workshop_id)
        act = Act.SUBMIT if row.state == State.DRAFT else Act.RESUBMIT
        check_step(row, act, version)
        if act is Act.SUBMIT:
            _check_topic_still(row)
        wished = wishes or [moment_of(each) for each in wishes_of(session, [row.id])[row.id]]
        _check_wishes(wished, row.duration_min)
        _check_some_left(session, row.charged_unit_id, wished)
        _put_wishes(session, row.id, wished)
        take_step(session, row, step_of(caller, act, version), submitted_on=clock.today(), reason=None, rounds=0)
        notices.tell_coordinators(session, told, row)

    write_transaction(Store.MAIN, work)


def withdraw(caller: Caller, workshop_id: str, version: int) -> None:
    """Take a request back before anything is confirmed; what is held is free at once."""
    told = notices.coordinators()

    def work(session: Session) -> None:
        row = hold_row(session, caller, workshop_id)
        check_step(row, Act.WITHDRAW, version)
        release(session, row.id, only_held=True)
        take_step(session, row, step_of(caller, Act.WITHDRAW, version), held_until=None)
        notices.untell_unit(session, row)
        notices.untell_coordinators(session, told, row)

    write_transaction(Store.MAIN, work)


def recount(caller: Caller, workshop_id: str, version: int, headcount: int) -> None:
    """Say how many people will come, up to the start; raises `HeadcountOutside`."""

    def work(session: Session) -> None:
        row = hold_row(session, caller, workshop_id)
        check_step(row, Act.RECOUNT, version)
        group = group_of(session, row)
        check_headcount(headcount, group.max_people - group.total + row.headcount)
        take_step(session, row, step_of(caller, Act.RECOUNT, version), headcount=headcount)

    write_transaction(Store.MAIN, work)


def reschedule(caller: Caller, workshop_id: str, version: int, wishes: Sequence[datetime]) -> None:
    """Ask for another time; the confirmed one stays until another is confirmed.

    Raises `WishesRefused`, `MovesUsed` or `TooLateToMove`.
    """
    told = notices.coordinators()

    def work(session: Session) -> None:
        row = hold_row(session, caller, workshop_id)
        check_step(row, Act.RESCHEDULE, version)
        span = booked_span(session, row)
        assert span is not None
        check_may_move(row.moves, span.starts_at, clock.now())
        _check_wishes(wishes, row.duration_min)
        _put_wishes(session, row.id, wishes)
        step = step_of(caller, Act.RESCHEDULE, version)
        take_step(session, row, step, moves=row.moves + 1, rounds=0, reason=None, submitted_on=clock.today())
        notices.tell_coordinators(session, told, row)

    write_transaction(Store.MAIN, work)


def keep_time(caller: Caller, workshop_id: str, version: int) -> None:
    """Give up the wish for another time; the confirmed one stays."""
    told = notices.coordinators()

    def work(session: Session) -> None:
        row = hold_row(session, caller, workshop_id)
        check_step(row, Act.KEEP, version)
        release(session, row.id, only_held=True)
        take_step(session, row, step_of(caller, Act.KEEP, version), held_until=None, rounds=0)
        notices.untell_unit(session, row)
        notices.untell_coordinators(session, told, row)

    write_transaction(Store.MAIN, work)


def cancel_by_unit(caller: Caller, workshop_id: str, version: int) -> None:
    """Cancel a confirmed workshop; before the cut-off the entitlement comes back. Raises `AlreadyBegun`."""
    told = notices.coordinators()

    def work(session: Session) -> None:
        row = hold_row(session, caller, workshop_id)
        check_step(row, Act.CANCEL_BY_UNIT, version)
        cancel(session, row, step_of(caller, Act.CANCEL_BY_UNIT, version))
        notices.untell_coordinators(session, told, row)

    write_transaction(Store.MAIN, work)


def give_feedback(caller: Caller, workshop_id: str, version: int, rating: int, comment: str | None) -> None:
    """Say once how it was; raises `FeedbackGiven`."""

    def work(session: Session) -> None:
        row = find_row(session, caller, workshop_id)
        check_step(row, Act.GIVE_FEEDBACK, version)
        if row.rating is not None:
            raise FeedbackGiven
        sealed = seal_comment(row.id, comment)
        take_step(session, row, step_of(caller, Act.GIVE_FEEDBACK, version), rating=rating, comment_sealed=sealed)

    write_transaction(Store.MAIN, work)


def list_own_standings(caller: Caller) -> list[Standing]:
    """Return how the units stand for which the caller stands, year by year."""
    with reading(Store.MAIN) as session:
        places = [place_within(session, each) for each in sorted(filter(None, caller.scopes.get(UNIT_HEAD, ())))]
    units = {charged_unit(place.ids) for place in places if place}
    return [standing for unit_id in sorted(units) for standing in list_standings(unit_id)]


def _unit_of(session: Session, caller: Caller, unit_id: str | None) -> Place:
    """Return the unit for which somebody asks; one that is not theirs looks like one that is not there."""
    scope = [each for each in caller.scopes.get(UNIT_HEAD, frozenset()) if each]
    wanted = unit_id or (scope[0] if len(scope) == 1 else None)
    if wanted is None:
        raise UnitRefused(errors={"unit": ["您代表多个单位，请写明是哪一个。"]})
    place = place_within(session, wanted)
    if place is None or not caller.may_act_in(UNIT_HEAD, place.ids):
        raise UnitRefused(errors={"unit": ["没有这个单位，或您不是它的联系人。"]})
    return place


def _columns(asked: Asked, place: Place) -> dict[str, object]:
    """Return what a request says, with its topic as it is today; raises what is wrong with it."""
    topic = current_catalogue().find_offered(asked.topic)
    check_headcount(asked.headcount, topic.max_people)
    _check_wishes(asked.wishes, topic.duration_min)
    return {
        "unit_id": place.id,
        "charged_unit_id": charged_unit(place.ids),
        "headcount": asked.headcount,
        "district": asked.district or (place.names[1] if len(place.names) > 1 else None),
        **_topic_columns(topic),
    }


def _topic_columns(topic: Topic) -> dict[str, object]:
    return {
        "topic_code": topic.code,
        "title": topic.title,
        "format": topic.format.value,
        "duration_min": topic.duration_min,
        "min_people": topic.min_people,
        "max_people": topic.max_people,
    }


def _check_topic_still(row: Workshop) -> None:
    """Raise `TopicWithdrawn` where a draft waited too long; what was handed in is not asked again."""
    current_catalogue().find_offered(row.topic_code)


def _check_wishes(wishes: Sequence[datetime], duration_min: int) -> None:
    check_wishes(wishes, timedelta(minutes=duration_min), clock.now(), current_days().kind_of)


def _check_some_left(session: Session, unit_id: str, wishes: Sequence[datetime]) -> None:
    standings = [read_standing(session, unit_id, year) for year in {year_of(each) for each in wishes}]
    if all(each.used >= each.allowed for each in standings):
        raise EntitlementUsed


def _check_open(session: Session, unit_id: str) -> None:
    over = (*ENDED, State.CANCELLED_BY_PROVIDER, State.DELIVERED)
    statement = select(func.count()).where(Workshop.charged_unit_id == unit_id, Workshop.state.not_in(over))
    if session.execute(statement).scalar_one() >= MOST_OPEN:
        raise TooManyOpen


def _put_wishes(session: Session, workshop_id: str, wishes: Sequence[datetime]) -> None:
    session.execute(delete(Wish).where(Wish.workshop_id == workshop_id))
    rows = [
        {"workshop_id": workshop_id, "number": number, "starts": tick_of(each)}
        for number, each in enumerate(wishes, start=1)
    ]
    session.execute(insert(Wish), rows)
