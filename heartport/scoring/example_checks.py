"""Checks of the worked examples: what they name exists, and what they expect comes out."""

from collections import Counter
from fractions import Fraction

from heartport.scoring.constructs import Definition, Example
from heartport.scoring.forms import Sheet
from heartport.scoring.language import Scale
from heartport.scoring.manner import findings
from heartport.scoring.norms import standings
from heartport.scoring.plans import Outcome
from heartport.scoring.problems import Report
from heartport.scoring.profiles import is_age, profile_errors
from heartport.scoring.reader import Value
from heartport.scoring.sheets import read_loosely

Expected = Value | tuple[Value, ...]
_LISTS = ("flags", "missing", "invalid", "advice")


def check_example_names(definition: Definition, report: Report) -> None:
    """See that a published scale has examples, each with a name of its own and items that exist."""
    if definition.status == "published" and not definition.examples:
        report.refuse(("tests",), "a published scale carries worked examples")
    for name, times in Counter(example.name for example in definition.examples).items():
        if times > 1:
            report.refuse(("tests", name), "the name stands twice")
    for example in definition.examples:
        _check_named(example, {item.id for item in definition.items}, report)


def _check_named(example: Example, items: set[str], report: Report) -> None:
    path = ("tests", example.name)
    for name in example.answers.keys() - items:
        report.refuse((*path, "answers"), f"no item is called {name}")
    words = {word: value for word, value in example.profile.items() if word != "age" or not is_age(value)}
    if profile_errors(words):
        report.refuse((*path, "profile"), "not a profile: sex (female, male, other), birth_year and age are known")
    if not example.expect:
        report.refuse((*path, "expect"), "value missing")


def run_examples(scale: Scale, report: Report) -> None:
    """Score every example, and note where something else comes out than the file says."""
    for example in scale.examples:
        found = _found(scale, example)
        for key, expected in example.expect.items():
            path = ("tests", example.name, "expect", key)
            if key not in found:
                report.refuse(path, f"not known; known are {', '.join(found)}")
            elif found[key] != _exact(expected):
                report.refuse(path, f"{_written(expected)} expected, {_written(found[key])} found")


def example_holds(scale: Scale, example: Example) -> bool:
    """Tell whether everything that an example expects comes out."""
    found = _found(scale, example)
    return all(found.get(key) == _exact(expected) for key, expected in example.expect.items())


def _found(scale: Scale, example: Example) -> dict[str, Expected]:
    sheet = read_loosely(scale, example.answers, example.profile, example.year)
    outcome = scale.plan.score(sheet)
    return _comparable(outcome) | _judged(scale, example, sheet, outcome)


def _comparable(outcome: Outcome) -> dict[str, Expected]:
    """Give everything that an example may expect, by the name that it has there."""
    sets = {f"{score}.band.{name}": band for score, sets in outcome.band_sets.items() for name, band in sets.items()}
    bands = {f"{score}.band": band for score, band in outcome.bands.items()}
    return {
        **outcome.scores,
        **bands,
        **sets,
        **{name: getattr(outcome, name) for name in _LISTS},
    }


def _judged(scale: Scale, example: Example, sheet: Sheet, outcome: Outcome) -> dict[str, Expected]:
    """Give what is said beside the scores: the findings on the manner of answering, the standing in each norm."""
    standing = {
        f"{score}.norm.{norm.id}": value
        for norm in scale.norms
        for score, value in standings(norm, outcome.scores, example.profile, example.year).items()
    }
    none = {f"{cell.score}.norm.{norm.id}": None for norm in scale.norms for cell in norm.cells}
    found = findings(scale, sheet, outcome, example.duration_ms)
    return {**none, **standing, "validity": tuple(each.id for each in found)}


def _exact(expected: Expected) -> Expected:
    """Read 28/3, which no decimal can write, as the fraction that it is."""
    if isinstance(expected, str) and "/" in expected:
        try:
            return Fraction(expected.replace(" ", ""))
        except (ValueError, ZeroDivisionError):
            return expected
    return expected


def _written(value: Expected) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    return "null" if value is None else str(value)
