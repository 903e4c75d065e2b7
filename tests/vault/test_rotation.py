"""Key rotation: every key ends under the current number, nothing is lost on the way, and a second run does nothing."""

import json
import os
import stat
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from heartport.config import SettingsError, load_settings
from heartport.stores import Store, reading
from heartport.vault import rotation
from heartport.vault.door import Vault, WrongKeys, current_vault
from heartport.vault.models import SubjectKey
from heartport.vault.providers import (
    DEVELOPMENT_KEY_ENCRYPTION_KEY,
    DEVELOPMENT_ROOT,
    LocalKeys,
    new_keys,
    provider_for,
    with_another_key,
)
from heartport.vault.records import RESULT
from tests.conftest import ready_person
from tests.killing import FULL, killed_after, steps_of
from tests.members.residents import CONFIRM

OLD, NEW, ROOT = b"e" * 32, b"n" * 32, b"r" * 32
BEFORE, AFTER, NEW_ALONE = (1, {1: OLD}), (2, {1: OLD, 2: NEW}), (2, {2: NEW})
PEOPLE = 23


def vault(keys: tuple[int, dict[int, bytes]]) -> Vault:
    return Vault(LocalKeys(*keys, ROOT))


@pytest.fixture
def people(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """People with one record each, under the old key; pages are short, so that there are some."""
    monkeypatch.setattr(rotation, "KEYS_AT_ONCE", 5)
    old = vault(BEFORE)
    old.check_keys()
    names = [f"person-{number}" for number in range(PEOPLE)]
    for name in names:
        old.ensure_subject(name)
        records = old.records(name, RESULT)
        records.insert_once(records.id_for("attempt"), name.encode(), ["2026H2"])
    return names


def contents(of: Vault, people: list[str]) -> list[str]:
    return [of.records(name, RESULT).live(["2026H2"])[0].payload.decode() for name in people]


def wrapped() -> list[bytes]:
    with reading(Store.KEYS) as session:
        return [bytes(each) for each in session.execute(select(SubjectKey.wrapped)).scalars()]


def test_after_it_the_new_key_alone_opens_everything(people: list[str]) -> None:
    heard = []
    assert vault(AFTER).rotate(heard.append) == PEOPLE + 1
    assert heard == [5, 5, 5, 5, 3]
    alone = vault(NEW_ALONE)
    alone.check_keys()
    assert contents(alone, people) == people
    assert vault(AFTER).keys_by_number() == {2: PEOPLE + 1}


def test_the_old_key_alone_opens_nothing_any_more(people: list[str]) -> None:
    vault(AFTER).rotate(lambda _count: None)
    old = vault(BEFORE)
    with pytest.raises(WrongKeys):
        old.check_keys()
    with pytest.raises(WrongKeys):
        old.open(people[0])


def test_a_second_run_writes_nothing(people: list[str]) -> None:
    vault(AFTER).rotate(lambda _count: None)
    before = wrapped()
    assert vault(AFTER).rotate(lambda _count: None) == 0
    assert wrapped() == before


def test_before_and_half_way_both_numbers_are_counted(people: list[str]) -> None:
    assert vault(AFTER).keys_by_number() == {1: PEOPLE + 1}

    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        vault(AFTER).rotate(stop)
    assert vault(AFTER).keys_by_number() == {1: PEOPLE + 1 - 5, 2: 5}
    assert contents(vault(AFTER), people) == people
    assert vault(AFTER).rotate(lambda _count: None) == PEOPLE + 1 - 5


def test_a_key_that_the_provider_does_not_have_stops_it_and_harms_nothing(people: list[str]) -> None:
    before = wrapped()
    with pytest.raises(WrongKeys):
        vault(NEW_ALONE).rotate(lambda _count: None)
    assert wrapped() == before


def test_whoever_is_erased_meanwhile_gets_no_key_again(app: Flask, people: list[str], monkeypatch) -> None:
    rotating = vault(AFTER)
    link = rotating.link_of(people[0])
    wrap = LocalKeys.wrap

    def erased_meanwhile(self: LocalKeys, key: bytes, context: bytes) -> bytes:
        if context == link:
            rotating.destroy_key(link)
        return wrap(self, key, context)

    monkeypatch.setattr(LocalKeys, "wrap", erased_meanwhile)
    rotating.rotate(lambda _count: None)
    assert link not in rotating.links()
    assert len(wrapped()) == PEOPLE - 1


WATCHED_FILES = ("/vault/rotation.py", "/vault/door.py", "/heartport/stores.py")


def test_killed_at_any_step_it_goes_on_where_it_was(people: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    both = vault(AFTER)
    monkeypatch.setattr(rotation, "KEYS_AT_ONCE", 5)

    def act() -> int:
        return both.rotate(lambda _count: None)

    numbers = set()
    count = steps_of(lambda: vault(BEFORE).rotate(lambda _count: None), WATCHED_FILES)
    for steps in range(1, 10 * count, 1 if FULL else max(1, count // 6)):
        if not killed_after(steps, act, WATCHED_FILES):
            break
        numbers.add(tuple(both.keys_by_number()))
        assert contents(both, people) == people
    assert numbers >= {(1,), (1, 2)}
    assert act() == 0
    assert contents(vault(NEW_ALONE), people) == people


# At a terminal


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "keys.json"
    file.write_text(new_keys())
    file.chmod(0o600)
    return file


def test_adding_a_key_makes_it_current_and_keeps_the_others(app: Flask, key_file: Path) -> None:
    before = json.loads(key_file.read_text())
    answer = app.test_cli_runner().invoke(args=["keys", "add", str(key_file)])
    assert answer.exit_code == 0, answer.output
    assert "Key 2" in answer.output
    after = json.loads(key_file.read_text())
    assert (after["current"], after["root"]) == (2, before["root"])
    assert after["key_encryption_keys"]["1"] == before["key_encryption_keys"]["1"]
    assert after["key_encryption_keys"]["2"] != before["key_encryption_keys"]["1"]
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert os.listdir(key_file.parent) == ["keys.json"]
    environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(key_file.parent), "HEARTPORT_KEY_FILE": str(key_file)}
    assert provider_for(load_settings(environ)).current == 2


def test_a_link_to_the_file_stays_a_link(app: Flask, key_file: Path) -> None:
    link = key_file.with_name("link.json")
    link.symlink_to(key_file)
    assert app.test_cli_runner().invoke(args=["keys", "add", str(link)]).exit_code == 0
    assert link.is_symlink()
    assert json.loads(key_file.read_text())["current"] == 2


@pytest.mark.parametrize("content", ["", "{}", "not json", '{"current": 1, "key_encryption_keys": {}, "root": ""}'])
def test_what_is_no_key_file_is_left_alone(app: Flask, key_file: Path, content: str) -> None:
    key_file.write_text(content)
    answer = app.test_cli_runner().invoke(args=["keys", "add", str(key_file)])
    assert answer.exit_code == 1
    assert key_file.read_text() == content


def test_a_disk_that_fails_leaves_the_old_file(app: Flask, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_file.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        answer = app.test_cli_runner().invoke(args=["keys", "add", str(key_file)])
    assert answer.exit_code == 1
    assert "No space left" in answer.output
    assert key_file.read_bytes() == before
    assert os.listdir(key_file.parent) == ["keys.json"]


def test_after_the_last_number_there_is_none() -> None:
    text = new_keys()
    for _ in range(254):
        text, number = with_another_key(text.encode())
    assert number == 255
    with pytest.raises(SettingsError):
        with_another_key(text.encode())


def test_rotate_tells_how_many_keys_hang_on_which_number(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ready_person(app, "openid-of-somebody-0000000001")
    current_vault().check_keys()
    both = LocalKeys(2, {1: DEVELOPMENT_KEY_ENCRYPTION_KEY, 2: NEW}, DEVELOPMENT_ROOT)
    monkeypatch.setitem(app.extensions, "heartport.vault", Vault(both))
    run = app.test_cli_runner().invoke
    assert run(args=["vault", "rotate", "--check"]).output == "Under key 1: 2\n"
    assert run(args=["vault", "rotate"]).output == "Wrapped anew: 2.\nUnder key 2 (current): 2\n"
    assert run(args=["vault", "rotate"]).output == "Wrapped anew: 0.\nUnder key 2 (current): 2\n"
    assert person.post("me/erasure", CONFIRM).status_code == 200
    assert run(args=["vault", "rotate", "--check"]).output == "Under key 2 (current): 1\n"
