"""The engine and the independent implementation agree on every sheet: random ones, and those at every edge.

A few hundred random sheets a scale in the suite, always the same; with `HEARTPORT_PROOF=1` thousands of new ones.
"""

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random

import pytest

from heartport.scoring.frozen import thaw
from heartport.scoring.kinds import answers_of
from heartport.scoring.language import Scale
from heartport.scoring.library import edges_file
from tests.scoring import direct
from tests.scoring.shipped import NAMES, ROOT, scored, shipped

FULL = os.environ.get("HEARTPORT_PROOF") == "1"
SHEETS = 5_000 if FULL else 150
SEXES = ("female", "male", "other", None)
Sheet = tuple[dict[str, object], str | None]
Implementation = Callable[[direct.Answers, direct.Profile], direct.Found]


def minutes(value: object) -> int | None:
    """Give an answer as the independent implementation takes it: a clock time as minutes."""
    if isinstance(value, str):
        hour, minute = value.split(":")
        return int(hour) * 60 + int(minute)
    return value if isinstance(value, int) else None


def difference(name: str, sheet: Sheet, implementation: Implementation) -> str | None:
    """Tell where the two part; what the sheet holds is told with it, as it was made up here."""
    answers, sex = sheet
    outcome = scored(name, answers, sex)
    plain = {key: minutes(value) for key, value in answers.items()}
    found = implementation(plain, {"sex": sex} if sex else {})
    pairs = {
        "scores": ({key: outcome.scores[key] for key in found.scores}, found.scores),
        "bands": (dict(outcome.bands), found.bands),
        "sets": ({key: dict(sets) for key, sets in outcome.band_sets.items()}, found.sets),
        "flags": (sorted(outcome.flags), sorted(found.flags)),
    }
    for what, (engine, expected) in pairs.items():
        if engine != expected:
            return f"{what} of {answers} {sex}: {engine} by the engine, {expected} by hand"
    return None


def random_sheets(scale: Scale, random: Random, count: int) -> Iterator[Sheet]:
    """Make up sheets: leaning low or high or nowhere, whole, with some gaps, or with many."""
    questions = [(item.id, answers_of(item)) for item in scale.items]
    for _ in range(count):
        gaps = random.choice((0, 0, 0, 0.02, 0.1, 0.5))
        lean = random.choice((min, max, None))
        times = random.randint(1, 3)
        answers = {
            name: None if random.random() < gaps else drawn(given, random, lean, times) for name, given in questions
        }
        if gaps == 0.5:
            answers = {name: value for name, value in answers.items() if value is not None}
        yield answers, random.choice(SEXES)


def drawn(given: object, random: Random, lean: Callable[..., int] | None, times: int) -> object:
    """Draw one answer; drawing more often and keeping the outermost leans to one end."""
    places = [random.randrange(len(given)) for _ in range(times)]
    return given[lean(places) if lean else places[0]]


def frozen_edges(name: str):
    return thaw(edges_file(ROOT / "scales" / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_random_sheets_are_scored_alike(name):
    seed = os.urandom(8).hex() if FULL else name
    scale = shipped(name)
    for sheet in random_sheets(scale, Random(seed), SHEETS):
        assert difference(name, sheet, direct.SCALES[name]) is None, seed


@pytest.mark.parametrize("name", NAMES)
def test_sheets_at_every_edge_are_scored_alike(name):
    for case, _ in frozen_edges(name):
        assert difference(name, (dict(case.answers), case.profile.get("sex")), direct.SCALES[name]) is None, case.name


def test_every_item_of_a_scale_is_drawn():
    scale = shipped("audit")
    seen = {
        (name, value) for answers, _ in random_sheets(scale, Random("audit"), 150) for name, value in answers.items()
    }
    assert seen >= {(item.id, value) for item in scale.items for value in [*item.values, None]}


def floored(answers: direct.Answers, profile: direct.Profile) -> direct.Found:
    """Be the SDS with the integer part of the index, as many texts have it."""
    found = direct.sds(answers, profile)
    raw = found.scores["raw"]
    index = None if raw is None else raw * 5 // 4
    found.bands["raw"] = direct.level(index, (25, "normal"), (53, "mild"), (63, "moderate"), (73, "severe"))
    return found


def zero_for_missing(answers: direct.Answers, profile: direct.Profile) -> direct.Found:
    return direct.gad7({f"q{at}": answers.get(f"q{at}") or 0 for at in range(1, 8)}, profile)


def flag_that_needs_a_score(answers: direct.Answers, profile: direct.Profile) -> direct.Found:
    found = direct.phq9(answers, profile)
    return direct.Found(found.scores, found.bands, found.sets, found.flags if found.scores["total"] is not None else [])


def rounded_before_showing(answers: direct.Answers, profile: direct.Profile) -> direct.Found:
    found = direct.brs(answers, profile)
    mean = found.scores["mean"]
    return direct.Found({"mean": None if mean is None else Fraction(round(float(mean), 2))}, found.bands)


@pytest.mark.parametrize(
    ("name", "broken"),
    [("sds", floored), ("gad7", zero_for_missing), ("phq9", flag_that_needs_a_score), ("brs", rounded_before_showing)],
    ids=lambda each: each if isinstance(each, str) else each.__name__,
)
def test_a_broken_implementation_is_noticed(name, broken):
    sheets = list(random_sheets(shipped(name), Random(name), 150))
    assert any(difference(name, sheet, broken) for sheet in sheets)
