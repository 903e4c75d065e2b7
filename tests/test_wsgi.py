"""The server's and the command line's way in: one line where it cannot start, and no settings for files alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from heartport.config import ROOT

SYSTEM = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "error"}
SECRET = "oSecret42"
HEAVY = {"alembic", "apscheduler", "limits", "numpy", "opendp", "polars", "psycopg", "redis", "requests", "wechatpy"}
"""What some processes need and none on SQLite needs to serve its first request."""


def flask(*words: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env={**SYSTEM, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_files_only_commands_need_no_settings(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    done = flask("keys", "new", str(file))
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    again = flask("keys", "new", str(file), environ={"HEARTPORT_PORT": "wrong"})
    assert again.returncode == 1
    assert "exists already" in again.stderr


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "HEARTPORT_DATABASE_URL"),
        ({"HEARTPORT_DEMO": "1", "HEARTPORT_DATABASE_URL": f"mysql://u:{SECRET}@h/d"}, "HEARTPORT_DATABASE_URL"),
        ({"HEARTPORT_DEMO": "1", "HEARTPORT_KEYS": SECRET}, "HEARTPORT_KEYS"),
        ({"HEARTPORT_DEMO": "1", "HEARTPORT_WECHAT_API_BASE": f"https://u:{SECRET}@h/"}, "HEARTPORT_WECHAT_API_BASE"),
    ],
)
def test_anything_else_stops_with_one_line_that_names_the_setting(environ: dict[str, str], name: str) -> None:
    done = flask("db", "upgrade", environ=environ)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{name}: ")
    assert SECRET not in line


def test_content_that_is_wrong_stops_with_its_problems_and_no_traceback(tmp_path: Path) -> None:
    done = flask("routes", environ={"HEARTPORT_DEMO": "1", "HEARTPORT_CONTENT_DIR": str(tmp_path)})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(tmp_path) in done.stderr


def test_a_scale_that_is_wrong_stops_with_its_problems_but_not_the_commands_that_mend_it(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text("scale: {id: odd}\n", encoding="utf-8")
    environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_SCALE_DIRS": str(tmp_path)}
    done = flask("routes", environ=environ)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "odd.yaml" in done.stderr
    assert flask("keys", "new", str(tmp_path / "keys.json"), environ=environ).returncode == 0


LOADED = """
import sys, wsgi
assert wsgi.app.test_client().get("/healthz").status_code == 200
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"numpy", "polars", "opendp", "flask"}))
"""


def loaded(code: str, environ: dict[str, str]) -> str:
    command = [sys.executable, "-c", code]
    environ = {**SYSTEM, **environ}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_web_process_loads_no_library_for_batches(tmp_path: Path) -> None:
    environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path)}
    assert loaded(LOADED, environ) == "flask"
    assert loaded(f"import heartport.scoring.columns.running{LOADED}", environ) == "flask numpy"


def test_the_demo_starts_with_one_setting(tmp_path: Path) -> None:
    environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path)}
    done = flask("db", "upgrade", environ=environ)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.glob("*.sqlite3")} == {"main.sqlite3", "keys.sqlite3", "vault.sqlite3"}
    done = flask("jobs", "once", environ=environ)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()].count("job_done") >= 2


@pytest.mark.parametrize(
    ("run_from", "loaded"),
    [({}, set()), ({"FLASK_RUN_FROM_CLI": "true"}, {"alembic", "apscheduler", "commands", "psycopg"})],
)
def test_what_serves_requests_loads_no_library_that_only_commands_need(
    tmp_path: Path, run_from: dict[str, str], loaded: set[str]
) -> None:
    """The second case is the control: there the search finds one."""
    search = f"""
import sys, wsgi
ours = {{name.rpartition(".")[2] for name in sys.modules if name.startswith("heartport.")}} & {{"commands"}}
print(*sorted({HEAVY} & set(sys.modules) | ours))
"""
    environ = {**SYSTEM, "HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path), **run_from}
    done = subprocess.run(
        [sys.executable, "-c", search], cwd=ROOT, env=environ, capture_output=True, text=True, check=True, timeout=60
    )
    assert set(done.stdout.split()) == loaded
