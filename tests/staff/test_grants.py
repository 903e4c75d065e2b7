"""Who holds which role, where, and who granted it; what may not go together is refused twice, by rule and database."""

from itertools import product

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from heartport import clock
from heartport.callers import EMPLOYEE, SIGNED_IN, STAFF, STAFF_ROLES
from heartport.members import open_sessions
from heartport.staff import accounts, grants
from heartport.staff.grants import GrantUnknown
from heartport.staff.models import RoleGrant, StaffMember
from heartport.staff.rules import NoteRefused, RolesConflict, UnitNeeded
from heartport.stores import Store, reading, write_transaction
from heartport.units.tree import UnitUnknown
from heartport.web import access
from heartport.web.contract import Api
from heartport.web.contract import Blueprint as ContractBlueprint
from tests.staff.doors import WHO, make_staff
from tests.threads import at_once
from tests.units.trees import make_tree
from tests.web.bare import bare_app

FORBIDDEN = {"counsellor", "clinical_lead", "coordinator", "admin"}


@pytest.fixture
def ids(app, clock):
    return make_tree()


@pytest.fixture
def alice(app, ids):
    return make_staff(app, "alice")


def rows() -> list[RoleGrant]:
    with reading(Store.MAIN) as session:
        return list(session.execute(select(RoleGrant)).scalars())


def execute(statement) -> None:
    write_transaction(Store.MAIN, lambda session: session.execute(statement) and None)


def held() -> list[tuple[str, str | None]]:
    return sorted(((each.role, each.unit_id) for each in grants.list_grants()), key=str)


def test_a_grant_says_who_granted_it_when_and_where(alice, ids):
    assert grants.grant_role("alice", "unit_head", ids["yard"], WHO) is True
    (row,) = rows()
    assert (row.role, row.unit_id, row.granted_by, row.granted_on.isoformat()) == (
        "unit_head",
        ids["yard"],
        WHO,
        "2026-11-22",
    )
    assert (row.revoked_by, row.revoked_on) == (None, None)


def test_granting_again_changes_nothing(alice, ids):
    for unit_id in (None, ids["district"]):
        assert grants.grant_role("alice", "counsellor", unit_id, WHO) is True
        assert grants.grant_role("alice", "counsellor", unit_id, "somebody else") is False
    assert held() == [("counsellor", ids["district"]), ("counsellor", None)]
    assert {row.granted_by for row in rows()} == {WHO}


def test_revoking_is_recorded_and_the_role_may_come_back(alice, clock):
    grants.grant_role("alice", "editor", None, WHO)
    clock.advance(days=3)
    grants.revoke_role("alice", "editor", None, "李工")
    (row,) = rows()
    assert (row.revoked_by, row.revoked_on.isoformat()) == ("李工", "2026-11-25")
    assert held() == []
    assert grants.grant_role("alice", "editor", None, WHO) is True
    assert len(rows()) == 2


def test_only_the_grant_that_is_named_is_revoked(alice, ids):
    grants.grant_role("alice", "counsellor", None, WHO)
    grants.grant_role("alice", "counsellor", ids["district"], WHO)
    grants.revoke_role("alice", "counsellor", ids["district"], WHO)
    assert held() == [("counsellor", None)]
    for role, unit_id in (("counsellor", ids["district"]), ("admin", None)):
        with pytest.raises(GrantUnknown):
            grants.revoke_role("alice", role, unit_id, WHO)


@pytest.mark.parametrize("who", ["", " ", "x" * 81])
def test_nobody_grants_or_revokes_without_a_name(alice, who):
    for use_case in (grants.grant_role, grants.revoke_role):
        with pytest.raises(NoteRefused):
            use_case("alice", "editor", None, who)
    assert rows() == []


def test_roles_come_in_the_order_of_the_list(alice):
    for role in ("auditor", "admin", "counsellor"):
        grants.grant_role("alice", role, None, WHO)
    assert grants.roles_of(rows()[0].staff_id) == ["counsellor", "admin", "auditor"]


