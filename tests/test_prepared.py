"""A prepared statement says what the session would say, in the columns' own types, and keeps to the rules of stores."""

import socket
import time
from datetime import date, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import bindparam, delete, event, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from heartport import stores
from heartport.assessments.models import ScaleReview
from heartport.members.models import AccessToken, Account, Consent
from heartport.prepared import Prepared
from heartport.stores import (
    Driven,
    Store,
    StoreUnavailable,
    change_within,
    engine_of,
    insert_if_absent,
    read_prepared,
    reading,
    rows_within,
    write_prepared,
    write_transaction,
)
from tests.conftest import dispose
from tests.statements import noted
from tests.test_stores import SECRET, app_with, assert_nowhere, end_connections, review, stored
from tests.threads import at_once

LOCK = b"lock"
REVIEW = Prepared(select(ScaleReview.scale_id, ScaleReview.signed_on).where(ScaleReview.file_hash == bindparam("file")))
ADD = Prepared(insert(ScaleReview).values({name: bindparam(name) for name in review(0)}))
CHANGE = Prepared(update(ScaleReview).where(ScaleReview.scale_id == bindparam("scale")).values(scale_version="2"))
REMOVE = Prepared(delete(ScaleReview).where(ScaleReview.file_hash == bindparam("file")))


def add(number: int) -> None:
    write_prepared(Store.MAIN, LOCK, lambda driven: driven.change(ADD, review(number)))


# What goes in comes out, on both databases


def test_values_go_in_and_come_out_as_their_columns_types(app: Flask) -> None:
    add(1)
    assert read_prepared(Store.MAIN, REVIEW, {"file": (1).to_bytes(32)}) == [("phq9", date(2026, 11, 22))]
    assert read_prepared(Store.MAIN, REVIEW, {"file": (2).to_bytes(32)}) == []


def test_instants_and_truth_are_what_a_session_finds(employee: object) -> None:
    columns = select(AccessToken.token_hash, AccessToken.expires_at, Consent.granted, Consent.decided_at)
    joined = columns.join(Account, Account.id == AccessToken.account_id).join(Consent, Consent.account_id == Account.id)
    with reading(Store.MAIN) as session:
        found = sorted(map(tuple, session.execute(joined)), key=str)
    assert len(found) == 6
    assert sorted(read_prepared(Store.MAIN, Prepared(joined), {}), key=str) == found
    assert {type(value) for row in found for value in row} == {bytes, datetime, bool, type(None)}


def test_an_instant_in_another_zone_is_the_same_instant(employee: object) -> None:
    later = Prepared(select(AccessToken.account_id).where(AccessToken.expires_at > bindparam("now")))
    with reading(Store.MAIN) as session:
        ends = session.execute(select(AccessToken.expires_at)).scalar_one()
    shanghai = timezone(timedelta(hours=8))
    for moment in (ends, ends.astimezone(shanghai)):
        assert read_prepared(Store.MAIN, later, {"now": moment}) == []
        assert len(read_prepared(Store.MAIN, later, {"now": moment - timedelta(microseconds=1)})) == 1
    with pytest.raises(ValueError, match="time zone"):
        read_prepared(Store.MAIN, later, {"now": datetime(2026, 11, 22)})  # noqa: DTZ001 - what is to be refused


def test_a_value_that_is_missing_is_an_error_and_not_null(app: Flask) -> None:
    with pytest.raises(Exception, match="file"):
        read_prepared(Store.MAIN, REVIEW, {})


def test_one_statement_serves_both_databases(app: Flask, tmp_path: object) -> None:
    lite = app_with({"HEARTPORT_DATA_DIR": str(tmp_path)})
    with lite.app_context(), engine_of(Store.MAIN).begin() as connection:
        ScaleReview.__table__.create(connection)
    add(1)
    with lite.app_context():
        add(2)
        assert stored() == [2]
    assert stored() == [1]
    dispose(lite)


# A transaction


def test_a_change_tells_how_many_rows_it_touched(app: Flask) -> None:
    add(1)
    add(2)
    counts = write_prepared(
        Store.MAIN,
        LOCK,
        lambda driven: [
            driven.change(CHANGE, {"scale": "phq9"}),
            driven.change(CHANGE, {"scale": "gad7"}),
            driven.change(REMOVE, {"file": (1).to_bytes(32)}),
        ],
    )
    assert counts == [2, 0, 1]
    assert stored() == [2]


@pytest.mark.parametrize("problem", [ValueError("no"), KeyboardInterrupt(), StoreUnavailable()])
def test_whatever_is_raised_within_undoes_all_of_it_and_comes_out_unchanged(app: Flask, problem: BaseException) -> None:
    def work(driven: Driven) -> None:
        driven.change(ADD, review(1))
        raise problem

    with pytest.raises(type(problem)) as caught:
        write_prepared(Store.MAIN, LOCK, work)
    assert caught.value is problem
    assert stored() == []
    assert engine_of(Store.MAIN).pool.checkedout() == 0


def test_a_read_begins_no_transaction_and_a_write_one(app: Flask) -> None:
    begin = "BEGIN;" if engine_of(Store.MAIN).dialect.name == "postgresql" else "BEGIN"  # The lock follows at once.
    with noted(Store.MAIN) as texts:
        read_prepared(Store.MAIN, REVIEW, {"file": b""})
        assert [each.split()[0] for each in texts] == ["SELECT"]
        texts.clear()
        add(1)
        assert [each.split()[0] for each in texts] == [begin, "INSERT", "COMMIT"]


