import base64
import json
import os
import stat
import traceback
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from heartport.config import Settings, SettingsError, load_settings
from heartport.vault.commands import keys_commands
from heartport.vault.providers import (
    DEVELOPMENT_KEY_ENCRYPTION_KEY,
    DEVELOPMENT_ROOT,
    LocalKeys,
    WrongKey,
    new_keys,
    provider_for,
)

PRODUCTION = {
    "HEARTPORT_DATABASE_URL": "postgresql://server/database",
    "HEARTPORT_WECHAT_APP_ID": "wx-app",
    "HEARTPORT_WECHAT_APP_SECRET": "app-secret",
}
OLD, NEW, ROOT = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))


def text_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


def document(**changes: object) -> dict[str, object]:
    return {"current": 1, "key_encryption_keys": {"1": text_of(OLD)}, "root": text_of(ROOT)} | changes


def key_file(folder: Path, content: str | bytes | None = None, mode: int = 0o600) -> Path:
    path = folder / "keys.json"
    path.write_bytes(content if isinstance(content, bytes) else (content or json.dumps(document())).encode())
    path.chmod(mode)
    return path


def production(**environ: object) -> Settings:
    return load_settings(PRODUCTION | {f"HEARTPORT_{name}": str(value) for name, value in environ.items()})


def refusal(settings: Settings) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        provider_for(settings)
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def test_a_file_and_the_environment_give_the_same_keys(tmp_path):
    from_file = provider_for(production(KEY_FILE=key_file(tmp_path)))
    from_environment = provider_for(production(KEYS=json.dumps(document())))
    assert from_environment.unwrap(from_file.wrap(b"k" * 32, b"here"), b"here") == b"k" * 32
    assert from_file.derive("link") == from_environment.derive("link") != from_file.derive("columns")


def test_the_development_key_serves_the_demo_alone():
    demo = load_settings({"HEARTPORT_DEMO": "1"})
    assert provider_for(demo).derive("link") == provider_for(demo).derive("link")
    assert str(refusal(replace(demo, demo=False))).startswith("HEARTPORT_KEY_FILE: holds the development key")


@pytest.mark.parametrize(
    "changes",
    [
        {"root": text_of(DEVELOPMENT_ROOT)},
        {"key_encryption_keys": {"1": text_of(DEVELOPMENT_KEY_ENCRYPTION_KEY)}},
        {"key_encryption_keys": {"1": text_of(DEVELOPMENT_ROOT)}},
        {"key_encryption_keys": {"1": text_of(OLD), "2": text_of(DEVELOPMENT_KEY_ENCRYPTION_KEY)}},
    ],
    ids=["as root", "as key-encryption key", "root as key-encryption key", "beside another"],
)
def test_production_refuses_the_development_key_in_every_place(tmp_path, changes):
    content = json.dumps(document(**changes))
    for settings, name in (
        (production(KEY_FILE=key_file(tmp_path, content)), "HEARTPORT_KEY_FILE"),
        (production(KEYS=content), "HEARTPORT_KEYS"),
    ):
        assert str(refusal(settings)).startswith(f"{name}: holds the development key")


