"""The emulator itself: what WeChat documents, what the phone may do, and how it is run."""

import ast
import base64
import os
import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from heartport import config
from heartport.wechat.emulator import world as world_module
from heartport.wechat.emulator.server import listening
from heartport.wechat.emulator.world import World
from tests.emulator import LOGIN_PATH, running_emulator

ROOT = Path(config.__file__).resolve().parent.parent


@pytest.fixture
def http():
    with requests.Session() as session:
        session.trust_env = False
        yield session


def parameters(emulator, **changes: str | None) -> dict[str, str]:
    usual = {
        "appid": emulator.app_id,
        "secret": emulator.app_secret,
        "js_code": "0never-issued",
        "grant_type": "authorization_code",
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def redeem(emulator, http, **changes: str | None) -> requests.Response:
    return http.get(emulator.base_url + LOGIN_PATH, params=parameters(emulator, **changes), timeout=5)


def test_a_code_gives_openid_session_key_and_unionid(emulator, http):
    answer = redeem(emulator, http, js_code=emulator.login_code("阿敏"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.json().keys() == {"openid", "session_key", "unionid"}
    assert re.fullmatch(r"o[A-Za-z0-9_-]{27}", answer.json()["openid"])
    assert len(base64.b64decode(answer.json()["session_key"])) == 16


@pytest.mark.parametrize(
    ("changes", "errcode", "message"),
    [
        ({"appid": None}, 41002, "appid missing"),
        ({"appid": ""}, 41002, "appid missing"),
        ({"secret": None}, 41004, "appsecret missing"),
        ({"js_code": None}, 41008, "missing code"),
        ({"grant_type": None}, 40002, "invalid grant_type"),
        ({"grant_type": "client_credential"}, 40002, "invalid grant_type"),
        ({"appid": "wxother"}, 40013, "invalid appid"),
        ({"secret": "other"}, 40125, "invalid appsecret"),
        ({}, 40029, "invalid code"),
    ],
)
def test_errors_are_worded_as_wechat_words_them(emulator, http, changes, errcode, message):
    answer = redeem(emulator, http, **changes)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.json()["errcode"] == errcode
    assert re.fullmatch(re.escape(message) + r", rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}", answer.json()["errmsg"])


def test_another_method_and_another_path_are_errors(emulator, http):
    posted = http.post(emulator.base_url + LOGIN_PATH, params=parameters(emulator), timeout=5)
    assert posted.json()["errcode"] == 43001
    assert http.get(emulator.base_url + "/sns/other", timeout=5).json()["errcode"] == 40066


def test_a_refused_call_spends_no_code(emulator, http):
    code = emulator.login_code()
    for changes in ({"secret": "other"}, {"appid": "wxother"}, {"grant_type": "x"}):
        redeem(emulator, http, js_code=code, **changes)
    assert "openid" in redeem(emulator, http, js_code=code).json()
    assert redeem(emulator, http, js_code=code).json()["errcode"] == 40163


def test_openids_stay_the_same_over_restarts_and_differ_by_person_and_app():
    assert World().openid_of("小林") == World().openid_of("小林")
    openids = {World().openid_of("小林"), World().openid_of("阿敏"), World("wx1").openid_of("小林")}
    assert len(openids | {World().unionid_of("小林")}) == 4


def test_the_demo_settings_name_the_emulators_app():
    assert (world_module.APP_ID, world_module.APP_SECRET) == (config.DEMO_APP_ID, config.DEMO_APP_SECRET)


def test_a_code_lives_five_minutes_of_the_given_clock():
    now = [1_000_000.0]
    world = World(clock=lambda: now[0])
    codes = [world.issue_code("小林") for _ in range(2)]
    now[0] += 299.9
    assert world.redeem(codes[0]) == "小林"
    assert world.redeem(codes[0]) == 40163
    now[0] += 0.1
    assert world.redeem(codes[0]) == world.redeem(codes[1]) == 40029


def test_old_codes_are_forgotten():
    world = World(clock=lambda: 0.0)
    for _ in range(50):
        world.issue_code("小林")
    world.advance(300)
    world.issue_code("小林")
    assert len(world._codes) == 1


def test_the_limit_is_a_hundred_in_any_sixty_seconds():
    world = World(clock=lambda: 0.0)
    for number in range(100):
        assert world.redeem(world.issue_code("小林")) == "小林"
        world.advance(0.5)
        assert number < 100
    code = world.issue_code("小林")
    assert world.redeem(code) == 45011
    assert world.redeem(world.issue_code("阿敏")) == "阿敏"
    world.advance(10)
    assert world.redeem(code) == "小林"


def test_one_code_is_redeemed_by_exactly_one_of_sixteen_threads():
    world, line_up = World(), threading.Barrier(16)
    code = world.issue_code("小林")

    def call(_: int) -> str | int:
        line_up.wait()
        return world.redeem(code)

    with ThreadPoolExecutor(16) as pool:
        assert sorted(map(str, pool.map(call, range(16)))) == ["40163"] * 15 + ["小林"]


def test_a_reset_forgets_all_but_the_people(emulator, http):
    openid, code = emulator.post("people", person="小林")["openid"], emulator.login_code()
    emulator.post("block", person="小林")
    emulator.fault("drop")
    emulator.post("clock", advance_seconds=1000)
    emulator.post("reset")
    assert emulator.calls() == 0
    assert redeem(emulator, http, js_code=code).json()["errcode"] == 40029
    assert redeem(emulator, http, js_code=emulator.login_code()).json()["openid"] == openid


def test_faults_strike_in_order_as_often_as_ordered_and_until_mended(emulator, http):
    emulator.fault("errcode", errcode=-1, times=2)
    emulator.fault("status", status=503)
    assert [redeem(emulator, http).json()["errcode"] for _ in range(2)] == [-1, -1]
    assert [redeem(emulator, http).status_code for _ in range(3)] == [503] * 3
    emulator.mend()
    assert redeem(emulator, http).json()["errcode"] == 40029


@pytest.mark.parametrize("kind", ["drop", "lost"])
def test_drop_takes_no_effect_and_lost_does(emulator, http, kind):
    code = emulator.login_code()
    emulator.fault(kind, times=1)
    with pytest.raises(requests.ConnectionError):
        redeem(emulator, http, js_code=code)
    assert ("errcode" in redeem(emulator, http, js_code=code).json()) is (kind == "lost")


@pytest.mark.parametrize(
    ("name", "body", "complaint"),
    [
        ("login_code", b"{", "not JSON"),
        ("login_code", b"\xff", "not JSON"),
        ("login_code", b"[" * 50_000, "not JSON"),
        ("login_code", b"[]", "must be a JSON object"),
        ("login_code", b"{}", "person is missing"),
        ("login_code", b"", "person is missing"),
        ("login_code", b'{"person": ""}', "person must be a name"),
        ("login_code", b'{"person": 7}', "person must be a name"),
        ("login_code", b'{"person": "a\\u0000"}', "person must be a name"),
        ("login_code", b'{"person": "a", "name": "b"}', "unknown field 'name'; known: person"),
        ("login_code", b'{"person": "' + b"a" * 70_000 + b'"}', "larger than"),
        ("people", b"{}", "person is missing"),
        ("block", b'{"person": "a", "blocked": "yes"}', "blocked must be true or false"),
        ("clock", b"{}", "advance_seconds is missing"),
        ("clock", b'{"advance_seconds": -1}', "advance_seconds must be a number of seconds"),
        ("clock", b'{"advance_seconds": NaN}', "advance_seconds must be a number of seconds"),
        ("clock", b'{"advance_seconds": true}', "advance_seconds must be a number of seconds"),
        ("fault", b"{}", "kind must be one of errcode"),
        ("fault", b'{"kind": "nonsense"}', "kind must be one of errcode"),
        ("fault", b'{"kind": "drop"}', "path is missing: it must be one of /sns/jscode2session"),
        ("fault", b'{"kind": "drop", "path": "/sns/other"}', "path must be one of /sns/jscode2session"),
        ("fault", b'{"kind": "errcode", "path": "/sns/jscode2session"}', "errcode is missing"),
        ("fault", b'{"kind": "drop", "path": "/sns/jscode2session", "times": 0}', "times must be a whole number"),
        ("fault", b'{"kind": "drop", "path": "/sns/jscode2session", "status": 5}', "unknown field 'status'"),
        ("fault", b'{"kind": ["drop"]}', "kind must be one of"),
        ("reset", b'{"all": true}', "unknown field 'all'; known: none"),
        ("mend", b"[]", "must be a JSON object"),
    ],
)
def test_bad_input_gets_a_clear_complaint(emulator, http, name, body, complaint):
    answer = http.post(
        f"{emulator.base_url}/_emu/{name}", data=body, headers={"Content-Type": "application/json"}, timeout=5
    )
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]


def test_a_page_in_a_browser_cannot_pull_a_lever_across_sites(emulator, http):
    answer = http.post(f"{emulator.base_url}/_emu/login_code", data='{"person":"a"}', timeout=5)
    assert answer.status_code == 400
    assert "application/json" in answer.json()["error"]


@pytest.mark.parametrize(("method", "path"), [("POST", "/_emu/other"), ("GET", "/_emu/reset"), ("POST", "/_emu/")])
def test_an_unknown_lever_names_the_known_ones(emulator, http, method, path):
    answer = http.request(method, emulator.base_url + path, timeout=5)
    assert answer.status_code == 404
    assert "/_emu/login_code" in answer.json()["error"]


def test_it_listens_on_loopback_only():
    for host in ("0.0.0.0", "192.0.2.1", "::"):
        with pytest.raises(ValueError, match="loopback only"), listening(World(), host):
            pass


def test_a_server_that_stops_waits_for_no_fault(http):
    with running_emulator() as emulator, ThreadPoolExecutor(1) as pool:
        emulator.fault("delay", seconds=600)
        call = pool.submit(redeem, emulator, http)
        while not emulator.calls():
            pass
        emulator.world.closing.set()
        assert call.result(5).json()["errcode"] == 40029


def test_it_logs_no_call(emulator, http, capfd):
    redeem(emulator, http, js_code=emulator.login_code())
    http.get(emulator.base_url + "/a b", timeout=5)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_command_says_one_line_serves_and_ends_cleanly(http, stop):
    command = [sys.executable, "-m", "heartport.wechat.emulator", "--host", "127.0.0.1", "--port", "0"]
    environ = {**os.environ, "HEARTPORT_WECHAT_APP_ID": "wx7", "HEARTPORT_WECHAT_APP_SECRET": "s7"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        line = process.stdout.readline()
        base_url = line.removeprefix("WeChat emulator listens on ").strip()
        code = http.post(base_url + "/_emu/login_code", json={"person": "a"}, timeout=5).json()["code"]
        asked = {"appid": "wx7", "secret": "s7", "js_code": code, "grant_type": "authorization_code"}
        assert "openid" in http.get(base_url + LOGIN_PATH, params=asked, timeout=5).json()
        process.send_signal(stop)
        rest, complaints = process.communicate(timeout=5)
    assert (process.returncode, rest, complaints) == (0, "", "")


def test_the_command_refuses_to_listen_elsewhere(capsys):
    from heartport.wechat.emulator.__main__ import main

    with pytest.raises(SystemExit) as refused:
        main(["--host", "0.0.0.0"])
    assert refused.value.code == 2
    assert "loopback" in capsys.readouterr().err


def test_it_shares_no_code_with_wechatpy_or_with_ours():
    folder = Path(world_module.__file__).parent
    imported = {name for file in folder.glob("*.py") for name in imports_of(ast.parse(file.read_text("utf-8")))}
    foreign = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}
    assert {name for name in foreign if not name.startswith("heartport.wechat.emulator")} == {
        "_typeshed.wsgi",
        "werkzeug.serving",
        "werkzeug.wrappers",
    }


def imports_of(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found


def test_only_the_demo_imports_the_emulator():
    for file in (ROOT / "heartport").rglob("*.py"):
        if not {"emulator", "demo"} & set(file.parts):
            names = imports_of(ast.parse(file.read_text("utf-8")))
            assert not [name for name in names if name.startswith("heartport.wechat.emulator")], file.name
