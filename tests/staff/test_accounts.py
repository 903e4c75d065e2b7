import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from heartport.staff import accounts
from heartport.staff.accounts import StaffUnknown, UsernameTaken
from heartport.staff.models import StaffMember
from heartport.staff.rules import NoteRefused, PasswordRefused, UsernameRefused
from heartport.stores import Store, reading, write_transaction
from heartport.vault.one_time_codes import code_at
from heartport.vault.providers import WrongKey
from tests.staff.doors import PASSWORD, make_staff
from tests.threads import at_once


def column(name) -> list:
    with reading(Store.MAIN) as session:
        return list(session.execute(select(getattr(StaffMember, name))).scalars())


def test_an_account_has_a_name_and_no_role(app):
    make_staff(app, "alice")
    (member,) = accounts.list_members()
    assert (member.username, member.name, member.locked) == ("alice", "alice 的名字", False)
    assert accounts.read_name(member.id) == "alice 的名字"
    assert member.name not in repr(member)


def test_a_name_is_given_once(app):
    first = make_staff(app, "alice")
    with pytest.raises(UsernameTaken):
        accounts.add_member("alice", "另一位", PASSWORD)
    assert accounts.find_keys("alice").totp_secret == first.secret


def test_of_eight_who_want_one_name_at_once_one_gets_it(app):
    def add(_number: int) -> bool:
        try:
            return bool(accounts.add_member("alice", "甲", PASSWORD))
        except UsernameTaken:
            return False

    assert sum(at_once(app, add, 8)) == 1


@pytest.mark.parametrize(
    ("username", "name", "password", "refusal"),
    [
        ("Alice", "甲", PASSWORD, UsernameRefused),
        ("alice", "", PASSWORD, NoteRefused),
        ("alice", "甲", "short", PasswordRefused),
    ],
)
def test_an_account_that_cannot_be_is_refused(app, username, name, password, refusal):
    with pytest.raises(refusal) as caught:
        accounts.add_member(username, name, password)
    assert accounts.list_members() == []
    assert password not in str(caught.value) + repr(caught.value) + caught.value.detail


def test_sealed_columns_have_one_length_for_all(app):
    accounts.add_member("alice", "甲", PASSWORD)
    accounts.add_member("bob", "🙂" * 40, PASSWORD)
    for name in ("name_sealed", "totp_sealed"):
        assert len({len(each) for each in column(name)}) == 1


def test_a_sealed_column_does_not_open_for_another_account(app):
    make_staff(app, "alice")
    make_staff(app, "bob")
    one, other = column("id")
    with reading(Store.MAIN) as session:
        sealed = session.execute(select(StaffMember.name_sealed).where(StaffMember.id == one)).scalar_one()
    with pytest.raises(WrongKey):
        accounts._open_name(other, sealed)


def test_keys_do_not_show(app):
    alice = make_staff(app, "alice")
    keys = accounts.find_keys("alice")
    assert keys.totp_secret == alice.secret
    assert alice.secret not in repr(keys)
    assert "argon2" not in repr(keys)


@pytest.mark.parametrize("username", ["", "nobody", "a\0b", "ALICE", "'; DROP TABLE staff_members", "心"])
def test_any_text_can_be_looked_for(app, username):
    make_staff(app, "alice")
    assert accounts.find_keys(username) is None


def test_a_lost_telephone_is_replaced_and_everything_before_ends(app, clock):
    alice = make_staff(app, "alice")
    before = alice.signed_in()
    for _ in range(6):
        alice.sign_in(otp="000000")
    secret = accounts.reset_member("alice", "another-calm-harbour")
    assert secret != alice.secret
    assert before.get("me/sessions").status_code == 401
    assert alice.sign_in().status_code == 422
    code = code_at(secret, clock())
    assert alice.sign_in(password="another-calm-harbour", otp=code).status_code == 201


@pytest.mark.parametrize("use_case", [accounts.lock_member, accounts.unlock_member, accounts.staff_id_of])
def test_who_is_not_there_is_not_found(app, use_case):
    with pytest.raises(StaffUnknown):
        use_case("nobody")


def test_who_is_not_there_gets_no_new_password(app):
    with pytest.raises(StaffUnknown):
        accounts.reset_member("nobody", PASSWORD)


@pytest.mark.parametrize("broken", [{"side": "both"}, {"username": None}, {"password_hash": None}])
def test_the_database_refuses_half_an_account(app, broken):
    row = {
        "id": "x",
        "username": "x",
        "side": "unit",
        "name_sealed": b"",
        "password_hash": "",
        "totp_sealed": b"",
        "last_totp_step": 0,
        "locked": False,
        **broken,
    }
    with pytest.raises(IntegrityError):
        write_transaction(Store.MAIN, lambda session: session.execute(insert(StaffMember).values(row)) and None)
