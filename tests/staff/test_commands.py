import re

import pytest

from heartport import clock
from heartport.staff import accounts, grants
from heartport.vault.one_time_codes import code_at
from tests.conftest import Person
from tests.staff.doors import PASSWORD, WHO, make_staff
from tests.units.trees import make_tree


@pytest.fixture
def flask(app):
    """Runs `flask staff …` and returns what it printed."""

    def run(*words: str, status: int = 0, typed: str | None = None) -> str:
        result = app.test_cli_runner().invoke(args=["staff", *words], input=typed)
        assert result.exit_code == status, result.output
        return result.output

    return run


def test_what_is_shown_once_opens_the_account(app, flask):
    told = flask("add", "alice", "--role", "counsellor", "--by", WHO, "--display-name", "林静")
    password = re.search(r"password +(\S+)", told)[1]
    secret = re.search(r"TOTP secret +(\S+)", told)[1]
    assert f"otpauth://totp/HeartPort:alice?secret={secret}&issuer=HeartPort" in told
    assert re.fullmatch(r"([0-9A-Z]{5}-){3}[0-9A-Z]{5}", password)
    body = {"username": "alice", "password": password, "otp": code_at(secret, clock.now())}
    answer = Person(app).post("auth/staff", body)
    assert (answer.status_code, answer.json["member"]["nickname"]) == (201, "林静")
    again = flask("list")
    assert password not in again
    assert secret not in again


def test_a_password_may_be_asked_for_and_is_not_shown(app, flask):
    told = flask("add", "alice", "--role", "editor", "--by", WHO, "--ask-password", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert PASSWORD not in told
    assert accounts.find_keys("alice") is not None


def test_the_list_tells_roles_units_and_who_granted_them(app, flask):
    make_tree()
    flask("add", "bob", "--role", "unit_head", "--unit", "yard", "--by", WHO)
    flask("grant", "bob", "--role", "editor", "--by", "李工")
    flask("lock", "bob")
    told = flask("list")
    assert "bob (bob), locked" in told
    assert "  unit_head: 云岬市 › 灯塔区 › 远帆造船厂, granted by 王工 on " in told
    assert "  editor: everywhere, granted by 李工 on " in told


def test_granting_revoking_locking_and_unlocking(app, flask):
    make_staff(app, "alice")
    assert "alice is admin." in flask("grant", "alice", "--role", "admin", "--by", WHO)
    assert "alice was already admin." in flask("grant", "alice", "--role", "admin", "--by", WHO)
    assert "alice is no longer admin." in flask("revoke", "alice", "--role", "admin", "--by", WHO)
    flask("lock", "alice")
    assert accounts.find_keys("alice").locked
    flask("unlock", "alice")
    assert not accounts.find_keys("alice").locked
    assert "TOTP secret" in flask("reset", "alice")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "Bad Name", "--role", "editor", "--by", WHO), "username_refused"),
        (("add", "bob", "--role", "employee", "--by", WHO), "role_unknown"),
        (("add", "bob", "--role", "unit_head", "--by", WHO), "unit_needed"),
        (("add", "bob", "--role", "editor", "--unit", "nowhere", "--by", WHO), "unit_unknown"),
        (("add", "bob", "--role", "editor", "--by", " "), "note_refused"),
        (("add", "alice", "--role", "editor", "--by", WHO), "username_taken"),
        (("grant", "bob", "--role", "editor", "--by", WHO), "staff_unknown"),
        (("revoke", "alice", "--role", "admin", "--by", WHO), "grant_unknown"),
        (("lock", "bob"), "staff_unknown"),
    ],
)
def test_a_refusal_is_told_in_one_line_and_makes_nothing(app, flask, words, code):
    make_staff(app, "alice", ("editor", None))
    assert flask(*words, status=1).startswith(f"Error: {code}: ")
    assert [member.username for member in accounts.list_members()] == ["alice"]
    assert [grant.role for grant in grants.list_grants()] == ["editor"]


def test_who_grants_has_to_be_named(app, flask):
    assert "--by" in flask("grant", "alice", "--role", "editor", status=2)
