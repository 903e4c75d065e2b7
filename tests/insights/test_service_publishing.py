"""Service figures are published once, whole or not at all, and nothing that happens later changes a byte of them."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from heartport.booking.counselling.models import Appointment
from heartport.booking.lectures.models import Lecture
from heartport.booking.lectures.sweepers import archive_old
from heartport.booking.rules.grid import first_tick
from heartport.insights import service_publishing
from heartport.insights.models import ServiceFigure, ServicePublication
from heartport.insights.retention import delete_old_service_figures
from heartport.insights.rules.months import Part
from heartport.insights.rules.service import Measure
from heartport.insights.service_counts import count_bookings, count_visitors
from heartport.insights.service_publishing import (
    publish_bookings,
    publish_part,
    publish_sign_ins,
    published_parts,
    shown_visitors,
)
from heartport.jobs.table import JOBS
from heartport.local_time import SHANGHAI
from heartport.members import erasures, sessions
from heartport.members.models import AccessToken
from heartport.members.sessions import delete_expired_tokens, people_signed_in
from heartport.stores import Store, reading, write_transaction
from heartport.units.models import UnitBinding
from tests.booking.lectures import hall
from tests.conftest import Clock
from tests.insights.people import make_units
from tests.insights.taking_place import take_place
from tests.killing import FULL, killed_after, steps_of
from tests.threads import at_once

NOVEMBER = ("2026-11", Part.SIGN_INS)


@pytest.fixture
def units(app: Flask) -> dict[str, str]:
    return make_units()


@pytest.fixture(autouse=True)
def _tails(monkeypatch: pytest.MonkeyPatch) -> None:
    """No adjustment, so that tests see what was counted; it is still rounded to fives."""
    monkeypatch.setattr(service_publishing, "_coin", lambda: 0)


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]


def people(count: int, unit_id: str | None = None) -> list[str]:
    """Make so many people of a unit, or of none, each signed in once, now."""
    made = hall.accounts_of(count)
    for account_id in made:
        sessions.open_session(account_id)
    if unit_id:
        rows = [{"account_id": account_id, "unit_id": unit_id} for account_id in made]
        write_transaction(Store.MAIN, lambda session: session.execute(insert(UnitBinding), rows) and None)
    return made


def everything_published() -> list[object]:
    with reading(Store.MAIN) as session:
        return [
            tuple(row)
            for model in (ServicePublication, ServiceFigure)
            for row in session.execute(select(*model.__table__.columns).order_by(*model.__table__.primary_key)).all()
        ]


def visitors() -> dict[str, int]:
    with reading(Store.MAIN) as session:
        rows = session.execute(select(ServiceFigure).where(ServiceFigure.measure == "visitors")).scalars().all()
    return {row.district: row.figure for row in rows}


# Who signed in


def test_different_people_are_counted_by_the_district_of_their_unit_and_never_fewer_than_ten(
    units: dict[str, str], clock: Clock
) -> None:
    welders = people(12, units["p1"])
    people(13, units["d"])
    people(9, units["e2"])
    people(11)
    for account_id in welders:
        sessions.open_session(account_id)
    clock.moment = shanghai(2026, 12, 1, 0, 3)
    assert count_visitors("2026-11") == {"灯塔区": 25, "渔港区": 9, "其他": 11}
    assert publish_sign_ins() == 1
    assert visitors() == {"灯塔区": 25, "其他": 10}


def test_a_figure_is_adjusted_before_it_is_rounded(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    falls = iter([1, 1, 1, 0, 0])
    monkeypatch.setattr(service_publishing, "_coin", lambda: next(falls))
    assert shown_visitors({"灯塔区": 30}) == {("灯塔区", Measure.VISITORS): 35}


def test_a_month_is_that_of_shanghai_and_a_token_tells_its_day(app: Flask, clock: Clock) -> None:
    for moment in (
        shanghai(2026, 10, 31, 23, 59),
        shanghai(2026, 11, 1),
        shanghai(2026, 11, 30, 23, 59),
        shanghai(2026, 12, 1),
    ):
        clock.moment = moment
        people(1)
    counted = [people_signed_in(date(2026, month, 1), date(2026, month + 1, 1)).get(None, 0) for month in (9, 10, 11)]
    assert counted == [0, 1, 2]


@pytest.mark.parametrize(
    ("year", "month", "lost"),
    [(2026, 12, 1), (2027, 1, 1), (2027, 2, 0), (2028, 2, 0), (2026, 11, 0)],
    ids=["december", "january", "february", "leap", "november"],
)
def test_in_the_first_night_only_the_first_day_of_a_long_month_is_lost(
    app: Flask, clock: Clock, year: int, month: int, lost: int
) -> None:
    """Tokens that are over go at seven past each hour; we come at three past midnight."""
    first, end = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
    days = (end - first).days
    for day in (1, 2, 15, days):
        clock.moment = shanghai(year, month, day, 12)
        people(1)
    clock.moment = shanghai(end.year, end.month, 1, 0, 3) - timedelta(hours=1)
    delete_expired_tokens()
    clock.advance(hours=1)
    assert people_signed_in(first, end) == {None: 4 - lost}
    clock.advance(minutes=4)
    delete_expired_tokens()
    assert people_signed_in(first, end)[None] <= 4 - lost


def test_the_job_comes_before_the_tokens_of_the_night_go() -> None:
    by_name = {job.name: (place, job) for place, job in enumerate(JOBS)}
    ours, theirs = by_name["publish who signed in last month"], by_name["delete expired tokens"]
    assert ours[0] < theirs[0]  # `flask jobs once` goes down the table.
    assert (ours[1].hour, int(ours[1].minute)) == ("*", 3)
    assert int(ours[1].minute) < int(theirs[1].minute)


def test_who_signed_out_or_was_erased_is_not_there_to_be_counted(app: Flask, clock: Clock) -> None:
    left, gone, _ = people(3)
    with reading(Store.MAIN) as session:
        tokens = {row.account_id: row.token_hash for row in session.execute(select(AccessToken)).scalars()}
    sessions._end(tokens[left])
    erasures.erase_everything(gone)
    assert people_signed_in(date(2026, 11, 1), date(2026, 12, 1)) == {None: 1}


def test_what_was_published_of_sign_ins_stays_whatever_becomes_of_the_people(
    units: dict[str, str], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = people(13, units["p1"])
    clock.moment = shanghai(2026, 12, 1, 0, 3)
    publish_sign_ins()
    before = everything_published()
    assert before[-1] == ("2026-11", "sign_ins", "灯塔区", "visitors", 15)
    erasures.erase_everything(made[0])
    delete_expired_tokens()
    people(20, units["p1"])
    assert publish_sign_ins() == 0
    assert everything_published() == before
    # The negative control: who would count again tells that one of thirteen has gone.
    assert count_visitors("2026-11") == {"灯塔区": 12}


def test_sign_ins_that_nobody_counted_in_three_nights_are_never_published(app: Flask, clock: Clock) -> None:
    clock.moment = shanghai(2026, 11, 20)
    people(12)
    clock.moment = shanghai(2026, 12, 4)
    assert (publish_sign_ins(), published_parts()) == (0, {})
    clock.moment = shanghai(2026, 12, 3, 23, 59)
    assert (publish_sign_ins(), published_parts()) == (1, {NOVEMBER: False})


def test_before_anybody_signed_up_nothing_is_published(app: Flask, clock: Clock) -> None:
    clock.moment = shanghai(2026, 12, 1, 0, 3)
    assert (publish_sign_ins(), publish_bookings(), everything_published()) == (0, 0, [])


# What took place


def until(month: str) -> list[object]:
    return [row for row in everything_published() if row[0] <= month]  # type: ignore[index]


def test_what_was_published_of_bookings_stays_whatever_becomes_of_them(units: dict[str, str], clock: Clock) -> None:
    accounts = take_place(units, clock)
    clock.moment = shanghai(2027, 1, 8, 2, 47)
    assert publish_bookings() == 12
    before, counted = everything_published(), count_bookings("2026-12")
    assert len([row for row in before if row[0] == "2026-12"]) == 1 + len(counted)  # type: ignore[index]
    assert counted["灯塔区", Measure.APPOINTMENTS_ATTENDED] == 11
    for account_id in accounts[:3]:
        erasures.erase_everything(account_id)
    # The negative control: who would count again tells that somebody erased themselves.
    assert ("灯塔区", Measure.APPOINTMENTS_ATTENDED) not in count_bookings("2026-12")
    correct_what_was_noted()
    archive_old()
    clock.moment = shanghai(2027, 3, 8, 2, 47)
    assert publish_bookings() == 2
    assert until("2026-12") == before
    assert count_bookings("2026-12")["灯塔区", Measure.ATTENDED] == 20


def correct_what_was_noted() -> None:
    """Change how many came to a lecture and how appointments went, as nobody could after a day."""

    def work(session: Session) -> None:
        session.execute(update(Lecture).values(taken=20, attended=20))
        session.execute(update(Appointment).where(Appointment.state == "no_show").values(state="attended"))

    write_transaction(Store.MAIN, work)


def test_a_month_is_published_a_week_after_it_and_what_was_missed_is_made_up_for(
    units: dict[str, str], clock: Clock
) -> None:
    take_place(units, clock)
    clock.moment = shanghai(2027, 1, 7, 23, 59)
    publish_bookings()
    assert ("2026-12", Part.BOOKINGS) not in published_parts()
    clock.moment = shanghai(2027, 6, 20)
    assert publish_bookings() == 6  # December to May.
    assert ("2026-12", Part.BOOKINGS) in published_parts()


def test_what_begins_before_midnight_of_shanghai_is_of_the_old_month(units: dict[str, str], clock: Clock) -> None:
    take_place(units, clock)
    midnight = first_tick(date(2027, 1, 1))
    for starts, counted in ((midnight - 1, ("2026-12", "2027-01")), (midnight, ("2027-01", "2026-12"))):
        change = update(Lecture).values(starts=starts, ends=starts + 6)
        write_transaction(Store.MAIN, lambda session, change=change: session.execute(change) and None)
        here, there = (count_bookings(month) for month in counted)
        assert ("灯塔区", Measure.LECTURES) in here
        assert ("灯塔区", Measure.LECTURES) not in there


# Once, and whole


def test_of_several_that_publish_at_once_one_does(units: dict[str, str], app: Flask, clock: Clock) -> None:
    take_place(units, clock)
    people(12)
    clock.moment = shanghai(2027, 1, 1, 0, 3)
    assert sorted(at_once(app, lambda _: publish_sign_ins(), 3)) == [0, 0, 1]
    clock.moment = shanghai(2027, 1, 8, 2, 47)
    assert sum(at_once(app, lambda _: publish_bookings(), 3)) == 12
    assert len(everything_published()) == 13 + len(count_bookings("2026-12")) + 1


def test_a_killed_run_leaves_nothing_or_all_of_a_month_and_the_next_one_goes_on(
    units: dict[str, str], clock: Clock
) -> None:
    take_place(units, clock)
    figures = count_bookings("2026-12")
    watched = ("insights/service_publishing.py",)

    def act() -> None:
        publish_part("2026-12", Part.BOOKINGS, figures)

    def undone() -> None:
        with pytest.raises(IntegrityError):
            publish_part("2026-12", Part.BOOKINGS, {**figures, ("灯塔区", Measure.VISITORS): 20})

    count = steps_of(undone, watched)
    assert everything_published() == []
    places = range(1, count + 1) if FULL else (1, count // 2, count - 12, count - 6, count - 3)
    for place in places:
        killed_after(place, act, watched)
        assert len(everything_published()) in {0, 1 + len(figures)}
    publish_part("2026-12", Part.BOOKINGS, figures)
    assert len(everything_published()) == 1 + len(figures)


@pytest.mark.parametrize(
    ("part", "measure", "figure"),
    [
        (Part.SIGN_INS, Measure.VISITORS, 9),
        *((Part.BOOKINGS, measure, 9) for measure in Measure if measure not in {"visitors", "lectures", "workshops"}),
        (Part.BOOKINGS, Measure.LECTURES, 0),
        (Part.BOOKINGS, Measure.VISITORS, 20),
        (Part.SIGN_INS, Measure.ATTENDED, 20),
    ],
)
def test_the_database_itself_refuses_a_figure_below_the_floor(
    app: Flask, part: Part, measure: Measure, figure: int
) -> None:
    with pytest.raises(IntegrityError):
        publish_part("2026-12", part, {("灯塔区", measure): figure})
    assert everything_published() == []


@pytest.mark.parametrize("measure", Measure)
def test_and_takes_every_measure_at_it(app: Flask, measure: Measure) -> None:
    part = Part.SIGN_INS if measure is Measure.VISITORS else Part.BOOKINGS
    assert publish_part("2026-12", part, {("灯塔区", measure): 10})
    assert not publish_part("2026-12", part, {("灯塔区", measure): 11})
    assert everything_published()[1] == ("2026-12", part.value, "灯塔区", measure.value, 10)


def test_what_is_told_no_more_is_deleted_and_never_counted_again(units: dict[str, str], clock: Clock) -> None:
    take_place(units, clock)
    clock.moment = shanghai(2027, 12, 31)
    publish_bookings()
    assert (delete_old_service_figures(), len(until("2026-12")) > 1) == (0, True)
    clock.moment = shanghai(2028, 1, 1)
    assert (delete_old_service_figures(), until("2026-12")) == (1, [])
    assert delete_old_service_figures() == 0
    publish_bookings()
    assert until("2026-12") == []


def test_the_command_publishes_what_is_due(app: Flask, clock: Clock) -> None:
    clock.moment = shanghai(2026, 11, 20)
    people(12)
    clock.moment = shanghai(2026, 12, 1)
    for months in ((1, 11), (0, 0)):
        printed = app.test_cli_runner().invoke(args=["insights", "publish-months"])
        assert printed.output == f"Sign-ins published: {months[0]} months.\nBookings published: {months[1]} months.\n"
