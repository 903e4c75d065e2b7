import pytest
from sqlalchemy import select

from heartport.callers import SIGNED_IN, STAFF
from heartport.errors import NotSignedIn
from heartport.members import open_sessions
from heartport.staff import accounts, grants, sessions
from heartport.staff.models import StaffSession
from heartport.stores import Store, reading
from tests.conftest import Person
from tests.staff.doors import WHO, make_staff
from tests.statements import noted
from tests.units.trees import make_tree


@pytest.fixture
def alice(app, clock):
    return make_staff(app, "alice", ("counsellor", None), ("editor", None))


def seen_at():
    with reading(Store.MAIN) as session:
        return session.execute(select(StaffSession.seen_at)).scalar_one()


def count() -> int:
    with reading(Store.MAIN) as session:
        return len(session.execute(select(StaffSession.token_hash)).all())


# How long a session lives


def test_a_session_ends_after_30_idle_minutes(alice, clock):
    person = alice.signed_in()
    clock.advance(minutes=29, seconds=59)
    assert person.get("me/sessions").status_code == 200
    clock.advance(minutes=29, seconds=59)
    assert person.get("me/sessions").status_code == 200
    clock.advance(minutes=30)
    assert person.get("me/sessions").status_code == 401
    clock.advance(minutes=-1)
    assert person.get("me/sessions").status_code == 200


def test_a_session_ends_after_12_hours_however_busy(alice, clock):
    person = alice.signed_in()
    for _ in range(12 * 4 - 1):
        clock.advance(minutes=15)
        assert person.get("me/sessions").status_code == 200
    clock.advance(minutes=14, seconds=59)
    assert person.get("me/sessions").status_code == 200
    clock.advance(seconds=1)
    assert person.get("me/sessions").status_code == 401


def test_a_session_never_outlives_30_idle_minutes_by_the_coarseness_of_its_note(alice, clock):
    person = alice.signed_in()
    clock.advance(seconds=59)
    assert person.get("me/sessions").status_code == 200  # not noted
    clock.advance(minutes=29, seconds=1)
    assert person.get("me/sessions").status_code == 401


def test_the_last_use_is_written_at_most_once_a_minute(alice, clock):
    person = alice.signed_in()
    begun = seen_at()
    for _ in range(5):
        clock.advance(seconds=11)
        with noted(Store.MAIN) as statements:
            person.get("me/sessions")
        assert not [each for each in statements if each.startswith("UPDATE")]
    assert seen_at() == begun
    clock.advance(seconds=5)
    person.get("me/sessions")
    assert seen_at() == clock()


def test_an_older_request_does_not_move_the_note_back(alice, clock):
    person = alice.signed_in()
    clock.advance(minutes=5)
    person.get("me/sessions")
    noted = seen_at()
    clock.advance(minutes=-3)
    person.get("me/sessions")
    assert seen_at() == noted


def test_only_dead_sessions_are_cleared_away(alice, clock):
    idle = alice.signed_in()
    clock.advance(minutes=20)
    live = alice.signed_in()
    assert sessions.delete_expired_sessions() == 0
    clock.advance(minutes=10)
    assert sessions.delete_expired_sessions() == 1
    assert [person.get("me/sessions").status_code for person in (idle, live)] == [401, 200]
    clock.advance(hours=12)
    assert sessions.delete_expired_sessions() == 1


# Who is behind a token


def test_the_caller_holds_what_was_granted_and_where(app, alice):
    ids = make_tree()
    grants.grant_role("alice", "counsellor", ids["yard"], WHO)
    caller = sessions.identify(alice.signed_in().token)
    assert caller.roles == {SIGNED_IN, STAFF, "counsellor", "editor"}
    assert caller.scopes == {"counsellor": {None, ids["yard"]}, "editor": {None}}


def test_who_holds_no_role_is_signed_in_all_the_same(app, clock):
    caller = sessions.identify(make_staff(app, "bob").signed_in().token)
    assert (caller.roles, caller.scopes) == ({SIGNED_IN, STAFF}, {})


