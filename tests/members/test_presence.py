"""A request that found its caller just before an erasure writes nothing any more, and says that nobody is signed in."""

import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from heartport.errors import NotSignedIn
from heartport.members import consents, erasures, exports, profiles
from heartport.members.erasures import erase_everything, finish_erasures
from heartport.members.presence import hold_account
from heartport.members.profiles import EMPTY_PROFILE, read_profile
from heartport.stores import Store, write_transaction
from heartport.units import bindings, invites
from tests.conftest import Person
from tests.members.residents import CONFIRM, Resident, settle, take
from tests.overtaking import overtaken
from tests.units.trees import make_tree
from tests.vault.dumps import by_column, dump, encodings, traces

DRAFT = {"version": "1.0.0", "answers": {"q1": {"value": 1, "revision": 9}}}
AGREED = {"granted": True, "policy_version": "2026-11"}
PROFILE = {"nickname": "又写回来的名字", "age_group": "18+"}

Call = Callable[[Person, str], TestResponse]
"""Calls as a person who has an invite code."""

WRITES: dict[str, Call] = {
    "profile": lambda person, _code: person.put("me", PROFILE),
    "consent": lambda person, _code: person.put("me/consents/aggregate", AGREED),
    "unit": lambda person, code: person.post("me/unit", {"invite_code": code}),
    "submission": lambda person, _code: take(person, "attempt-too-late"),
    "draft": lambda person, _code: person.put("scales/gad7/draft", DRAFT),
    "deleting a draft": lambda person, _code: person.delete("scales/gad7/draft"),
    "export": lambda person, _code: person.call("POST", "me/export"),
}
ANSWERS_ALL_THE_SAME: dict[str, Call] = {
    "leaving": lambda person, _code: person.delete("me/unit"),
    "signing out": lambda person, _code: person.delete("auth/session"),
}


@pytest.fixture
def resident(app: Flask) -> Resident:
    return settle(app, "openid-of-a-resident-00000001", "住在港湾的人", results=2)


@pytest.fixture
def code(app: Flask) -> str:
    return invites.make_invite(make_tree()["welding"], 1, 1)


def left_of(resident: Resident) -> set[str]:
    secrets = {**resident.traces, "nickname": [PROFILE["nickname"]]}
    return traces(secrets, by_column([cell for store in Store for cell in dump(store)]), encodings)


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("overtake", [erase_everything, erasures._mark], ids=["erased", "decided"])
def test_it_is_refused_and_leaves_nothing(app: Flask, resident, code: str, name: str, overtake) -> None:
    with overtaken(app, overtake):
        answer = WRITES[name](resident.person, code)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    finish_erasures()
    assert left_of(resident) == set()


@pytest.mark.parametrize("name", ANSWERS_ALL_THE_SAME)
def test_what_only_takes_away_is_done_already(app: Flask, resident, name: str) -> None:
    with overtaken(app, erase_everything):
        assert ANSWERS_ALL_THE_SAME[name](resident.person, "").status_code == 204
    assert left_of(resident) == set()


def test_a_second_erasure_that_was_found_in_time_says_that_nobody_is_signed_in(app: Flask, resident) -> None:
    with overtaken(app, erase_everything):
        assert resident.person.post("me/erasure", CONFIRM).status_code == 401


def test_after_the_decision_no_name_comes_back_however_long_the_rest_takes(app: Flask, resident) -> None:
    with overtaken(app, erasures._mark):
        WRITES["profile"](resident.person, "")
    assert read_profile(resident.account_id) == EMPTY_PROFILE


@pytest.mark.parametrize("step", ["_profile", "_consents", "_sessions"])
@pytest.mark.parametrize("overtake", [erase_everything, erasures._mark], ids=["erased", "decided"])
def test_an_export_that_is_overtaken_half_way_is_not_half_a_document(
    resident, monkeypatch: pytest.MonkeyPatch, step: str, overtake
) -> None:
    usual = getattr(exports, step)

    def overtaken_here(argument):
        overtake(resident.account_id)
        return usual(argument)

    monkeypatch.setattr(exports, step, overtaken_here)
    answer = resident.person.call("POST", "me/export")
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


def test_a_write_that_came_first_is_waited_for(app: Flask, resident) -> None:
    """The erasure decides after the write has ended, and what was written goes with the rest."""
    holding, seen = threading.Event(), []

    def hold(session) -> None:
        hold_account(session, resident.account_id)
        holding.set()
        time.sleep(0.2)
        seen.append("written")

    def erase() -> None:
        holding.wait(10)
        with app.app_context():
            erase_everything(resident.account_id)
        seen.append("erased")

    other = threading.Thread(target=erase)
    other.start()
    write_transaction(Store.MAIN, hold)
    other.join(10)
    assert seen == ["written", "erased"]


def nobody_looks(_session, _account_id: str) -> None:
    """Broken: writes without asking whether the account is still there."""


def test_control_a_profile_that_is_saved_without_asking_is_caught(app: Flask, resident, monkeypatch) -> None:
    monkeypatch.setattr(profiles, "hold_account", nobody_looks)
    with overtaken(app, erasures._mark):
        assert WRITES["profile"](resident.person, "").status_code == 200
    assert read_profile(resident.account_id).nickname == PROFILE["nickname"]


@pytest.mark.breaks
def test_control_a_binding_without_asking_is_caught(app: Flask, resident, code: str, monkeypatch) -> None:
    monkeypatch.setattr(bindings, "hold_account", nobody_looks)
    with overtaken(app, erase_everything):
        assert WRITES["unit"](resident.person, code).status_code == 500


def test_control_a_consent_without_asking_is_caught(app: Flask, resident, monkeypatch) -> None:
    monkeypatch.setattr(consents, "hold_account", nobody_looks)
    with overtaken(app, erasures._mark):
        assert WRITES["consent"](resident.person, "").status_code == 200


def test_an_account_that_is_gone_or_about_to_be_cannot_be_held(resident) -> None:
    def held(account_id: str) -> None:
        write_transaction(Store.MAIN, lambda session: hold_account(session, account_id))

    held(resident.account_id)
    erasures._mark(resident.account_id)
    for account_id in (resident.account_id, "nobody"):
        with pytest.raises(NotSignedIn):
            held(account_id)
