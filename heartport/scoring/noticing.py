"""Tells which mutants of a scale would be noticed: by its frozen edges, or by the worked examples in the file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from heartport.scoring.edges import Case
from heartport.scoring.example_checks import example_holds
from heartport.scoring.frozen import outcome_of
from heartport.scoring.language import Scale
from heartport.scoring.mutants import Filled, Mutant, filled
from heartport.scoring.mutations import mutants_of

Frozen = Sequence[tuple[Case, Mapping[str, Any]]]
Fate = Literal["edges", "examples", "equivalent", "lives"]
"""What notices a mutant; or that nothing could, being proved to change nothing; or that nothing does."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One mutant and what becomes of it."""

    mutant: Mutant
    fate: Fate


def disagreements(scale: Scale, frozen: Frozen) -> tuple[str, ...]:
    """Name the frozen cases of which something else comes today."""
    return tuple(case.name for case, row in frozen if outcome_of(scale, _filled(scale, case)) != _outcome(row))


def verdicts(scale: Scale, frozen: Frozen) -> Iterator[Verdict]:
    """Judge every mutant of a scale whose frozen edges agree with it."""
    sheets = [_filled(scale, case) for case, _ in frozen]
    for mutant in mutants_of(scale):
        yield Verdict(mutant, _fate(scale, mutant, sheets))


def _fate(scale: Scale, mutant: Mutant, sheets: Sequence[Filled]) -> Fate:
    if any(mutant.change.shows(scale, each) for each in sheets):
        return "edges"
    changed = mutant.change.changed(scale)
    if not all(example_holds(changed, example) for example in scale.examples):
        return "examples"
    return "equivalent" if mutant.change.never_shows(scale) else "lives"


def _filled(scale: Scale, case: Case) -> Filled:
    return filled(scale, case.answers, case.profile)


def _outcome(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in {"name", "profile", "answers"}}