def test_a_role_reaches_its_unit_and_all_below_it(app, clock):
    ids = make_tree()
    bob = make_staff(app, "bob", ("unit_head", ids["yard"]), ("editor", None))
    caller = sessions.identify(bob.signed_in().token)
    lineage = {key: [ids[each] for each in way] for key, way in WAYS.items()}
    assert [key for key in WAYS if caller.may_act_in("unit_head", lineage[key])] == ["yard", "welding"]
    assert [key for key in WAYS if caller.may_act_in("editor", lineage[key])] == list(WAYS)
    assert not any(caller.may_act_in("admin", each) for each in lineage.values())


WAYS = {
    "city": ["city"],
    "district": ["city", "district"],
    "yard": ["city", "district", "yard"],
    "welding": ["city", "district", "yard", "welding"],
    "buses": ["city", "industry", "buses"],
}


def test_a_grant_and_its_end_count_from_the_next_request_on(alice):
    person = alice.signed_in()
    grants.grant_role("alice", "admin", None, WHO)
    assert "admin" in sessions.identify(person.token).roles
    grants.revoke_role("alice", "admin", None, WHO)
    assert "admin" not in sessions.identify(person.token).roles


def test_locking_ends_every_session_at_once(alice, clock):
    people = [alice.signed_in()]
    clock.advance(seconds=30)
    people.append(alice.signed_in())
    accounts.lock_member("alice")
    assert [person.get("me/sessions").status_code for person in people] == [401, 401]
    assert count() == 0
    accounts.unlock_member("alice")
    assert [person.get("me/sessions").status_code for person in people] == [401, 401]


def test_a_caller_does_not_show_its_token(alice):
    assert "token_hash" not in repr(sessions.identify(alice.signed_in().token))


def test_an_employee_is_found_in_one_query_and_staff_in_two(app, alice, employee):
    person = alice.signed_in()
    with noted(Store.MAIN) as of_employee:
        open_sessions.identify(employee.token)
    with noted(Store.MAIN) as of_staff:
        open_sessions.identify(person.token)
    assert (len(of_employee), len(of_staff)) == (1, 2)


def test_an_employees_token_is_no_token_of_staff(employee):
    with pytest.raises(NotSignedIn):
        sessions.identify(employee.token)


# One's own sessions


def test_staff_see_their_sessions_and_end_them(app, alice, clock):
    first = alice.signed_in()
    clock.advance(minutes=1)
    second = alice.signed_in()
    items = first.get("me/sessions").json["items"]
    assert [(each["kind"], each["since"], each["current"]) for each in items] == [
        ("staff", "2026-11-22", True),
        ("staff", "2026-11-22", False),
    ]
    assert first.delete(f"me/sessions/{items[1]['id']}").status_code == 204
    assert [person.get("me/sessions").status_code for person in (first, second)] == [200, 401]
    assert first.delete("auth/session").status_code == 204
    assert first.get("me/sessions").status_code == 401


def test_a_session_of_somebody_else_is_not_found(app, alice, employee, clock):
    bob = make_staff(app, "bob").signed_in()
    mine = alice.signed_in()
    for other in (bob, employee):
        (item,) = other.get("me/sessions").json["items"]
        assert mine.delete(f"me/sessions/{item['id']}").status_code == 404
        assert other.get("me/sessions").status_code == 200


def test_idle_sessions_are_not_shown(alice, clock):
    alice.signed_in()
    clock.advance(minutes=30)
    person = alice.signed_in()
    assert len(person.get("me/sessions").json["items"]) == 1


def test_the_token_of_staff_shows_once(app, alice):
    person = alice.signed_in()
    assert person.token not in person.get("me/sessions").get_data(as_text=True)
    assert (
        Person(app, person.token[:-1] + ("A" if person.token[-1] != "A" else "B")).get("me/sessions").status_code == 401
    )
