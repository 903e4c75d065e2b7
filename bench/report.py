"""What a run gave: the table for the terminal, the file for later, and what changed since the last one."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.rounds import Line
from heartport.config import ROOT
from heartport.local_time import SHANGHAI

RESULTS = ROOT / "bench" / "results"
FORMAT = "heartport-bench/1"
HEADINGS = ("what", "yardstick", "figures", "ratio median [min..max]", "goal", "met", "change")


def table(lines: Sequence[Line], earlier: Mapping[str, Any] | None) -> str:
    """Lay the lines out; `earlier` is the file to compare with."""
    rows = [HEADINGS, *(_cells(line, earlier) for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    laid = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([laid[0], "  ".join("-" * width for width in widths), *laid[1:]])


def _cells(line: Line, earlier: Mapping[str, Any] | None) -> tuple[str, ...]:
    row = line.row
    figure = _shown(median(line.values))
    beside = f" : {_shown(median(line.yardstick_values))}" if row.is_ratio else ""
    unit = "×" if row.is_ratio else row.unit
    compared = line.compared
    spread = f" [{_shown(min(compared))}..{_shown(max(compared))}]" if len(compared) > 1 else ""
    goal = f"{'≤' if row.goal.at_most else '≥'} {_shown(row.goal.bound)} {unit}" if row.goal else "—"
    met = {True: "yes", False: "NO", None: "—"}[line.met]
    ratio = f"{_shown(line.result)} {unit}{spread}"
    return row.what, row.yardstick, f"{figure}{beside} {row.unit}", ratio, goal, met, _change(line, earlier)


def _shown(value: float) -> str:
    """Write a figure with three digits that tell something."""
    if value >= 100:
        return f"{value:.0f}"
    text = f"{value:.3g}"
    return f"{value:.3f}" if "e" in text else text


def _change(line: Line, earlier: Mapping[str, Any] | None) -> str:
    rows = earlier["rows"] if earlier else ()
    before = next((row["compared"]["result"] for row in rows if row["name"] == line.row.name), None)
    if not before:
        return "—"
    return f"{(line.result / before - 1) * 100:+.0f} %"


def conditions(lines: Sequence[Line]) -> str:
    """Name for each measurement what its figures depend on."""
    told: dict[str, list[str]] = {}
    for line in lines:
        told.setdefault("; ".join(f"{name}: {words}" for name, words in line.conditions.items()), []).append(
            line.row.name
        )
    return "\n".join(f"{', '.join(names)}\n  {words}" for words, names in told.items())


def document(lines: Sequence[Line], missing: Mapping[str, str], rounds: int, quick: bool) -> dict[str, Any]:
    """Give the result file's content: no name of the machine and no path."""
    return {
        "format": FORMAT,
        "measured_at": datetime.now(SHANGHAI).isoformat(timespec="seconds"),
        "commit": commit(),
        "quick": quick,
        "rounds": rounds,
        "machine": {
            "cores": len(os.sched_getaffinity(0)),
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "load_1_minute": round(os.getloadavg()[0], 1),
        },
        "rows": [_row(line) for line in lines],
        "not_measured": dict(missing),
    }


def _row(line: Line) -> dict[str, Any]:
    row = line.row
    goal = {"bound": row.goal.bound, "at_most": row.goal.at_most} if row.goal else None
    return {
        "name": row.name,
        "what": row.what,
        "yardstick": row.yardstick if row.is_ratio else None,
        "unit": row.unit,
        "values": [_rounded(value) for value in line.values],
        "yardstick_values": [_rounded(value) for value in line.yardstick_values],
        "compared": {
            "is_ratio": row.is_ratio,
            "result": _rounded(line.result),
            "min": _rounded(min(line.compared)),
            "max": _rounded(max(line.compared)),
        },
        "goal": goal,
        "met": line.met,
        "further": {name: _rounded(value) for name, value in line.further.items()},
        "conditions": dict(line.conditions),
    }


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def commit() -> str | None:
    """Give the commit that is measured, if git knows; `-changed` where files differ from it."""
    known = _git("rev-parse", "--short=12", "HEAD")
    if known is None:
        return None
    return known + ("-changed" if _git("status", "--porcelain", "--untracked-files=no") else "")


def _git(*words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", *words], check=False, capture_output=True, text=True, cwd=ROOT
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def newest(folder: Path) -> dict[str, Any] | None:
    """Give the newest file of a whole run, if there is one."""
    for path in sorted(folder.glob("*.json"), reverse=True):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(found, dict) and found.get("format") == FORMAT and not found["quick"]:
            return found
    return None


def write(made: Mapping[str, Any], folder: Path) -> Path:
    """Write the file under its date and time, so that names sort by age."""
    folder.mkdir(parents=True, exist_ok=True)
    moment = datetime.fromisoformat(made["measured_at"])
    path = folder / f"{moment:%Y-%m-%dT%H%M%S}.json"
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(path)
    return path