def test_what_writes_cannot_be_asked_by_itself(app: Flask) -> None:
    add(1)
    with pytest.raises(TypeError):
        read_prepared(Store.MAIN, REMOVE, {"file": (1).to_bytes(32)})
    assert stored() == [1]


def test_what_others_see_of_a_transaction_is_nothing_or_all(app: Flask) -> None:
    def work(driven: Driven) -> None:
        for number in (1, 2):
            driven.change(ADD, review(number))
            assert at_once(app, lambda _: stored(), 2) == [[]] * 2

    write_prepared(Store.MAIN, LOCK, work)
    assert stored() == [1, 2]


# Within the transaction of a session


def test_within_a_session_it_sees_what_the_session_sent_and_is_undone_with_it(app: Flask) -> None:
    def work(session: Session) -> None:
        session.execute(insert(ScaleReview).values(**review(1)))
        assert rows_within(session, REVIEW, {"file": (1).to_bytes(32)}) == [("phq9", date(2026, 11, 22))]
        assert change_within(session, REMOVE, {"file": (1).to_bytes(32)}) == 1
        assert insert_if_absent(session, ScaleReview, review(2))
        assert not insert_if_absent(session, ScaleReview, review(2))
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        write_transaction(Store.MAIN, work)
    assert stored() == []


def test_within_a_session_errors_come_out_translated_and_without_values(app: Flask) -> None:
    add(1)
    with pytest.raises(IntegrityError) as caught:
        write_transaction(Store.MAIN, lambda session: change_within(session, ADD, {**review(1), "scale_id": SECRET}))
    assert_nowhere(SECRET, caught.value)
    assert engine_of(Store.MAIN).pool.checkedout() == 0


# One caller with a lock at a time

COUNT = Prepared(select(ScaleReview.scale_version).where(ScaleReview.file_hash == bindparam("file")))
SET = Prepared(
    update(ScaleReview).where(ScaleReview.file_hash == bindparam("file")).values(scale_version=bindparam("n"))
)


def count_one_more(lock: bytes) -> None:
    def work(driven: Driven) -> None:
        ((found,),) = driven.rows(COUNT, {"file": (1).to_bytes(32)})
        time.sleep(0.005)
        driven.change(SET, {"file": (1).to_bytes(32), "n": str(int(found.partition(".")[0]) + 1)})

    write_prepared(Store.MAIN, lock, work)


def counted() -> str:
    return read_prepared(Store.MAIN, COUNT, {"file": (1).to_bytes(32)})[0][0]


def test_who_holds_the_same_lock_sees_what_the_one_before_it_left(app: Flask) -> None:
    add(1)
    at_once(app, lambda _: count_one_more(LOCK), 8)
    assert counted() == "9"


def test_control_different_locks_lose_counts(app: Flask) -> None:
    """Where nothing but the lock keeps writers apart, as on PostgreSQL, counts get lost without it."""
    if engine_of(Store.MAIN).dialect.name == "sqlite":
        pytest.skip("SQLite has one writer, whatever the lock")
    add(1)
    at_once(app, lambda number: count_one_more(number.to_bytes(8)), 8)
    assert int(counted()) < 9


# Away, and lost


def test_a_store_that_is_away_is_unavailable() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        made = app_with({"HEARTPORT_DATABASE_URL": f"postgresql://127.0.0.1:{closed.getsockname()[1]}/x"})
        with made.app_context():
            for use in (lambda: read_prepared(Store.MAIN, REVIEW, {"file": b""}), lambda: add(1)):
                with pytest.raises(StoreUnavailable):
                    use()
        dispose(made)


def test_connections_that_the_server_ended_while_they_rested_are_replaced_unnoticed(app: Flask) -> None:
    at_once(app, add, 4)
    end_connections()
    found = at_once(app, lambda number: read_prepared(Store.MAIN, REVIEW, {"file": number.to_bytes(32)}), 4)
    assert found == [[("phq9", date(2026, 11, 22))]] * 4
    end_connections()
    add(5)


def test_control_without_the_look_for_a_farewell_such_a_connection_would_be_used(app: Flask) -> None:
    engine_of(Store.MAIN).dispose()
    add(1)
    end_connections()
    event.remove(engine_of(Store.MAIN), "checkout", stores._look_for_farewell)
    try:
        with pytest.raises(StoreUnavailable):
            add(2)
    finally:
        event.listen(engine_of(Store.MAIN), "checkout", stores._look_for_farewell)


def test_a_connection_lost_within_a_transaction_is_unavailable_and_leaves_nothing(app: Flask) -> None:
    def work(driven: Driven) -> None:
        driven.change(ADD, review(1))
        end_connections()
        driven.change(ADD, review(2))

    with pytest.raises(StoreUnavailable):
        write_prepared(Store.MAIN, LOCK, work)
    assert stored() == []
    add(3)


# What an error may say


def test_no_error_holds_a_value_and_a_broken_constraint_is_named(app: Flask) -> None:
    add(1)
    wrong = [review(1), {**review(2), "reviewer": None}]
    if engine_of(Store.MAIN).dialect.name == "postgresql":
        wrong.append({**review(2), "scale_id": SECRET * 10})  # SQLite takes it, whatever its length.
    for row in wrong:
        with pytest.raises(DBAPIError) as caught:
            write_prepared(Store.MAIN, LOCK, lambda driven, row=row: driven.change(ADD, row))
        assert_nowhere(SECRET, caught.value)
    with pytest.raises(IntegrityError, match=r"pk_scale_reviews|scale_reviews\.file_hash"):
        add(1)
