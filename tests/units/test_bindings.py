"""Joining a unit with an invite: the last use goes to exactly one, and a repetition takes none."""

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from heartport.assessments.records import decode
from heartport.stores import Store, reading, write_transaction
from heartport.units import bindings, invites
from heartport.units.models import Invite, UnitBinding
from heartport.units.rules import InviteUsedUp
from heartport.vault.door import current_vault
from heartport.vault.records import RESULT
from tests.conftest import signed_in
from tests.threads import at_once
from tests.units.trees import make_tree


@pytest.fixture
def ids(app, clock):
    return make_tree()


def uses_left(unit_id: str) -> int:
    with reading(Store.MAIN) as session:
        return session.execute(select(Invite.uses_left).where(Invite.unit_id == unit_id)).scalar_one()


def bound() -> int:
    with reading(Store.MAIN) as session:
        return session.execute(select(func.count()).select_from(UnitBinding)).scalar_one()


def join(person, code: str):
    return person.post("me/unit", {"invite_code": code})


def test_a_person_joins_sees_the_unit_and_leaves(employee, ids):
    assert employee.get("me").json["unit"] is None
    answer = join(employee, invites.make_invite(ids["welding"], 3, 3))
    unit = {
        "id": ids["welding"],
        "name": "焊接车间",
        "path": ["云岬市", "灯塔区", "远帆造船厂", "焊接车间"],
    }
    assert (answer.status_code, answer.json) == (200, unit)
    assert employee.get("me").json["unit"] == unit
    assert employee.delete("me/unit").status_code == 204
    assert employee.get("me").json["unit"] is None
    assert employee.delete("me/unit").status_code == 204


def test_the_unit_comes_with_the_next_sign_in(client, emulator, ids):
    first = client.post("auth/wechat", {"code": emulator.login_code()}).json
    bindings.join_unit(first["member"]["id"], invites.make_invite(ids["buses"], 1, 1))
    again = client.post("auth/wechat", {"code": emulator.login_code()}).json
    assert (first["member"]["unit"], again["member"]["unit"]["path"]) == (None, ["云岬市", "港航行业", "潮声巴士公司"])


def test_joining_again_takes_no_use(employee, ids):
    code = invites.make_invite(ids["welding"], 1, 1)
    assert [join(employee, code).status_code for _ in range(3)] == [200, 200, 200]
    assert uses_left(ids["welding"]) == 0


def test_a_repetition_is_answered_even_when_the_code_has_ended_since(employee, stranger, clock, ids):
    code = invites.make_invite(ids["welding"], 5, 1)
    join(employee, code)
    clock.advance(days=1)
    assert join(employee, code).status_code == 200
    assert join(stranger, code).json["code"] == "invite_expired"


def test_moving_to_another_unit_replaces_and_takes_a_use_there(employee, ids):
    join(employee, invites.make_invite(ids["welding"], 3, 1))
    assert join(employee, invites.make_invite(ids["buses"], 3, 1)).status_code == 200
    assert employee.get("me").json["unit"]["id"] == ids["buses"]
    assert (uses_left(ids["welding"]), uses_left(ids["buses"]), bound()) == (2, 2, 1)


def test_a_code_that_is_used_up_binds_nobody_and_says_so(employee, stranger, ids):
    code = invites.make_invite(ids["welding"], 1, 1)
    join(employee, code)
    answer = join(stranger, code)
    assert (answer.status_code, answer.json["code"]) == (422, "invite_used_up")
    assert "用完" in answer.json["detail"]
    assert stranger.get("me").json["unit"] is None
    assert bound() == 1


def test_who_is_refused_stays_where_they_were(employee, stranger, ids):
    join(employee, invites.make_invite(ids["buses"], 1, 1))
    code = invites.make_invite(ids["welding"], 1, 1)
    join(stranger, code)
    assert join(employee, code).status_code == 422
    assert employee.get("me").json["unit"]["id"] == ids["buses"]


def test_unknown_replaced_and_expired_codes_bind_nobody(employee, clock, ids):
    replaced = invites.make_invite(ids["welding"], 1, 1)
    invites.rotate_invite(replaced)
    expired = invites.make_invite(ids["design"], 1, 1)
    clock.advance(days=2)
    found = [
        (answer.status_code, answer.json["code"])
        for answer in (join(employee, code) for code in ("0" * 10, replaced, expired))
    ]
    assert found == [(404, "invite_unknown"), (422, "invite_replaced"), (422, "invite_expired")]
    assert bound() == 0


