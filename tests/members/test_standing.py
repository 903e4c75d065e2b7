from datetime import UTC, datetime

import pytest

from heartport.errors import NotSignedIn
from heartport.members import erasures
from heartport.members.policies import Purpose
from heartport.members.profiles import Profile
from heartport.members.standing import hold_person, read_standing
from heartport.stores import Store, write_transaction
from heartport.units.bindings import join_unit, leave_unit
from heartport.units.invites import make_invite
from tests.conftest import agree, signed_in
from tests.units.trees import make_tree

LAST_MINUTE_OF_2026 = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai


def test_whoever_is_new_stands_at_the_beginning(app, clock):
    person = signed_in(app, "openid-of-one")
    standing = read_standing(person.account_id)
    assert (standing.account_id, standing.profile, standing.granted) == (person.account_id, Profile(), frozenset())
    assert standing.windows == ("2026H2",)
    assert standing.unit_id is None


def test_the_unit_is_the_one_joined_last(app):
    ids = make_tree()
    person, other = signed_in(app, "openid-of-one"), signed_in(app, "openid-of-another")
    for key in ("welding", "buses"):
        join_unit(person.account_id, make_invite(ids[key], 1, 1))
    assert read_standing(person.account_id).unit_id == ids["buses"]
    assert read_standing(other.account_id).unit_id is None
    leave_unit(person.account_id)
    assert read_standing(person.account_id).unit_id is None


def test_profile_and_consents_are_ones_own(app, clock):
    person, other = signed_in(app, "openid-of-one"), signed_in(app, "openid-of-another")
    person.put("me", {"age_group": "18+", "birth_year": 1990})
    agree(person, "assessment")
    agree(other, "aggregate")
    standing = read_standing(person.account_id)
    assert standing.profile == Profile(birth_year=1990, age_group="18+")
    assert standing.granted == {Purpose.ASSESSMENT}


def test_a_withdrawn_consent_is_gone(app):
    person = signed_in(app, "openid-of-one")
    agree(person, "assessment")
    agree(person, "assessment", granted=False)
    assert read_standing(person.account_id).granted == frozenset()


def test_windows_are_the_half_years_since_sign_up_the_latest_first(app, clock):
    person = signed_in(app, "openid-of-one")
    clock.moment = datetime(2028, 3, 1, tzinfo=UTC)
    assert read_standing(person.account_id).windows == ("2028H1", "2027H2", "2027H1", "2026H2")


def test_a_half_year_begins_at_midnight_in_shanghai(app, clock):
    clock.moment = LAST_MINUTE_OF_2026
    person = signed_in(app, "openid-of-one")
    assert read_standing(person.account_id).windows == ("2026H2",)
    clock.advance(minutes=1)
    assert read_standing(person.account_id).windows == ("2027H1", "2026H2")
    assert read_standing(signed_in(app, "openid-of-another").account_id).windows == ("2027H1",)


def test_a_clock_behind_the_one_at_sign_up_puts_no_record_where_nobody_looks(app, clock):
    clock.moment = LAST_MINUTE_OF_2026
    clock.advance(minutes=1)
    person = signed_in(app, "openid-of-one")
    clock.advance(minutes=-1)
    earlier = read_standing(person.account_id).windows
    clock.advance(minutes=1)
    assert earlier[0] in read_standing(person.account_id).windows


def test_nobody_has_no_standing(app):
    with pytest.raises(NotSignedIn):
        read_standing("nobody")


def held(account_id):
    return write_transaction(Store.MAIN, lambda session: hold_person(session, account_id))


def test_who_is_held_has_the_consents_that_were_given(app):
    person, other = signed_in(app, "openid-of-one"), signed_in(app, "openid-of-another")
    agree(person, "follow_up")
    agree(other, "aggregate")
    assert held(person.account_id) == {Purpose.FOLLOW_UP}
    agree(person, "follow_up", granted=False)
    assert held(person.account_id) == frozenset()


def test_nobody_is_held_who_is_erased_or_about_to_be(app):
    person = signed_in(app, "openid-of-one")
    erasures._mark(person.account_id)
    for account_id in (person.account_id, "nobody"):
        with pytest.raises(NotSignedIn):
            held(account_id)
