import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from heartport.stores import Store, reading
from heartport.typed_codes import ALPHABET, grouped
from heartport.units import bindings, invites
from heartport.units.models import Invite
from heartport.units.rules import (
    InviteExpired,
    InviteLimitsRefused,
    InviteReplaced,
    InviteUnknown,
)
from heartport.units.tree import UnitUnknown
from heartport.web.counters import MINUTE
from heartport.web.limits import INVITES
from tests.conftest import signed_in
from tests.threads import at_once
from tests.units.trees import make_tree


@pytest.fixture
def ids(app, clock):
    return make_tree()


@pytest.fixture
def code(ids):
    return invites.make_invite(ids["welding"], uses=3, days=2)


def rows() -> list[Invite]:
    with reading(Store.MAIN) as session:
        return list(session.execute(select(Invite)).scalars())


def test_a_code_is_short_and_of_signs_that_do_not_look_alike(code):
    assert re.fullmatch(f"[{ALPHABET}]{{10}}", code)
    assert not set(ALPHABET) & set("ILOU")


def test_a_code_is_stored_as_a_keyed_hash_only(code):
    (row,) = rows()
    assert len(row.code_hash) == 32
    assert code.encode() not in row.code_hash
    assert code not in str([getattr(row, column.name) for column in Invite.__table__.columns])


def test_an_invite_tells_to_which_unit_it_binds_and_nothing_about_uses(client, code):
    answer = client.get(f"invites/{code}")
    path = ["云岬市", "灯塔区", "远帆造船厂", "焊接车间"]
    assert (answer.status_code, answer.json) == (200, {"unit": {"name": "焊接车间", "path": path}})


def test_a_code_that_is_used_up_looks_the_same_from_outside(app, client, code):
    before = client.get(f"invites/{code}").json
    for number in range(3):
        bindings.join_unit(signed_in(app, f"openid-of-number-{number}").account_id, code)
    assert client.get(f"invites/{code}").json == before


@pytest.mark.parametrize(
    "form", [str.lower, grouped, lambda code: f" {code[:3]} {code[3:]} ", lambda c: c.replace("0", "o")]
)
def test_a_code_may_be_typed_carelessly(client, code, form):
    assert client.get(f"invites/{form(code)}").status_code == 200


@pytest.mark.parametrize("wrong", ["0000000000", "x", "邀请码", "a" * 300, "%00", "..", "' OR 1=1"])
def test_a_code_that_never_was_is_not_found(client, code, wrong):
    answer = client.get(f"invites/{wrong}")
    assert (answer.status_code, answer.json["code"]) == (404, "invite_unknown")


def test_a_code_ends_with_its_last_day(client, clock, code):
    clock.advance(days=2, seconds=-1)
    assert client.get(f"invites/{code}").status_code == 200
    clock.advance(seconds=1)
    answer = client.get(f"invites/{code}")
    assert (answer.status_code, answer.json["code"]) == (422, "invite_expired")
    assert "过期" in answer.json["detail"]


def test_looking_at_codes_is_limited_by_address(app, client, code):
    assert (INVITES.amount, MINUTE) == (600, 60)
    # A minute may end on the way, which begins the count anew.
    refused_at = next(number for number in range(1201) if client.get("invites/x").status_code == 429)
    answer = client.get(f"invites/{code}")
    app.extensions["heartport.limits"].reset()
    assert refused_at >= 600
    assert (answer.status_code, answer.json["code"]) == (429, "too_many_requests")


def test_a_replaced_code_is_dead_and_the_new_one_has_its_uses_and_time(app, client, clock, code):
    bindings.join_unit(signed_in(app, "openid-of-one").account_id, code)
    clock.advance(days=1)
    fresh = invites.rotate_invite(code)
    assert fresh.code != code
    assert fresh.code not in repr(fresh)
    answer = client.get(f"invites/{code}")
    assert (answer.status_code, answer.json["code"]) == (422, "invite_replaced")
    assert client.get(f"invites/{fresh.code}").status_code == 200
    live = [row for row in rows() if not row.replaced]
    assert [(row.uses_left, row.expires_at) for row in live] == [(2, clock() + timedelta(days=1))]


def test_every_live_code_of_a_unit_is_replaced_and_no_other(client, ids, clock, code):
    another = invites.make_invite(ids["welding"], uses=1, days=9)
    elsewhere = invites.make_invite(ids["design"], uses=1, days=9)
    fresh = invites.rotate_invites_of(ids["welding"])
    assert len(fresh) == 2
    assert [client.get(f"invites/{each}").status_code for each in (code, another, elsewhere)] == [422, 422, 200]
    clock.advance(days=3)
    assert len(invites.rotate_invites_of(ids["welding"])) == 1


def test_a_code_is_replaced_once(code):
    invites.rotate_invite(code)
    with pytest.raises(InviteReplaced):
        invites.rotate_invite(code)
    with pytest.raises(InviteUnknown):
        invites.rotate_invite("0000000000")


def test_of_two_that_replace_one_code_at_once_one_succeeds(app, code):
    def rotate(_number: int) -> bool:
        try:
            invites.rotate_invite(code)
        except InviteReplaced:
            return False
        return True

    assert sorted(at_once(app, rotate, 4)) == [False, False, False, True]
    assert sorted(row.replaced for row in rows()) == [False, True]


@pytest.mark.parametrize(("uses", "days"), [(0, 1), (1, 0), (10**9, 1), (1, 10**6)])
def test_an_invite_without_end_is_not_made(ids, uses, days):
    with pytest.raises(InviteLimitsRefused):
        invites.make_invite(ids["welding"], uses, days)
    assert rows() == []


def test_an_invite_binds_to_a_unit_that_exists(ids):
    with pytest.raises(UnitUnknown):
        invites.make_invite("nowhere", 1, 1)


def test_an_operator_sees_the_state_of_each_invite(app, ids, clock, code):
    used_up = invites.make_invite(ids["design"], uses=1, days=5)
    bindings.join_unit(signed_in(app, "openid-of-one").account_id, used_up)
    invites.rotate_invite(invites.make_invite(ids["buses"], uses=1, days=6))
    clock.advance(days=3)
    states = {(each.place.name, each.state) for each in invites.list_invites()}
    assert states == {
        ("焊接车间", "expired"),
        ("设计室", "used up"),
        ("潮声巴士公司", "replaced"),
        ("潮声巴士公司", "live"),
    }
    with pytest.raises(InviteExpired):
        invites.show_invite(code)
