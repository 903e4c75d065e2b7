import pytest
from sqlalchemy import insert, select

from heartport.staff import attempts
from heartport.staff.models import SignInAttempts
from heartport.stores import Store, reading, write_transaction
from tests.threads import at_once


def rows() -> list[SignInAttempts]:
    with reading(Store.MAIN) as session:
        return list(session.execute(select(SignInAttempts)).scalars())


def give_back(name: str) -> None:
    write_transaction(Store.MAIN, lambda session: attempts.give_back(session, name))


def test_attempts_of_a_name_are_counted_one_by_one(app, clock):
    assert [attempts.count_attempt("alice") for _ in range(7)] == [1, 2, 3, 4, 5, 6, 7]
    assert attempts.count_attempt("bob") == 1


def test_the_window_ends_15_minutes_after_its_first_attempt(app, clock):
    for _ in range(5):
        attempts.count_attempt("alice")
        clock.advance(minutes=2)
    clock.advance(minutes=4, seconds=59)
    assert attempts.count_attempt("alice") == 6
    clock.advance(seconds=1)
    assert attempts.count_attempt("alice") == 1
    clock.advance(minutes=14, seconds=59)
    assert attempts.count_attempt("alice") == 2


def test_sixteen_attempts_at_once_get_sixteen_numbers(app):
    assert sorted(at_once(app, lambda _: attempts.count_attempt("alice"), 16)) == list(range(1, 17))


def test_who_is_let_in_gets_back_one_attempt_and_no_more(app, clock):
    for _ in range(3):
        attempts.count_attempt("alice")
    give_back("alice")
    assert attempts.count_attempt("alice") == 3
    for _ in range(9):
        give_back("alice")
    assert [row.failures for row in rows()] == [0]


def test_giving_back_for_a_name_that_was_never_tried_does_nothing(app):
    give_back("nobody")
    assert rows() == []


@pytest.mark.parametrize("name", ["alice", "密码-typed-as-name", "a\0b", "x" * 256, ""])
def test_a_tried_name_is_stored_as_a_keyed_hash(app, name):
    attempts.count_attempt(name)
    (row,) = rows()
    assert row.name_hash == attempts.hash_name(name)
    assert len(row.name_hash) == 32
    assert not name or name.encode() not in row.name_hash


def test_only_counts_whose_window_is_over_are_deleted(app, clock):
    attempts.count_attempt("alice")
    clock.advance(minutes=10)
    attempts.count_attempt("bob")
    assert attempts.delete_old_attempts() == 0
    clock.advance(minutes=5)
    assert attempts.delete_old_attempts() == 1
    assert [row.name_hash for row in rows()] == [attempts.hash_name("bob")]


def test_the_database_refuses_a_negative_count(app, clock):
    row = {"name_hash": b"n" * 32, "failures": -1, "ends_at": clock()}
    with pytest.raises(Exception, match=r"failures|23514"):
        write_transaction(Store.MAIN, lambda session: session.execute(insert(SignInAttempts).values(row)) and None)