BAD = {
    "no JSON": "current: 1",
    "cut off": json.dumps(document())[:-9],
    "no object": json.dumps([document()]),
    "a number": "7",
    "not UTF-8": json.dumps(document()).encode() + b"\xff",
    "ten thousand brackets": "[" * 100_000,
    "no root": json.dumps({key: value for key, value in document().items() if key != "root"}),
    "root too short": json.dumps(document(root=text_of(ROOT[:31]))),
    "root too long": json.dumps(document(root=text_of(ROOT + b"!"))),
    "root not base64": json.dumps(document(root="*" + text_of(ROOT))),
    "root a number": json.dumps(document(root=5)),
    "root not ASCII": json.dumps(document(root="钥" * 44), ensure_ascii=False),
    "no key": json.dumps(document(key_encryption_keys={})),
    "keys a list": json.dumps(document(key_encryption_keys=[text_of(OLD)])),
    "key too short": json.dumps(document(key_encryption_keys={"1": text_of(OLD[:16])})),
    "key null": json.dumps(document(key_encryption_keys={"1": None})),
    "no number": json.dumps(document(key_encryption_keys={"first": text_of(OLD)})),
    "number 0": json.dumps(document(current=0, key_encryption_keys={"0": text_of(OLD)})),
    "number 256": json.dumps(document(current=256, key_encryption_keys={"256": text_of(OLD)})),
    "current unknown": json.dumps(document(current=2)),
    "current a text": json.dumps(document(current="1")),
    "current 1.0": json.dumps(document(current=1.0)),
    "current true": json.dumps(document(current=True)),
    "current null": json.dumps(document(current=None)),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_bad_keys_give_one_line_that_names_the_setting_and_holds_no_key(tmp_path, content):
    problem = refusal(production(KEY_FILE=key_file(tmp_path, content)))
    assert str(problem).startswith("HEARTPORT_KEY_FILE: must be JSON like")
    told = "".join(traceback.format_exception(problem))
    assert not any(text_of(key)[at : at + 6] in told for key in (OLD, ROOT) for at in range(38))


def test_bad_keys_in_the_environment_name_that_setting():
    assert str(refusal(production(KEYS="{}"))).startswith("HEARTPORT_KEYS: must be JSON like")
    assert str(refusal(production(KEYS="\udcff{}"))).startswith("HEARTPORT_KEYS: must be JSON like")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_production_refuses_a_key_file_that_others_may_touch(tmp_path, mode):
    path = key_file(tmp_path, mode=mode)
    assert str(refusal(production(KEY_FILE=path))).startswith("HEARTPORT_KEY_FILE: others than its owner may read it")
    path.chmod(0o400)
    assert provider_for(production(KEY_FILE=path))


def test_a_key_file_that_cannot_be_read_is_named(tmp_path):
    path = key_file(tmp_path)
    settings = production(KEY_FILE=path)
    path.unlink()
    assert str(refusal(settings)) == "HEARTPORT_KEY_FILE: this file cannot be read"


def test_a_wrapped_key_opens_only_in_its_context():
    keys = LocalKeys(1, {1: OLD}, ROOT)
    wrapped = keys.wrap(b"k" * 32, b"one person")
    assert len(wrapped) == 61
    assert keys.unwrap(wrapped, b"one person") == b"k" * 32
    for context in (b"another person", b"", b"one person "):
        with pytest.raises(WrongKey):
            keys.unwrap(wrapped, context)


def test_a_wrapped_key_that_was_altered_anywhere_does_not_open():
    keys = LocalKeys(1, {1: OLD, 2: NEW}, ROOT)
    wrapped = keys.wrap(b"k" * 32, b"here")
    altered = [wrapped[:at] + bytes([wrapped[at] ^ 3]) + wrapped[at + 1 :] for at in range(len(wrapped))]
    for each in [*altered, *(wrapped[:length] for length in range(len(wrapped))), wrapped + b"\0"]:
        with pytest.raises(WrongKey):
            keys.unwrap(each, b"here")


def test_wrapping_twice_gives_two_texts():
    keys = LocalKeys(1, {1: OLD}, ROOT)
    assert len({keys.wrap(b"k" * 32, b"here") for _ in range(100)}) == 100


def test_after_a_rotation_old_keys_open_and_new_ones_are_wrapped_under_the_current_key():
    before = LocalKeys(1, {1: OLD}, ROOT)
    after = LocalKeys(2, {1: OLD, 2: NEW}, ROOT)
    old = before.wrap(b"k" * 32, b"here")
    assert after.unwrap(old, b"here") == b"k" * 32
    with pytest.raises(WrongKey):
        before.unwrap(after.wrap(b"k" * 32, b"here"), b"here")
    with pytest.raises(WrongKey):
        LocalKeys(2, {2: NEW}, ROOT).unwrap(old, b"here")


def test_keys_show_in_no_repr():
    keys = LocalKeys(1, {1: OLD}, ROOT)
    settings = production(KEYS=json.dumps(document()))
    for shown in (repr(keys), repr(settings)):
        assert not any(each in shown for each in (text_of(OLD), text_of(ROOT), repr(OLD), repr(ROOT)))


def test_new_keys_are_fresh_and_serve_in_production(tmp_path):
    first, second = new_keys(), new_keys()
    assert json.loads(first)["root"] not in second
    assert json.loads(first)["root"] != json.loads(first)["key_encryption_keys"]["1"]
    assert provider_for(production(KEY_FILE=key_file(tmp_path, first)))


@pytest.fixture
def keys_new():
    app = Flask("files")
    app.cli.add_command(keys_commands)
    return lambda path: app.test_cli_runner().invoke(args=["keys", "new", str(path)])


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_keys_new_writes_a_file_for_its_owner_alone(tmp_path, keys_new, umask):
    path = tmp_path / "fresh.json"
    before = os.umask(umask)
    try:
        result = keys_new(path)
    finally:
        os.umask(before)
    assert result.exit_code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    root = json.loads(path.read_text())["root"]
    assert root not in result.output
    assert provider_for(production(KEY_FILE=path))


def test_keys_new_never_overwrites(tmp_path, keys_new):
    path = key_file(tmp_path, "precious")
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "target.json")
    for taken in (path, link, tmp_path):
        result = keys_new(taken)
        assert result.exit_code == 1
        assert "exists already" in result.output
    assert path.read_text() == "precious"
    assert not (tmp_path / "target.json").exists()


def test_keys_new_says_in_one_line_that_a_folder_is_missing(tmp_path, keys_new):
    result = keys_new(tmp_path / "nowhere" / "keys.json")
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert "No such file or directory" in result.output
