"""`python -m bench`: run the measurements, print the table, write the file."""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from bench import report
from bench.batch import BATCH
from bench.booking import BOOKING
from bench.growing import GROWING
from bench.rounds import Line, Measurement, NotMeasurable, lines, measure
from bench.scoring import SCORING
from bench.sealing import SEALING
from bench.serving import POSTGRESQL, SQLITE
from bench.sizes import FULL, QUICK, Sizes
from bench.starting import START
from heartport.config import ROOT

MEASUREMENTS = (SQLITE, POSTGRESQL, SCORING, START, *GROWING, BATCH, *BOOKING, *SEALING)
TIME_LIMIT_SECONDS = 360.0
"""After this no further round begins; what is under way ends within seconds."""


def main(words: Sequence[str] | None = None) -> int:
    """Measure what the arguments name; returns 1 where something could not be measured."""
    asked = _arguments(words)
    if not Path("/proc/self/stat").exists():
        print("bench reads processor time from /proc, which this system does not have", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _stop)
    chosen = [part for each in MEASUREMENTS if (part := only(each, asked.only)).rows]
    rounds = 1 if asked.quick else asked.rounds
    done, missing = _measure(chosen, QUICK if asked.quick else FULL, rounds)
    whole = not (asked.quick or asked.only)
    _show(done, missing, asked.results or report.RESULTS)
    if whole or asked.results:
        path = report.write(report.document(done, missing, rounds, asked.quick), asked.results or report.RESULTS)
        print(f"\nwritten: {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}")
    return 1 if missing else 0


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, each figure beside its yardstick.")
    parser.add_argument("--rounds", type=_count, default=5, help="rounds of each measurement (5)")
    names = [name for each in MEASUREMENTS for name in (each.name, *(row.name for row in each.rows))]
    parser.add_argument(
        "--only", choices=names, nargs="+", metavar="NAME", help=f"some of them alone: {', '.join(names)}"
    )
    parser.add_argument("--quick", action="store_true", help="tiny sizes and one round: shows that all of it works")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FOLDER",
        help="where the file goes (bench/results; without this option --quick and --only write none)",
    )
    return parser.parse_args(words)


def only(measurement: Measurement, names: Sequence[str] | None) -> Measurement:
    """Give what of a measurement bears one of these names: all of it, some rows, or nothing."""
    if names is None or measurement.name in names:
        return measurement
    return replace(measurement, rows=tuple(row for row in measurement.rows if row.name in names))


def _count(text: str) -> int:
    if not 1 <= int(text) <= 100:
        raise ValueError
    return int(text)


def _measure(chosen: Sequence[Measurement], sizes: Sizes, rounds: int) -> tuple[list[Line], dict[str, str]]:
    done: list[Line] = []
    missing: dict[str, str] = {}
    deadline = time.monotonic() + TIME_LIMIT_SECONDS
    for measurement in chosen:
        try:
            outcome = measure(measurement, sizes, rounds, deadline, _progress)
        except NotMeasurable as problem:
            missing[measurement.name] = str(problem)
            continue
        done += lines(outcome)
    _progress("")
    return done, missing


def _show(done: Sequence[Line], missing: dict[str, str], folder: Path) -> None:
    if done:
        print(report.table(done, report.newest(folder)))
        print(f"\n{report.conditions(done)}")
    for name, why in missing.items():
        print(f"\nnot measured: {name}: {why}")


def _progress(text: str) -> None:
    """Show what is going on in one line of a terminal; elsewhere say nothing."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _stop(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(143)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
