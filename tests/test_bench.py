"""`python -m bench`: every measurement runs at tiny size, and the file that a run leaves has its promised shape."""

import importlib
import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench import databases, report
from bench.__main__ import MEASUREMENTS
from bench.people import application, prepare
from bench.requests import SCALE, bodies
from bench.rounds import Goal, Line, Measurement, Opened, Row, measure
from bench.sizes import FULL
from bench.stored import fill
from heartport import clock
from heartport.assessments.shelf import current_shelf
from heartport.config import ROOT
from heartport.scoring.library import load_file
from heartport.stores import Store, reading
from heartport.vault.models import SealedRecord
from heartport.vault.windows import window_of
from tests.conftest import Person
from tests.killing import FULL as FULL_PROOF

RUN = [each for each in MEASUREMENTS if FULL_PROOF or each.name in {"sqlite", "scoring", "growth-sqlite"}]
"""A server with its yardsticks, and what is measured in process; `make proof` runs all that `make bench` does."""
ROWS = [row for each in RUN for row in each.rows]
HTTP = {"server", "database", "load"}


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict]:
    """What a run at tiny size printed and wrote."""
    folder = tmp_path_factory.mktemp("results")
    command = [
        sys.executable,
        "-m",
        "bench",
        "--quick",
        "--results",
        str(folder),
        "--only",
        *(each.name for each in RUN),
    ]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = folder.iterdir()
    return done.stdout, json.loads(file.read_text(encoding="utf-8"))


def test_every_measurement_runs_and_its_file_says_what_when_and_on_what(quick_run: tuple[str, dict]) -> None:
    """One test, since processes that share the tests out would each make a run of their own."""
    printed, file = quick_run
    has_a_row_for_each(printed, file)
    names_no_machine(file)
    for row, made in zip(ROWS, file["rows"], strict=True):
        has_figures_goal_and_conditions(row, made, file["rounds"])


def has_a_row_for_each(printed: str, file: dict) -> None:
    assert [row["name"] for row in file["rows"]] == [row.name for row in ROWS]
    assert file["not_measured"] == {}
    assert all(row.what in printed for row in ROWS)


def names_no_machine(file: dict) -> None:
    assert file["format"] == report.FORMAT
    assert file["quick"] is True
    assert file["measured_at"].endswith("+08:00")
    assert set(file["machine"]) == {"cores", "python", "system", "load_1_minute"}
    assert str(ROOT) not in json.dumps(file)


def has_figures_goal_and_conditions(row: Row, made: dict, rounds: int) -> None:
    assert len(made["values"]) == rounds == 1
    assert made["values"][0] > 0
    assert len(made["yardstick_values"]) == row.is_ratio
    assert set(made["compared"]) == {"is_ratio", "result", "min", "max"}
    assert (made["met"] is None) is (made["goal"] is None)
    if row.side in {"submit", "single", "double"}:
        assert set(made["conditions"]) >= HTTP
        assert "synchronous" in made["conditions"]["database"]


def test_the_result_is_the_median_of_the_rounds_ratios() -> None:
    row = Row("a", "a", "ours", "us", "µs", beside="theirs", goal=Goal(2))
    line = Line(row, {}, values=[10, 90, 40], yardstick_values=[10, 10, 20], ratios=[1, 9, 2])
    assert line.result == 2
    assert line.met is True
    assert "-50 %" in report.table([line], {"rows": [{"name": "a", "compared": {"result": 4}}]})


def test_sides_take_turns_in_coming_first_and_the_rehearsal_does_not_count() -> None:
    called = []
    sides = {name: lambda number, name=name: called.append((number, name)) or {"us": number} for name in "ab"}
    outcome = measure(only_sides(sides), FULL, 2, deadline=float("inf"), progress=lambda _: None)
    assert called == [(0, "b"), (0, "a"), (1, "a"), (1, "b"), (2, "b"), (2, "a")]
    assert [figures["a"]["us"] for figures in outcome.rounds] == [1, 2]


def test_after_the_deadline_one_round_is_run_and_no_more() -> None:
    sides = {name: lambda _: {"us": 1.0} for name in "ab"}
    outcome = measure(only_sides(sides), FULL, 5, deadline=0.0, progress=lambda _: None)
    assert len(outcome.rounds) == 1


def only_sides(sides: dict) -> Measurement:
    """A measurement of these sides, and nothing to prepare."""
    row = Row("a", "a", "a", "us", "µs", beside="b")
    return Measurement("a", lambda _: nullcontext(Opened(sides, {})), (row,))


def test_the_minimal_application_scores_as_the_scale_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_MINIMAL_DATABASE", str(tmp_path / "clear.sqlite3"))
    minimal = importlib.import_module("bench.minimal")
    (bands,) = load_file(ROOT / "scales" / f"{SCALE}.yaml").bands
    assert [(0, *minimal.EDGES), minimal.BANDS] == [
        tuple(band.start for band in bands.shown.bands),
        tuple(band.id for band in bands.shown.bands),
    ]
    minimal.engine.dispose()


def test_records_of_other_people_look_like_real_ones() -> None:
    """Otherwise the growth that is measured would be that of something else."""
    with databases.sqlite() as empty:
        (token,) = prepare(empty, people=1).tokens
        with application(empty) as app:
            shape = select(func.length(SealedRecord.slot), func.length(SealedRecord.ciphertext), SealedRecord.window)
            shapes = []
            for make in (lambda: fill(empty, 3, window_of(clock.today())), lambda: submit(app, token)):
                make()
                with reading(Store.VAULT) as session:
                    shapes.append(session.execute(shape.distinct()).all())
    assert len(shapes[0]) == 1
    assert shapes[1] == shapes[0]


def submit(app: Flask, token: str) -> None:
    """Take the scale that is measured, once."""
    (body,) = bodies(1, current_shelf().offered(SCALE).version, "seed")
    assert Person(app, token).post(f"scales/{SCALE}/submissions", json.loads(body)).status_code == 201