@pytest.mark.parametrize("body", [{}, {"invite_code": 5}, {"invite_code": "x" * 41}, {"invite_code": "x", "unit": "y"}])
def test_a_body_of_another_form_is_refused(employee, body):
    answer = employee.post("me/unit", body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


def test_the_last_use_goes_to_exactly_one_of_sixteen(app, ids):
    code = invites.make_invite(ids["welding"], 1, 1)
    assert sorted(race(app, code)) == [200] + [422] * 15
    assert (uses_left(ids["welding"]), bound()) == (0, 1)


def race(app, code: str) -> list[int]:
    people = [signed_in(app, f"openid-of-number-{number}") for number in range(16)]
    return list(at_once(app, lambda number: join(people[number], code).status_code, 16))


def test_a_use_that_is_read_before_it_is_taken_would_be_caught(app, ids, monkeypatch):
    """The negative control: looking first and writing afterwards, both after everybody looked."""
    seen = {}

    def look_then_write(session, invite_id, _now):
        left = seen.setdefault(invite_id, session.get(Invite, invite_id).uses_left)
        if not left:
            raise InviteUsedUp
        session.execute(update(Invite).where(Invite.id == invite_id).values(uses_left=left - 1))

    monkeypatch.setattr(bindings, "take_use", look_then_write)
    code = invites.make_invite(ids["welding"], 1, 1)
    assert race(app, code).count(200) > 1


def test_one_person_who_joins_eight_times_at_once_takes_one_use(app, employee, ids):
    code = invites.make_invite(ids["welding"], 8, 1)
    assert list(at_once(app, lambda _: join(employee, code).status_code, 8)) == [200] * 8
    assert uses_left(ids["welding"]) == 7


def test_the_database_refuses_more_uses_than_there_are(app, ids):
    invites.make_invite(ids["welding"], 1, 1)
    with pytest.raises(IntegrityError):
        write_transaction(Store.MAIN, lambda session: session.execute(update(Invite).values(uses_left=-1)) and None)


@pytest.mark.parametrize(("account", "unit"), [("nobody", "welding"), (None, "nowhere")])
def test_only_accounts_are_bound_and_only_to_units(employee, ids, account, unit):
    row = {"account_id": account or employee.account_id, "unit_id": ids.get(unit, unit)}
    with pytest.raises(IntegrityError):
        write_transaction(Store.MAIN, lambda session: session.execute(insert(UnitBinding).values(row)) and None)


def test_nothing_tells_when_somebody_joined_or_with_which_code(app):
    assert {column.name for column in UnitBinding.__table__.columns} == {"account_id", "unit_id"}
    assert {column.name for column in Invite.__table__.columns} == {
        "id",
        "code_hash",
        "unit_id",
        "uses_left",
        "expires_at",
        "replaced",
    }


# What a unit changes


def submit(person, attempt: str) -> None:
    scale = person.get("scales/gad7").json
    body = {"version": scale["version"], "attempt_id": attempt, "answers": {f"q{n}": 1 for n in range(1, 8)}}
    assert person.post("scales/gad7/submissions", body).status_code == 201


def test_a_result_keeps_the_unit_at_its_time_sealed(employee, ids):
    submit(employee, "attempt-without-unit")
    join(employee, invites.make_invite(ids["welding"], 1, 1))
    submit(employee, "attempt-with-welding")
    join(employee, invites.make_invite(ids["buses"], 1, 1))
    records = current_vault().records(employee.account_id, RESULT)
    units = [decode(entry.payload).unit for entry in records.live(["2026H2"])]
    assert sorted(units, key=str) == sorted([None, ids["welding"]], key=str)


def test_without_a_unit_everything_opens(employee):
    """ "Not now" is an answer: workshops alone ask for a unit, and they are booked by unit heads."""
    assert employee.get("me").json["unit"] is None
    for path in ("me", "me/consents", "me/sessions", "me/results", "scales", "scales/phq9", "hotlines"):
        assert employee.get(path).status_code == 200
    submit(employee, "attempt-of-somebody-free")
