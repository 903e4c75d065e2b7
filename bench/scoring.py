"""What scoring one response costs in process, beside a plain Python loop that knows one scale by heart."""

import random
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from platform import python_version
from typing import Any

from bench.rounds import Figures, Measurement, NotMeasurable, Opened, Row
from bench.sizes import Sizes
from heartport.config import ROOT
from heartport.scoring.language import Scale
from heartport.scoring.library import load_library
from heartport.scoring.sheets import read_sheet

SCALES = ("phq9", "dass21")
VARIETY = 200
"""Different answer sheets, so that nothing is always the same."""
Answers = dict[str, int]


@dataclass(frozen=True)
class PlainSum:
    """What the loop knows of one score."""

    name: str
    items: tuple[str, ...]
    factor: int
    edges: tuple[int, ...]


def plain_sums(scale: Scale) -> tuple[PlainSum, ...]:
    """Take the sums and the edges of the bands out of a scale file."""
    edges = {each.score: tuple(int(band.start) for band in each.shown.bands) for each in scale.bands}
    return tuple(
        PlainSum(score.id, tuple(score.formula.of), int(getattr(score.formula, "factor", 1)), edges[score.id])
        for score in scale.scores
    )


def plain_loop(sums: tuple[PlainSum, ...], answers: Answers) -> dict[str, tuple[int, int]]:
    """Score as one would without an engine: no missing answers, no flags, no checks but for the four values."""
    found = {}
    for each in sums:
        total = 0
        for item in each.items:
            value = answers[item]
            if not 0 <= value <= 3:
                raise ValueError(item)
            total += value
        total *= each.factor
        found[each.name] = (total, bisect_right(each.edges, total))
    return found


@contextmanager
def open_scoring(sizes: Sizes) -> Iterator[Opened]:
    """Score PHQ-9 and DASS-21 in this process."""
    library = load_library([ROOT / "scales"])
    sides: dict[str, Callable[[int], Figures]] = {}
    for name in SCALES:
        sides |= _sides(library.current[name], sizes.scorings)
    yield Opened(sides, {"python": python_version(), "work": f"{sizes.scorings} responses a round, one thread"})


def _sides(scale: Scale, count: int) -> Mapping[str, Callable[[int], Figures]]:
    filled = _filled(scale)
    sheets = [read_sheet(scale, answers, {})[0] for answers in filled]
    sums = plain_sums(scale)
    _check(scale, sums, filled)
    return {
        f"{scale.id} loop": lambda _: _timed(lambda answers: plain_loop(sums, answers), filled, count),
        f"{scale.id} whole": lambda _: _timed(
            lambda answers: scale.plan.score(read_sheet(scale, answers, {})[0]), filled, count
        ),
        f"{scale.id} plan": lambda _: _timed(scale.plan.score, sheets, count),
    }


def _filled(scale: Scale) -> list[Answers]:
    chance = random.Random(scale.id)
    items = [item for item in scale.items if not item.optional]
    return [{item.id: chance.choice(item.values) for item in items} for _ in range(VARIETY)]


def _check(scale: Scale, sums: tuple[PlainSum, ...], filled: list[Answers]) -> None:
    """Make sure that the loop is a yardstick: it gives the same scores."""
    for answers in filled:
        scores = scale.plan.score(read_sheet(scale, answers, {})[0]).scores
        if any(scores[name] != total for name, (total, _) in plain_loop(sums, answers).items()):
            raise NotMeasurable(f"the plain loop scores {scale.id} otherwise than its plan")


def _timed(score: Callable[[Any], object], inputs: list[Any], count: int) -> Figures:
    some = list(islice(cycle(inputs), count))
    started = time.process_time()
    for each in some:
        score(each)
    return {"us": (time.process_time() - started) / count * 1e6}


def _row(scale: str, title: str, side: str, words: str) -> Row:
    return Row(
        name=f"scoring-{scale}-{side}",
        what=f"one {title} response, {words}",
        side=f"{scale} {side}",
        figure="us",
        unit="µs",
        yardstick="plain Python loop",
        beside=f"{scale} loop",
    )


SCORING = Measurement(
    "scoring",
    open_scoring,
    tuple(
        _row(scale, title, side, words)
        for scale, title in (("phq9", "PHQ-9"), ("dass21", "DASS-21"))
        for side, words in (("whole", "read and scored"), ("plan", "scored"))
    ),
)
