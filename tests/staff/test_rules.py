from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from heartport.callers import STAFF_ROLES
from heartport.staff import rules
from heartport.staff.rules import (
    NoteRefused,
    PasswordRefused,
    RolesConflict,
    RoleUnknown,
    UnitNeeded,
    UsernameRefused,
    check_grant,
    check_new_member,
    check_password,
    check_who,
    is_alive,
    is_note_due,
    is_username,
    may_try,
    side_of,
    step_to_accept,
)

GOOD = "calm-harbour-1"
AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def test_the_limits_are_the_agreed_ones():
    assert (5, timedelta(minutes=15)) == (rules.FAILURES, rules.WINDOW)
    assert (timedelta(minutes=30), timedelta(hours=12)) == (rules.IDLE_LIFE, rules.SESSION_LIFE)
    assert timedelta(minutes=1) <= rules.NOTED_EVERY


@pytest.mark.parametrize("name", ["abc", "wang.li", "a-b_c.9", "x" * 32])
def test_a_name_is_plain(name):
    assert is_username(name)
    check_new_member(name, "王", GOOD)


@pytest.mark.parametrize("name", ["", "ab", "x" * 33, "Abc", "9abc", "王工", "a b", "abc\n", "abc\0", "a/b", "＠bc"])
def test_anything_else_is_no_name(name):
    assert not is_username(name)
    with pytest.raises(UsernameRefused):
        check_new_member(name, "王", GOOD)


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\nb", "a\u202eb"])
def test_what_is_shown_is_short_and_printable(name):
    with pytest.raises(NoteRefused):
        check_new_member("alice", name, GOOD)


@pytest.mark.parametrize("password", ["", "x" * 11, "x" * 129, "my-alice-is-here", "ALICE-ALICE-ALICE"])
def test_a_password_is_long_and_does_not_hold_the_name(password):
    with pytest.raises(PasswordRefused):
        check_password("alice", password)


@pytest.mark.parametrize("password", ["x" * 12, "x" * 128, "密码密码密码密码密码密码", "   spaces   are fine"])
def test_any_other_password_is_fine(password):
    check_password("alice", password)


@pytest.mark.parametrize("who", ["", "  ", "x" * 81, "a\tb"])
def test_whoever_grants_has_a_name(who):
    with pytest.raises(NoteRefused):
        check_who(who)


def test_five_attempts_are_looked_at_and_no_sixth():
    assert [may_try(attempt) for attempt in (1, 5, 6, 1000)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("matching", "last_used", "accepted"),
    [
        ((), 0, None),
        ((7,), 0, 7),
        ((7,), 6, 7),
        ((7,), 7, None),
        ((7,), 8, None),
        ((6, 8), 7, 8),
        ((6, 7, 8), 0, 8),
    ],
)
def test_a_code_counts_once_and_none_before_it_counts_later(matching, last_used, accepted):
    assert step_to_accept(matching, last_used) == accepted


@pytest.mark.parametrize(
    ("idle_minutes", "left_minutes", "alive"),
    [(0, 1, True), (29.99, 1, True), (30, 1, False), (31, 500, False), (0, 0, False), (0, -1, False)],
)
def test_a_session_ends_after_30_idle_minutes_and_at_its_end(idle_minutes, left_minutes, alive):
    seen_at, expires_at = AT - timedelta(minutes=idle_minutes), AT + timedelta(minutes=left_minutes)
    assert is_alive(seen_at, expires_at, AT) is alive


def test_the_last_use_is_noted_at_most_once_a_minute():
    assert [is_note_due(AT - timedelta(seconds=age), AT) for age in (0, 59, 60, 600)] == [False, False, True, True]


FORBIDDEN = {frozenset({"unit_head", other}) for other in ("counsellor", "clinical_lead", "coordinator", "admin")}


@pytest.mark.parametrize(("held", "role"), list(product(STAFF_ROLES, STAFF_ROLES)))
def test_a_unit_head_is_neither_counsellor_nor_clinical_lead_nor_coordinator_nor_admin(held, role):
    if frozenset({held, role}) in FORBIDDEN:
        with pytest.raises(RolesConflict):
            check_grant(role, "unit", {held})
    else:
        check_grant(role, "unit", {held})


def test_one_conflict_among_many_roles_is_enough():
    with pytest.raises(RolesConflict):
        check_grant("unit_head", "unit", {"editor", "auditor", "admin"})


@pytest.mark.parametrize("role", ["employee", "staff", "signed_in", "anyone", "", "root", "Admin"])
def test_only_listed_roles_are_granted(role):
    with pytest.raises(RoleUnknown):
        check_grant(role, None, ())


def test_a_unit_head_is_the_head_of_a_unit():
    with pytest.raises(UnitNeeded):
        check_grant("unit_head", None, ())


def test_conflicting_roles_are_held_on_different_sides():
    for one, other in map(sorted, FORBIDDEN):
        assert None not in (side_of(one), side_of(other))
        assert side_of(one) != side_of(other)
    assert {role for role in STAFF_ROLES if side_of(role) is None} == {"editor", "auditor", "custodian"}
