"""Generated test cases of a scale: the sheets on which a wrong cut, key, item or missing rule would show.

The extremes, straight lines, each item alone at its maximum, each alone missing, one missing more than
allowed, and the sheets just below and just at every edge, as complete as they come and with answers missing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from heartport.scoring.constructs import BandSet, Item, Score
from heartport.scoring.exact import Exact, written
from heartport.scoring.language import Scale
from heartport.scoring.plans import Outcome
from heartport.scoring.sheets import read_loosely

Answers = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Case:
    """One generated sheet."""

    name: str
    answers: Answers


def edge_cases(scale: Scale) -> tuple[Case, ...]:
    """Generate the cases of a scale, in a stable order."""
    return (*_lines(scale), *_alone(scale), *_gaps(scale), *_edges(scale))


def edges_as_json(scale: Scale) -> str:
    """Write every case with its outcome, one a line, without any loss: 28/3 stays 28/3."""
    rows = (
        json.dumps({"name": case.name, "answers": case.answers, **_outcome(scale, case)}, ensure_ascii=False)
        for case in edge_cases(scale)
    )
    return "[\n" + ",\n".join(rows) + "\n]\n"


def _outcome(scale: Scale, case: Case) -> dict[str, object]:
    outcome = _scored(scale, case.answers)
    scores = {name: _plain(value) for name, value in outcome.scores.items()}
    return {**outcome._asdict(), "scores": scores}


def _plain(value: Exact | None) -> int | str | None:
    return value if value is None or isinstance(value, int) else written(value)


def _scored(scale: Scale, answers: Answers) -> Outcome:
    return scale.plan.score(read_loosely(scale, answers, {}))


def _lines(scale: Scale) -> Iterator[Case]:
    yield Case("all lowest", {item.id: min(item.values) for item in scale.items})
    yield Case("all highest", {item.id: max(item.values) for item in scale.items})
    for at in range(max(len(item.options) for item in scale.items)):
        yield Case(f"option {at + 1} throughout", {item.id: _option(item, at) for item in scale.items})


def _option(item: Item, at: int) -> int:
    return item.values[min(at, len(item.values) - 1)]


def _alone(scale: Scale) -> Iterator[Case]:
    lowest = {item.id: min(item.values) for item in scale.items}
    for item in scale.items:
        yield Case(f"{item.id} alone at its maximum", lowest | {item.id: max(item.values)})


def _gaps(scale: Scale) -> Iterator[Case]:
    second = {item.id: _option(item, 1) for item in scale.items}
    for item in scale.items:
        yield Case(f"{item.id} alone missing", second | {item.id: None})
    for score in scale.scores:
        allowed = score.missing.allow if score.missing else 0
        gone = _needed(scale, score)[: allowed + 1]
        yield Case(f"{score.id}: {allowed + 1} missing", second | dict.fromkeys(gone))


def _edges(scale: Scale) -> Iterator[Case]:
    scores = {score.id: score for score in scale.scores}
    for bands in scale.bands:
        score = scores[bands.score]
        for missing in range(score.missing.allow + 1 if score.missing else 1):
            ladder = _ladder(scale, score, missing)
            yield from chain.from_iterable(_around(score, each, ladder, missing) for each in bands.sets)


Ladder = Sequence[tuple[Exact, Answers]]
"""Sheets of which each raises one answer of the one before, with the score of each."""


def _around(score: Score, chosen: BandSet, ladder: Ladder, missing: int) -> Iterator[Case]:
    """Give the last sheet below each edge and the first one at it or above."""
    suffix = f", {missing} missing" if missing else ""
    for band in chosen.bands[1:]:
        at = next((rung for rung, (value, _) in enumerate(ladder) if value >= band.start), 0)
        if at:
            name = f"{score.id} {chosen.name} {written(band.start)} {band.id}{suffix}"
            yield Case(f"{name}: just below", ladder[at - 1][1])
            yield Case(f"{name}: just at", ladder[at][1])


def _ladder(scale: Scale, score: Score, missing: int) -> Ladder:
    needed = _needed(scale, score)
    present = needed[: len(needed) - missing]
    answers: dict[str, int | None] = {item.id: min(item.values) for item in scale.items}
    answers |= dict.fromkeys(needed[len(present) :])
    items = {item.id: item for item in scale.items}
    orders = {name: _ascending(scale, score, items[name], answers) for name in present}
    answers |= {name: order[0] for name, order in orders.items()}
    rungs = [dict(answers)]
    for name, order in orders.items():
        for value in order[1:]:
            answers[name] = value
            rungs.append(dict(answers))
    scored = ((_scored(scale, rung).scores[score.id], rung) for rung in rungs)
    return [(value, rung) for value, rung in scored if value is not None]


def _ascending(scale: Scale, score: Score, item: Item, answers: Answers) -> list[int]:
    """Order the options of an item by what they make of the score."""
    made = {value: _scored(scale, {**answers, item.id: value}).scores[score.id] for value in item.values}
    return sorted(item.values, key=lambda value: (made[value] or 0, value))


def _needed(scale: Scale, score: Score) -> list[str]:
    """Give the items on which a score rests, directly or through other scores, in printed order."""
    scores = {each.id: each for each in scale.scores}
    found: set[str] = set()
    waiting = list(score.formula.of)
    while waiting:
        name = waiting.pop()
        if name in scores:
            waiting.extend(scores[name].formula.of)
        else:
            found.add(name)
    return [item.id for item in scale.items if item.id in found]