@pytest.mark.parametrize(("first", "second"), list(product(STAFF_ROLES, STAFF_ROLES)))
def test_a_unit_head_holds_no_role_that_would_see_the_unit_from_inside(alice, ids, first, second):
    grants.grant_role("alice", first, ids["yard"], WHO)
    if "unit_head" in (first, second) and FORBIDDEN & {first, second}:
        with pytest.raises(RolesConflict):
            grants.grant_role("alice", second, ids["yard"], WHO)
        assert held() == [(first, ids["yard"])]
    else:
        grants.grant_role("alice", second, ids["yard"], WHO)


def test_another_unit_is_no_way_round(alice, ids):
    grants.grant_role("alice", "unit_head", ids["yard"], WHO)
    with pytest.raises(RolesConflict):
        grants.grant_role("alice", "counsellor", ids["buses"], WHO)


def test_who_gave_up_one_side_may_change_to_the_other(alice, ids):
    grants.grant_role("alice", "editor", None, WHO)
    grants.grant_role("alice", "counsellor", None, WHO)
    grants.revoke_role("alice", "counsellor", None, WHO)
    grants.grant_role("alice", "unit_head", ids["yard"], WHO)
    assert held() == [("editor", None), ("unit_head", ids["yard"])]
    grants.revoke_role("alice", "unit_head", ids["yard"], WHO)
    grants.grant_role("alice", "admin", None, WHO)
    assert held() == [("admin", None), ("editor", None)]


def test_a_unit_head_without_a_unit_is_refused(alice):
    with pytest.raises(UnitNeeded):
        grants.grant_role("alice", "unit_head", None, WHO)


def test_of_two_conflicting_grants_at_once_one_is_refused(alice, ids):
    def grant(number: int) -> bool:
        try:
            return grants.grant_role("alice", ("unit_head", "counsellor")[number % 2], ids["yard"], WHO)
        except RolesConflict:
            return False

    assert sum(at_once(alice.app, grant, 8)) == 1
    assert len(rows()) == 1


# The database alone


def row(staff_id: str, side: str, role: str, unit_id: str | None) -> dict[str, object]:
    when = {"granted_by": WHO, "granted_on": clock.today()}
    return {"id": f"new-{role}", "staff_id": staff_id, "side": side, "role": role, "unit_id": unit_id, **when}


@pytest.mark.parametrize("role", sorted(FORBIDDEN))
def test_the_database_itself_refuses_conflicting_roles(alice, ids, role):
    grants.grant_role("alice", "unit_head", ids["yard"], WHO)
    staff_id = accounts.staff_id_of("alice")
    for side in ("unit", "service"):
        with pytest.raises(IntegrityError):
            execute(insert(RoleGrant).values(row(staff_id, side, role, None)))
    with pytest.raises(IntegrityError):
        execute(update(StaffMember).values(side="service"))
    assert held() == [("unit_head", ids["yard"])]


@pytest.mark.parametrize("role", sorted(FORBIDDEN))
def test_the_database_refuses_it_the_other_way_round_as_well(alice, ids, role):
    grants.grant_role("alice", role, None, WHO)
    staff_id = accounts.staff_id_of("alice")
    for side in ("unit", "service"):
        with pytest.raises(IntegrityError):
            execute(insert(RoleGrant).values(row(staff_id, side, "unit_head", ids["yard"])))


def test_without_the_rule_the_database_still_refuses(alice, ids, monkeypatch):
    monkeypatch.setattr(grants, "check_grant", lambda *_: None)
    grants.grant_role("alice", "unit_head", ids["yard"], WHO)
    with pytest.raises(IntegrityError):
        grants.grant_role("alice", "admin", None, WHO)
    assert held() == [("unit_head", ids["yard"])]


