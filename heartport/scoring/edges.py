"""Generated test cases of a scale: the sheets on which a wrong cut, key, item or missing rule would show.

The extremes, straight lines, each item alone at its maximum, each alone missing, one missing more than allowed, and the
sheets just below and just at every edge, as complete as they come and with answers missing. For each single edit of the
file that would show on none of these, a sheet is looked for on which it does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor

from heartport.scoring.constructs import BandSet, Item, Score
from heartport.scoring.exact import Exact, written
from heartport.scoring.kinds import Answer, answers_of
from heartport.scoring.language import Scale
from heartport.scoring.mutants import Filled, filled
from heartport.scoring.mutations import mutants_of
from heartport.scoring.plans import Outcome
from heartport.scoring.sheets import read_loosely
from heartport.scoring.witnesses import needed, pool, profiles_of, witness

Answers = Mapping[str, Answer]
Profile = Mapping[str, object]

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
    cases = list(plain_cases(scale))
    known = [filled(scale, case.answers, case.profile) for case in cases]
    return (*cases, *_telling(scale, known))


def plain_cases(scale: Scale) -> Iterator[Case]:
    """Generate the cases that need no search."""
    for profile in profiles_of(scale):
        yield from _lines(scale, profile)
    yield from _alone(scale)
    yield from _gaps(scale)
    yield from _edges(scale)


def _telling(scale: Scale, known: list[Filled]) -> Iterator[Case]:
    """Give a sheet for each single edit that would show on none of the known ones, as far as there is one."""
    starts, more = known[:2], list(pool(scale))
    for mutant in mutants_of(scale):
        shows = mutant.change.shows
        if any(shows(scale, each) for each in known) or mutant.change.never_shows(scale):
            continue
        found = witness(scale, mutant, more, (*starts, *more[:5]))
        if found is not None:
            known.append(found)
            yield Case(f"tells {mutant.name}", found.answers, found.profile)


def _scored(scale: Scale, answers: Answers, profile: Profile) -> Outcome:
    return scale.plan.score(read_loosely(scale, answers, profile))


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
        gone = needed(scale, score.id)[: allowed + 1]
        yield Case(f"{score.id}: {allowed + 1} missing", second | dict.fromkeys(gone))
        if score.valid_share is not None:
            yield from _sheet_gaps(scale, score, second)


def _sheet_gaps(scale: Scale, score: Score, answers: Answers) -> Iterator[Case]:
    """Leave as much of the rest of the sheet blank as the score may bear, and one answer more."""
    scored = [item.id for item in scale.asked if not item.unscored]
    own = needed(scale, score.id)
    order = [*(name for name in scored if name not in own), *own]
    most = floor((score.valid_share or 0) * len(scored))
    for count in (most, most + 1):
        yield Case(f"{score.id}: {count} of the sheet missing", {**answers, **dict.fromkeys(order[:count])})


def _edges(scale: Scale) -> Iterator[Case]:
    scores = {score.id: score for score in scale.scores}
    for bands in scale.bands:
        score = scores[bands.score]
        for missing in range(score.missing.allow + 1 if score.missing else 1):
            for profile in profiles_of(scale):
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
    wanted = needed(scale, score.id)
    present = wanted[: len(wanted) - missing]
    answers = _lowest(scale) | dict.fromkeys(wanted[len(present) :])
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
