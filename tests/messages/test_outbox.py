"""Posting: in the causing transaction, once, with nothing in the row but to whom and for which day."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from heartport.members import erasures
from heartport.messages.inbox import mark_read
from heartport.messages.outbox import Recipient, post, recall, to_employee, to_staff
from heartport.messages.retention import delete_old_messages
from heartport.messages.rules import STANDING, Kind
from heartport.stores import Store, engine_of, write_transaction
from tests.conftest import Clock, Person, agree
from tests.messages.letters import answer, note, posted, rows, subscriptions
from tests.staff.doors import make_staff
from tests.threads import at_once

MIDNIGHT = datetime(2026, 11, 21, 16, tzinfo=UTC)
"""The beginning of the day on which the clock of the tests stands, in Shanghai."""


class Undone(Exception):
    """What causes a message fails after all."""


def test_what_fails_leaves_no_message(app: Flask, employee: Person) -> None:
    def work(session) -> None:
        assert post(session, to_employee(employee.account_id), note())
        raise Undone

    with pytest.raises(Undone):
        write_transaction(Store.MAIN, work)
    assert rows() == []


def test_the_same_is_said_once_to_each(app: Flask, clock: Clock, employee: Person, stranger: Person) -> None:
    mine, theirs = to_employee(employee.account_id), to_employee(stranger.account_id)
    assert [posted(mine), posted(mine), posted(theirs)] == [True, False, True]
    assert [posted(mine, kind=Kind.OFFER), posted(mine, occasion="2"), posted(mine, about_id="b" * 22)] == [True] * 3
    assert len(rows()) == 5


def test_of_many_at_once_one_is_written(app: Flask, employee: Person) -> None:
    assert sum(at_once(app, lambda _: posted(to_employee(employee.account_id)), 8)) == 1


def test_the_row_tells_the_day_and_a_reminder_its_evening(app: Flask, clock: Clock, employee: Person) -> None:
    to, evening = to_employee(employee.account_id), clock.moment + timedelta(days=1, hours=6)
    posted(to)
    posted(to, kind=Kind.REMINDER, due_at=evening)
    posted(to, kind=Kind.OFFER, due_at=clock.moment - timedelta(days=3))
    assert sorted(row.due_at for row in rows()) == [MIDNIGHT, MIDNIGHT, evening]


def test_what_it_says_is_sealed_and_of_one_length(app: Flask, clock: Clock, employee: Person) -> None:
    to = to_employee(employee.account_id)
    posted(to, about_id="short")
    posted(to, about_id="c" * 22, kind=Kind.OFFER_EXPIRED, at=clock.moment, until=clock.moment, due_at=clock.moment)
    sealed = [row.content_sealed for row in rows()]
    assert len({len(each) for each in sealed}) == 1
    assert not any(word in each for each in sealed for word in (b"booked", b"lecture", b"short", b"c" * 22))


def test_it_waits_for_wechat_only_with_the_consent_and_never_for_staff(app: Flask, employee: Person) -> None:
    to = to_employee(employee.account_id)
    posted(to)
    posted(to_staff(staff_id(app)))
    assert [row.unsent for row in rows()] == [False, False]
    agree(employee, "notifications")
    posted(to, kind=Kind.MOVED)
    assert [row.unsent for row in rows()].count(True) == 1


def test_withdrawing_the_consent_keeps_what_waits_from_going_out(app: Flask, employee: Person) -> None:
    agree(employee, "notifications")
    posted(to_employee(employee.account_id))
    answer(employee)
    agree(employee, "notifications", granted=False)
    assert [row.unsent for row in rows()] == [False]
    assert subscriptions() == []
    assert employee.get("me/messages").json["unread"] == 1


def test_whoever_is_being_erased_is_told_nothing(app: Flask, employee: Person) -> None:
    posted(to_employee(employee.account_id))
    answer(employee)
    erasures._mark(employee.account_id)
    assert rows() == []
    assert not posted(to_employee(employee.account_id))
    erasures.finish_erasures()
    assert not posted(to_employee(employee.account_id))


def taken_back(to: Recipient) -> int:
    return write_transaction(Store.MAIN, lambda session: recall(session, to, "a" * 22))


def test_what_is_not_true_any_more_is_taken_back(app: Flask, employee: Person, stranger: Person) -> None:
    mine, theirs = to_employee(employee.account_id), to_employee(stranger.account_id)
    for to in (mine, theirs):
        posted(to, kind=Kind.REMINDER)
    posted(mine, kind=Kind.REMINDER, about_id="b" * 22)
    posted(mine, kind=Kind.CANCELLED)
    assert taken_back(mine) == 1
    assert taken_back(mine) == 0
    assert Counter(row.account_id for row in rows()) == {employee.account_id: 2, stranger.account_id: 1}
    assert posted(mine, kind=Kind.REMINDER)


@pytest.mark.parametrize("kind", Kind)
def test_of_what_happened_nothing_is_taken_back(app: Flask, employee: Person, kind: Kind) -> None:
    to = to_employee(employee.account_id)
    posted(to, kind=kind)
    assert taken_back(to) == (kind in STANDING)


def test_what_was_read_stays_and_goes_out_no_more(app: Flask, employee: Person) -> None:
    agree(employee, "notifications")
    to = to_employee(employee.account_id)
    posted(to)
    assert [row.unsent for row in rows()] == [True]
    mark_read(to, rows()[0].id)
    assert taken_back(to) == 0
    assert [(row.read, row.unsent) for row in rows()] == [(True, False)]


def test_messages_go_after_three_months(app: Flask, clock: Clock, employee: Person) -> None:
    posted(to_employee(employee.account_id))
    clock.moment = MIDNIGHT + timedelta(days=90, seconds=-1)
    assert delete_old_messages() == 0
    clock.advance(seconds=1)
    assert delete_old_messages() == 1
    assert rows() == []


def test_posting_does_not_hold_up_others_who_tell_the_same_person(app: Flask, employee: Person) -> None:
    """The account is held against erasure, and shared with whoever else holds it so."""
    if engine_of(Store.MAIN).dialect.name == "sqlite":
        return  # One writer at a time anyway.
    told = at_once(app, lambda number: posted(to_employee(employee.account_id), occasion=str(number)), 8)
    assert told == [True] * 8


def staff_id(app: Flask) -> str:
    return make_staff(app, "alice", ("counsellor", None)).signed_in().account_id