BROKEN = {
    "an unknown role": {"role": "root"},
    "an employee": {"role": "employee"},
    "a unit head of nothing": {"side": "unit", "role": "unit_head"},
    "a unit that is not there": {"unit_id": "nowhere"},
    "nobody": {"staff_id": "nobody"},
    "a revocation without a day": {"revoked_by": WHO},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_the_database_refuses_what_makes_no_sense(alice, broken):
    values = {**row(accounts.staff_id_of("alice"), "service", "editor", None), **broken}
    with pytest.raises(IntegrityError):
        execute(insert(RoleGrant).values(values))


@pytest.mark.parametrize("unit", [None, "yard"])
def test_the_database_holds_one_live_grant_of_a_kind(alice, ids, unit):
    staff_id, unit_id = accounts.staff_id_of("alice"), ids.get(unit)
    grants.grant_role("alice", "editor", unit_id, WHO)
    with pytest.raises(IntegrityError):
        execute(insert(RoleGrant).values(row(staff_id, "service", "editor", unit_id)))
    grants.revoke_role("alice", "editor", unit_id, WHO)
    execute(insert(RoleGrant).values(row(staff_id, "service", "editor", unit_id)))


def test_who_holds_a_grant_cannot_vanish(alice):
    grants.grant_role("alice", "editor", None, WHO)
    with pytest.raises(IntegrityError):
        execute(delete(StaffMember))


def test_a_unit_that_is_not_there_is_refused_in_words(app, ids):
    result = app.test_cli_runner().invoke(
        args=["staff", "grant", "alice", "--role", "editor", "--unit", "x", "--by", WHO]
    )
    assert UnitUnknown.code in result.output


# At the door


ALL_ROLES = (SIGNED_IN, EMPLOYEE, STAFF, *STAFF_ROLES)


@pytest.fixture
def doors(monkeypatch):
    """Says which of many doors, one a role, a token of the house opens."""
    made = bare_app({})
    api = Api(made, spec_kwargs={"title": "t", "version": "1", "openapi_version": "3.1.0"})
    for role in ALL_ROLES:
        monkeypatch.setitem(access.ROLE_OF_BLUEPRINT, f"door_{role}", role)
        blueprint = ContractBlueprint(f"door_{role}", __name__)
        blueprint.get(f"/{role}")(lambda: "in")
        api.register_blueprint(blueprint)
    made.before_request(access.admit)

    def opened(token: str) -> set[str]:
        caller = open_sessions.identify(token)
        made.extensions["heartport.identify"] = lambda _token: caller
        headers = {"Authorization": f"Bearer {token}"}
        return {role for role in ALL_ROLES if made.test_client().get(f"/{role}", headers=headers).status_code == 200}

    return opened


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_role_opens_its_own_door_and_nobody_elses(app, ids, doors, role):
    person = make_staff(app, "carol", (role, ids["yard"])).signed_in()
    assert doors(person.token) == {SIGNED_IN, STAFF, role}


def test_an_employee_reaches_nothing_of_the_staff(employee, doors):
    assert doors(employee.token) == {SIGNED_IN, EMPLOYEE}


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_no_role_of_staff_opens_anything_of_an_employee(app, ids, role):
    person = make_staff(app, "carol", (role, ids["yard"])).signed_in()
    for path in ("me", "me/consents", "me/results", "scales", "scales/phq9"):
        assert person.get(path).status_code == 403
    assert person.post("me/unit", {"invite_code": "x"}).status_code == 403
    assert person.delete("me/unit").status_code == 403


def test_holders_of_a_role_are_those_who_hold_it_anywhere_now_and_may_sign_in(app, ids):
    for name, role in (("alice", "counsellor"), ("ben", "coordinator"), ("cleo", "editor"), ("dora", "counsellor")):
        make_staff(app, name, (role, ids["district"]))
    make_staff(app, "emil", ("counsellor", None))
    grants.revoke_role("emil", "counsellor", None, WHO)
    accounts.lock_member("dora")
    assert [each.username for each in grants.holders_of({"counsellor", "coordinator"})] == ["alice", "ben"]
    assert grants.holders_of(()) == []
