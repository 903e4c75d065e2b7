import os

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from heartport.members.models import Account
from heartport.members.profiles import Profile, read_profile, save_profile
from heartport.stores import Store, reading, write_transaction
from heartport.vault.door import SubjectGone, Vault, WrongKeys, current_vault
from heartport.vault.models import KeyCheck, SubjectKey
from heartport.vault.providers import LocalKeys
from heartport.vault.records import RESULT
from tests.conftest import Person
from tests.emulator import Emulator
from tests.threads import at_once

KEY, OTHER_KEY, ROOT, OTHER_ROOT = b"e" * 32, b"E" * 32, b"r" * 32, b"R" * 32


def vault(key: bytes = KEY, root: bytes = ROOT) -> Vault:
    return Vault(LocalKeys(1, {1: key}, root))


class Interrupted(LocalKeys):
    """Lets something else happen between looking and writing, which is when a key is wrapped."""

    def __init__(self, meanwhile, key: bytes = KEY, root: bytes = ROOT) -> None:
        super().__init__(1, {1: key}, root)
        self._meanwhile = meanwhile

    def wrap(self, key: bytes, context: bytes) -> bytes:
        self._meanwhile()
        return super().wrap(key, context)


def rows(model: type) -> int:
    store = Store(model.__bind_key__) if hasattr(model, "__bind_key__") else Store.MAIN
    with reading(store) as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


def wrapped() -> bytes:
    with reading(Store.KEYS) as session:
        return session.execute(select(SubjectKey.wrapped)).scalar_one()


def change(statement) -> None:
    write_transaction(Store.KEYS, lambda session: session.execute(statement) and None)


def test_making_a_persons_key_again_changes_nothing(app):
    vault().ensure_subject("a")
    first = wrapped()
    vault().ensure_subject("a")
    assert (wrapped(), rows(SubjectKey)) == (first, 1)


def test_sixteen_callers_at_once_make_one_key(app):
    at_once(app, lambda _: vault().ensure_subject("a"), 16)
    assert rows(SubjectKey) == 1


def test_a_key_that_was_made_meanwhile_is_kept(app):
    Vault(Interrupted(lambda: vault().ensure_subject("a"))).ensure_subject("a")
    assert rows(SubjectKey) == 1
    assert vault().records("a", RESULT).live(["2026H2"]) == []


def test_every_person_has_a_key_of_their_own(app):
    for person in ("a", "b", "a ", ""):
        vault().ensure_subject(person)
    assert rows(SubjectKey) == 4
    assert len({vault().records(person, RESULT).id_for("attempt-1") for person in ("a", "b", "a ", "")}) == 4


def test_without_a_key_there_are_no_records(app):
    with pytest.raises(SubjectGone):
        vault().records("a", RESULT)


def test_a_destroyed_key_opens_nothing_and_a_new_one_does_not_bring_the_records_back(app):
    vault().ensure_subject("a")
    records = vault().records("a", RESULT)
    records.insert_once(records.id_for("attempt-1"), b"answers", ["2026H2"])
    change(delete(SubjectKey))
    with pytest.raises(SubjectGone):
        vault().records("a", RESULT)
    vault().ensure_subject("a")
    assert vault().records("a", RESULT).live(["2026H2"]) == []


def test_a_key_that_was_moved_to_another_person_does_not_open(app):
    vault().ensure_subject("a")
    change(update(SubjectKey).values(link=vault()._link("b")))
    with pytest.raises(SubjectGone):
        vault().records("a", RESULT)
    with pytest.raises(WrongKeys):
        vault().records("b", RESULT)


def test_the_first_start_leaves_a_mark_and_later_ones_agree(app):
    for _ in range(3):
        vault().check_keys()
    assert rows(KeyCheck) == 1


WRONG = {"other root": (KEY, OTHER_ROOT), "other key": (OTHER_KEY, ROOT), "both": (OTHER_KEY, OTHER_ROOT)}


@pytest.mark.parametrize(("key", "root"), WRONG.values(), ids=WRONG)
def test_other_keys_than_those_of_the_data_are_noticed(app, key, root):
    vault().check_keys()
    with pytest.raises(WrongKeys):
        vault(key, root).check_keys()


def test_an_altered_mark_is_noticed(app):
    vault().check_keys()
    change(update(KeyCheck).values(sealed=os.urandom(61)))
    with pytest.raises(WrongKeys):
        vault().check_keys()


def test_keys_are_looked_at_anew_so_that_a_store_restored_under_others_is_noticed(app):
    ours = vault()
    ours.check_keys()
    change(delete(KeyCheck))
    vault(root=OTHER_ROOT).check_keys()
    with pytest.raises(WrongKeys):
        ours.check_keys()


def test_two_first_starts_at_once_both_succeed(app):
    at_once(app, lambda _: vault().check_keys(), 8)
    assert rows(KeyCheck) == 1


def test_a_mark_that_another_start_left_meanwhile_is_respected(app):
    Vault(Interrupted(vault().check_keys)).check_keys()
    assert rows(KeyCheck) == 1


@pytest.mark.parametrize(("key", "root"), WRONG.values(), ids=WRONG)
def test_of_two_first_starts_with_different_keys_the_slower_is_refused(app, key, root):
    with pytest.raises(WrongKeys):
        Vault(Interrupted(vault().check_keys, key, root)).check_keys()
    vault().check_keys()


@pytest.fixture
def wrong_keys(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Leaves the mark of the right keys, and then starts with others."""
    current_vault().check_keys()

    def start(key: bytes = OTHER_KEY, root: bytes = OTHER_ROOT) -> None:
        monkeypatch.setitem(app.extensions, "heartport.vault", vault(key, root))

    return start


def test_wrong_keys_make_no_account_and_no_key(app: Flask, client: Person, emulator: Emulator, wrong_keys):
    wrong_keys()
    response = client.post("auth/wechat", {"code": emulator.login_code()})
    assert (response.status_code, response.json["code"]) == (503, "wrong_keys")
    assert int(response.headers["Retry-After"]) >= 1
    assert rows(Account) == rows(SubjectKey) == 0


def test_under_wrong_keys_a_profile_is_not_overwritten(app, employee: Person, wrong_keys, monkeypatch):
    right = current_vault()
    save_profile(employee.account_id, Profile(nickname="小林", age_group="18+"))
    wrong_keys()
    assert employee.put("me", {"nickname": "other", "age_group": "18+"}).status_code == 503
    monkeypatch.setitem(app.extensions, "heartport.vault", right)
    assert read_profile(employee.account_id).nickname == "小林"


def test_a_pseudonym_is_a_persons_own_in_each_register_and_gone_with_the_key(app):
    vault().ensure_subject("one")
    vault().ensure_subject("other")
    first = vault().open("one").pseudonym("register")
    assert first == vault().open("one").pseudonym("register")
    assert len({first, vault().open("one").pseudonym("another"), vault().open("other").pseudonym("register")}) == 3
    vault().destroy_key(vault().link_of("one"))
    with pytest.raises(SubjectGone):
        vault().open("one")
    vault().ensure_subject("one")
    assert vault().open("one").pseudonym("register") != first
