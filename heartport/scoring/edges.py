"""Generated test cases of a scale: the sheets on which a wrong cut, key, item or missing rule would show.

The extremes, straight lines, each item alone at its maximum, each alone missing, one missing more than
allowed, and the sheets just below and just at every edge, as complete as they come and with answers missing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from heartport.scoring.constructs import BandSet, Item, Score
from heartport.scoring.exact import Exact, written
from heartport.scoring.kinds import Answer, answers_of
from heartport.scoring.language import Scale
from heartport.scoring.plans import Outcome
from heartport.scoring.profiles import SEXES_WITH_FIGURES
from heartport.scoring.sheets import read_loosely

Answers = Mapping[str, Answer]
Profile = Mapping[str, str]

NOBODY: Profile = {}
"""A profile that says nothing."""
POINTS = 5
"""How many answers of a long row stand for all of them."""


@dataclass(frozen=True, slots=True)
class Case:
    """One generated sheet."""

    name: str
    answers: Answers
    profile: Profile = field(default_factory=dict)


def edge_cases(scale: Scale) -> tuple[Case, ...]:
    """Generate the cases of a scale, in a stable order."""
    lines = (case for profile in _profiles(scale) for case in _lines(scale, profile))
    return (*lines, *_alone(scale), *_gaps(scale), *_edges(scale))


def edges_as_json(scale: Scale) -> str:
    """Write every case with its outcome, one a line, without any loss: 28/3 stays 28/3."""
    rows = (json.dumps(_row(scale, case), ensure_ascii=False) for case in edge_cases(scale))
    return "[\n" + ",\n".join(rows) + "\n]\n"


def _row(scale: Scale, case: Case) -> dict[str, object]:
    profile = {"profile": case.profile} if case.profile else {}
    return {"name": case.name, **profile, "answers": case.answers, **_outcome(scale, case)}


def _outcome(scale: Scale, case: Case) -> dict[str, object]:
    outcome = _scored(scale, case.answers, case.profile)
    scores = {name: _plain(value) for name, value in outcome.scores.items()}
    return {**outcome._asdict(), "scores": scores}


def _plain(value: Exact | None) -> int | str | None:
    return value if value is None or isinstance(value, int) else written(value)


def _scored(scale: Scale, answers: Answers, profile: Profile) -> Outcome:
    return scale.plan.score(read_loosely(scale, answers, profile))


def _profiles(scale: Scale) -> Sequence[Profile]:
    """Give one profile that says nothing, and where the scale asks for the sex one for each."""
    return (NOBODY, *({"sex": sex} for sex in SEXES_WITH_FIGURES if "sex" in scale.form.profile))


def _suffix(profile: Profile) -> str:
    return "".join(f", {word}" for word in profile.values())


def _rising(item: Item) -> Sequence[Answer]:
    """Give the answers to an item from the lowest on; of a text nothing."""
    answers = answers_of(item)
    return (sorted(item.values) if item.kind == "choice" else answers) or [None]


def _lowest(scale: Scale) -> dict[str, Answer]:
    return {item.id: _rising(item)[0] for item in scale.asked}


def _option(item: Item, at: int) -> Answer:
    """Give the answer at a place in printed order; of a long row as many as there are points."""
    answers = answers_of(item) or [None]
    if item.options:
        return answers[min(at, len(answers) - 1)]
    return answers[min(at, POINTS - 1) * (len(answers) - 1) // (POINTS - 1)]


def _lines(scale: Scale, profile: Profile) -> Iterator[Case]:
    suffix = _suffix(profile)
    yield Case(f"all lowest{suffix}", _lowest(scale), profile)
    yield Case(f"all highest{suffix}", {item.id: _rising(item)[-1] for item in scale.asked}, profile)
    for at in range(max(len(item.options) or POINTS for item in scale.asked)):
        answers = {item.id: _option(item, at) for item in scale.asked}
        yield Case(f"option {at + 1} throughout{suffix}", answers, profile)


def _alone(scale: Scale) -> Iterator[Case]:
    lowest = _lowest(scale)
    for item in scale.asked:
        yield Case(f"{item.id} alone at its maximum", lowest | {item.id: _rising(item)[-1]})


def _gaps(scale: Scale) -> Iterator[Case]:
    second = {item.id: _option(item, 1) for item in scale.asked}
    for item in scale.asked:
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
            for profile in _profiles(scale):
                ladder = _ladder(scale, score, missing, profile)
                suffix = (f", {missing} missing" if missing else "") + _suffix(profile)
                for each in bands.sets:
                    yield from _around(score, each, ladder, profile, suffix)


Ladder = Sequence[tuple[Exact, Answers]]
"""Sheets of which each raises one answer of the one before, with the score of each."""


def _around(score: Score, chosen: BandSet, ladder: Ladder, profile: Profile, suffix: str) -> Iterator[Case]:
    """Give the last sheet below each edge and the first one at it or above."""
    for sex in chosen.sexes:
        for band, start in list(zip(chosen.bands, chosen.edges(sex), strict=True))[1:]:
            at = next((rung for rung, (value, _) in enumerate(ladder) if value >= start), 0)
            if at:
                of_sex = f" {sex}" if sex else ""
                name = f"{score.id} {chosen.name}{of_sex} {written(start)} {band.id}{suffix}"
                yield Case(f"{name}: just below", ladder[at - 1][1], profile)
                yield Case(f"{name}: just at", ladder[at][1], profile)


def _ladder(scale: Scale, score: Score, missing: int, profile: Profile) -> Ladder:
    needed = _needed(scale, score)
    present = needed[: len(needed) - missing]
    answers = _lowest(scale) | dict.fromkeys(needed[len(present) :])
    items = {item.id: item for item in scale.asked}
    orders = {name: _ascending(scale, score, items[name], answers, profile) for name in present}
    answers |= {name: order[0] for name, order in orders.items()}
    rungs = [dict(answers)]
    for name, order in orders.items():
        for answer in order[1:]:
            answers[name] = answer
            rungs.append(dict(answers))
    scored = ((_scored(scale, rung, profile).scores[score.id], rung) for rung in rungs)
    return [(value, rung) for value, rung in scored if value is not None]


def _ascending(scale: Scale, score: Score, item: Item, answers: Answers, profile: Profile) -> list[Answer]:
    """Order the answers to an item by what they make of the score."""
    rising = _rising(item)
    made = [_scored(scale, {**answers, item.id: answer}, profile).scores[score.id] for answer in rising]
    return [rising[at] for at in sorted(range(len(rising)), key=lambda at: (made[at] or 0, at))]


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
