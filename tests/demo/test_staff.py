import re

import yaml

from heartport import clock
from heartport.callers import STAFF_ROLES
from heartport.config import ROOT
from heartport.staff import accounts, grants
from heartport.vault.one_time_codes import code_at
from tests.conftest import Person
from tests.demo.test_units import load
from tests.staff.doors import WHO

LINE = re.compile(r"demo staff (\S+): (.+)，(.+); password (\S+), TOTP secret ([A-Z2-7]{32})")
STAFF = yaml.safe_load((ROOT / "content" / "demo" / "staff.yaml").read_text(encoding="utf-8"))["staff"]


def test_there_is_one_member_of_staff_a_role_and_what_is_printed_opens_the_door(app):
    found = LINE.findall(load(app))
    assert [each["role"] for each in STAFF] == list(STAFF_ROLES)
    assert len(found) == len(STAFF_ROLES)
    for member, (username, _, _, password, secret) in zip(STAFF, found, strict=True):
        answer = Person(app).post(
            "auth/staff", {"username": username, "password": password, "otp": code_at(secret, clock.now())}
        )
        assert (answer.status_code, answer.json["member"]["roles"]) == (201, [member["role"]])


def test_a_unit_head_is_called_liaison_of_a_unit(app):
    assert "单位联系人" in load(app)
    (head,) = [each for each in grants.list_grants() if each.role == "unit_head"]
    assert head.unit_id is not None


def test_loading_again_keeps_passwords_and_roles(app):
    load(app)
    accounts.reset_member("admin", "another-calm-harbour")
    grants.grant_role("admin", "auditor", None, WHO)
    keys = accounts.find_keys("admin")
    load(app)
    assert accounts.find_keys("admin") == keys
    assert grants.roles_of(keys.staff_id) == ["admin", "auditor"]
    assert len(grants.list_grants()) == len(STAFF) + 1


def test_a_load_that_was_interrupted_is_finished_by_the_next(app, monkeypatch):
    def fail(*_args: object) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(grants, "grant_role", fail)
        assert app.test_cli_runner().invoke(args=["demo", "load"]).exit_code == 1
    load(app)
    assert len(grants.list_grants()) == len(STAFF)
