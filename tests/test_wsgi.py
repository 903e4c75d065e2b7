"""The server's and the command line's way in: one line where it cannot start, and no settings for files alone."""

import gc
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
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


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., object]]:
    """Run `wsgi.py` in this process, with these settings and words; give what it ends with."""

    def run(environ: dict[str, str], *words: str) -> object:
        for name in [name for name in os.environ if name.startswith("HEARTPORT_")]:
            monkeypatch.delenv(name)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["flask", *words])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(ROOT / "wsgi.py"))
        return ended.value.code

    thresholds = gc.get_threshold()
    yield run
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    gc.enable()


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "HEARTPORT_DATABASE_URL"),
        ({"HEARTPORT_DEMO": "1", "HEARTPORT_DATABASE_URL": f"mysql://u:{SECRET}@h/d"}, "HEARTPORT_DATABASE_URL"),
        ({"HEARTPORT_DEMO": "1", "HEARTPORT_KEYS": SECRET}, "HEARTPORT_KEYS"),
        ({"HEARTPORT_DEMO": "1", "HEARTPORT_WECHAT_API_BASE": f"https://u:{SECRET}@h/"}, "HEARTPORT_WECHAT_API_BASE"),
    ],
)
def test_anything_else_stops_with_one_line_that_names_the_setting(started, environ: dict[str, str], name: str) -> None:
    line = started(environ, "db", "upgrade")
    assert isinstance(line, str)  # Python writes it to standard error and ends with 1.
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert SECRET not in line


def test_a_command_that_cannot_start_ends_with_1_and_that_line_alone() -> None:
    done = flask("db", "upgrade")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("HEARTPORT_DATABASE_URL: ")


def test_content_that_is_wrong_stops_with_its_problems(started, tmp_path: Path) -> None:
    assert str(tmp_path) in started({"HEARTPORT_DEMO": "1", "HEARTPORT_CONTENT_DIR": str(tmp_path)}, "routes")


def test_a_scale_that_is_wrong_stops_with_its_problems_but_not_the_commands_that_mend_it(
    started, tmp_path: Path
) -> None:
    (tmp_path / "odd.yaml").write_text("scale: {id: odd}\n", encoding="utf-8")
    environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_SCALE_DIRS": str(tmp_path)}
    assert "odd.yaml" in started(environ, "routes")
    assert flask("keys", "new", str(tmp_path / "keys.json"), environ=environ).returncode == 0


def test_the_demo_starts_with_one_setting(tmp_path: Path) -> None:
    environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path)}
    done = flask("db", "upgrade", environ=environ)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.glob("*.sqlite3")} == {"main.sqlite3", "keys.sqlite3", "vault.sqlite3"}
    done = flask("jobs", "once", environ=environ)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()].count("job_done") >= 2


LOADED = """
import sys, wsgi
assert wsgi.app.test_client().get("/healthz").status_code == 200
print(*sorted({name.partition(".")[0] for name in sys.modules}))
print(*sorted({name for name in sys.modules if name.startswith("heartport.") and name.endswith(".commands")}))
"""


@pytest.mark.parametrize(
    ("before", "run_from", "loaded", "commands"),
    [
        ("", {}, set(), False),
        (
            "import heartport.scoring.columns.running",
            {"FLASK_RUN_FROM_CLI": "true"},
            {"alembic", "apscheduler", "numpy", "psycopg"},
            True,
        ),
    ],
    ids=["it", "control"],
)
def test_what_serves_requests_loads_nothing_that_only_commands_or_other_databases_need(
    tmp_path: Path, before: str, run_from: dict[str, str], loaded: set[str], commands: bool
) -> None:
    """The second case is the control: there the search finds some."""
    environ = {**SYSTEM, "HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path), **run_from}
    done = subprocess.run(
        [sys.executable, "-c", f"{before}{LOADED}"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    libraries, ours = done.stdout.split("\n")[:2]
    assert set(libraries.split()) & HEAVY == loaded
    assert bool(ours) is commands
