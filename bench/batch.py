"""What scoring a file costs: the columns in memory, the command from table to table, and the memory it takes."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from platform import python_version
from typing import Any

import numpy as np
import polars
from numpy.typing import NDArray

from bench.databases import folder
from bench.rounds import Figures, Goal, Measurement, NotMeasurable, Opened, Row
from bench.servers import own_environ
from bench.sizes import Sizes
from heartport.assessments.commands import scales_commands
from heartport.config import ROOT
from heartport.scoring.columns.answers import FIRST, MISSING
from heartport.scoring.columns.blocks import Block, Words
from heartport.scoring.columns.plans import ColumnPlan
from heartport.scoring.language import Scale
from heartport.scoring.library import load_library

SCALE = "dass21"
SHARE_MISSING = 0.02
"""Of all answers, so that one row in three has a gap."""
ROWS_AT_ONCE = 1 << 16
OPTIONS = 4
Answers = NDArray[np.uint8]
"""A row for each item: codes of answers, or of none."""

COMMAND = """
import sys
from pathlib import Path
from heartport.assessments.commands import scales_commands
scales_commands(["score", *sys.argv[1:]], standalone_mode=False)
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


@contextmanager
def open_batch(sizes: Sizes) -> Iterator[Opened]:
    """Make one table of random answers, and a tenth of it."""
    scale = load_library([ROOT / "scales"]).current[SCALE]
    answers = _answers(len(scale.form.items), sizes.batch_rows)
    with folder() as place:
        whole, tenth = place / "whole.csv", place / "tenth.csv"
        _write(scale, answers, whole)
        _write(scale, answers[:, : sizes.batch_rows // 10], tenth)
        _check(scale, whole, place)
        sides: dict[str, Callable[[int], Figures]] = {
            "batch core": lambda _: _core(scale, answers),
            "batch sum": lambda _: _column_sum(answers),
            "batch csv": lambda _: _command(whole, place),
            "batch polars": lambda _: _polars(whole, place),
            "batch process": lambda _: _process(whole, place),
            "batch tenth": lambda _: _process(tenth, place),
        }
        work = f"{sizes.batch_rows} responses to DASS-21, {SHARE_MISSING:.0%} of the answers missing"
        yield Opened(
            sides, {"python": python_version(), "numpy": np.__version__, "polars": polars.__version__, "work": work}
        )


def _answers(items: int, rows: int) -> Answers:
    chance = np.random.default_rng(21)
    answers = chance.integers(FIRST, FIRST + OPTIONS, (items, rows), dtype=np.uint8)
    answers[chance.random((items, rows)) < SHARE_MISSING] = MISSING
    return answers


def _write(scale: Scale, answers: Answers, path: Path) -> None:
    texts = np.array([b"", *[b""] * (FIRST - 1), *[b"%d" % value for value in range(OPTIONS)]], dtype=object)
    lines = (b"p%d,%b\n" % (at, b",".join(row)) for at, row in enumerate(texts[answers.T].tolist()))
    with path.open("wb") as file:
        file.write(",".join(["respondent", *scale.form.items]).encode() + b"\n")
        file.writelines(lines)


def _check(scale: Scale, whole: Path, place: Path) -> None:
    """Make sure that the table is scored at all: most rows have a score."""
    _command(whole, place)
    scored = polars.read_csv(place / "scored.csv")[scale.scores[0].id]
    if scored.null_count() * 2 > len(scored):
        raise NotMeasurable("the table that was made up is not scored")


def _core(scale: Scale, answers: Answers) -> Figures:
    """Score what lies in memory: scores, bands, flags, what is missing and what is invalid."""
    words, plan = Words(scale, None), ColumnPlan(scale)
    rows = answers.shape[1]
    started = time.process_time()
    for start in range(0, rows, ROWS_AT_ONCE):
        some = answers[:, start : start + ROWS_AT_ONCE]
        plan.score(words.sheets(Block(some.shape[1], dict(zip(scale.form.items, some, strict=True)), [], None)))
    return _per_second(rows, started)


def _column_sum(answers: Answers) -> Figures:
    started = time.process_time()
    answers.sum(axis=0)
    return _per_second(answers.shape[1], started)


def _per_second(rows: int, started: float) -> Figures:
    return {"million_rows": rows / max(time.process_time() - started, 1e-6) / 1e6}


def _command(table: Path, place: Path) -> Figures:
    """Run the command in this process: from reading the scale files to the finished table."""
    target = place / "scored.csv"
    words = ["score", SCALE, "--in", str(table), "--out", str(target)]
    with redirect_stderr(StringIO()):
        return _timed(lambda: scales_commands(words, standalone_mode=False))


def _polars(table: Path, place: Path) -> Figures:
    return _timed(lambda: polars.read_csv(table).write_csv(place / "copied.csv"))


def _timed(act: Callable[[], Any]) -> Figures:
    started, used = time.perf_counter(), time.process_time()
    act()
    return {"s": time.perf_counter() - started, "cpu_s": time.process_time() - used}


def _process(table: Path, place: Path) -> Figures:
    """Run the command in a process of its own, and ask the kernel for the most memory that it had."""
    command = [sys.executable, "-c", COMMAND, SCALE, "--in", str(table), "--out", str(place / "scored.csv")]
    started = time.perf_counter()
    done = subprocess.run(command, check=False, cwd=ROOT, env=own_environ({}), capture_output=True, text=True)
    if done.returncode != 0:
        raise NotMeasurable(f"flask scales score ends with {done.returncode}")
    return {"mib": int(done.stdout) / 1024, "s": time.perf_counter() - started}


def _row(name: str, what: str, side: str, figure: str, unit: str, **more: Any) -> Row:
    return Row(f"scoring-batch-{name}", what, f"batch {side}", figure, unit, **more)


BATCH = Measurement(
    "scoring-batch",
    open_batch,
    (
        _row(
            "core",
            "DASS-21 on columns in memory, rows a CPU-second",
            "core",
            "million_rows",
            "million",
            goal=Goal(20, at_most=False),
        ),
        _row(
            "core-sum",
            "the same beside a column sum",
            "core",
            "million_rows",
            "million",
            yardstick="NumPy column sum of the same array",
            beside="batch sum",
        ),
        _row(
            "csv",
            "flask scales score, CSV to CSV",
            "csv",
            "s",
            "s",
            yardstick="polars reading and writing the same file",
            beside="batch polars",
            goal=Goal(3),
        ),
        _row("memory", "peak memory of that command", "process", "mib", "MiB", goal=Goal(300)),
        _row(
            "flat",
            "peak memory, all rows",
            "process",
            "mib",
            "MiB",
            yardstick="a tenth of the rows",
            beside="batch tenth",
            goal=Goal(1.1),
        ),
    ),
)
