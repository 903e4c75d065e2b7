"""The frozen edges of a scale: generated sheets with what came of them, as a file that an editor can read.

One case a line; neighbouring items with one answer stand together, as in `q1..q9: 0`, and what is null or empty is left
out. Numbers are written without loss: 28/3 stays 28/3.
"""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from heartport.scoring.edges import Case
from heartport.scoring.exact import Exact, written
from heartport.scoring.language import Scale
from heartport.scoring.mutants import Filled, filled
from heartport.scoring.names import expand
from heartport.scoring.norms import standings

_NUMBERED = re.compile(r"(.*?)([0-9]+)")


class NotFrozen(Exception):
    """A text that holds no frozen edges; says what is wrong with it."""


def freeze(scale: Scale, cases: Sequence[Case]) -> str:
    """Write cases with what comes of them."""
    rows = (json.dumps(_row(scale, case), ensure_ascii=False) for case in cases)
    return "[\n" + ",\n".join(rows) + "\n]\n"


def thaw(text: str) -> list[tuple[Case, Mapping[str, Any]]]:
    """Read frozen edges: each case, and what came of it; raise `NotFrozen`."""
    try:
        rows = json.loads(text)
        if not isinstance(rows, list):
            raise TypeError("a list is expected")
        return [(_case(row), row) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotFrozen(f"not a list of cases: {error}") from None


def outcome_of(scale: Scale, on: Filled) -> dict[str, Any]:
    """Give what came of a sheet, as it is frozen."""
    outcome = on.outcome
    standing = {norm.id: standings(norm, outcome.scores, on.profile) for norm in scale.norms}
    found = {
        "scores": _known(outcome.scores),
        "bands": {score: band for score, band in outcome.bands.items() if band},
        "band_sets": {
            score: known
            for score, sets in outcome.band_sets.items()
            if (known := {name: band for name, band in sets.items() if band})
        },
        "norms": {norm: _known(scores) for norm, scores in standing.items() if scores},
        "missing": list(_ranges([(item, True) for item in outcome.missing])),
        "flags": list(outcome.flags),
        "advice": list(outcome.advice),
    }
    return {key: value for key, value in found.items() if value}


def _row(scale: Scale, case: Case) -> dict[str, Any]:
    on = filled(scale, case.answers, case.profile)
    profile = {"profile": dict(case.profile)} if case.profile else {}
    answers = _ranges([(item.id, case.answers[item.id]) for item in scale.asked if item.id in case.answers])
    return {"name": case.name, **profile, "answers": answers, **outcome_of(scale, on)}


def _case(row: Mapping[str, Any]) -> Case:
    answers = {name: answer for key, answer in row["answers"].items() for name in expand(key)}
    return Case(str(row["name"]), answers, dict(row.get("profile", {})))


def _known(scores: Mapping[str, Exact | None]) -> dict[str, int | str]:
    return {
        name: value if isinstance(value, int) else written(value) for name, value in scores.items() if value is not None
    }


def _ranges(answers: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Put neighbours together that are numbered on and have one answer."""
    found = {}
    numbered = [(*_parts(name), at, name, answer) for at, (name, answer) in enumerate(answers)]
    for _, run in groupby(numbered, key=lambda each: (each[0], each[1] - each[2], repr(each[4]))):
        each = list(run)
        (*_, first, answer), (*_, last, _) = each[0], each[-1]
        found[f"{first}..{last}" if len(each) > 1 else first] = answer
    return found


def _parts(name: str) -> tuple[str, int]:
    match = _NUMBERED.fullmatch(name)
    return (match[1], int(match[2])) if match else (name, 0)
