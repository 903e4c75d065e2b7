"""On columns a file comes to the very text that scoring one response at a time gives, for every scale.

A few hundred random responses a scale in the suite, always the same; with `HEARTPORT_PROOF=1` a million new ones.
"""

import os
from functools import cache
from random import Random

import pytest

from heartport.scoring import exact
from heartport.scoring.columns import adding, computing, scores, sheets, truths
from heartport.scoring.columns.answers import INVALID
from heartport.scoring.exact import Rounding
from tests.scoring.columns.constructed import DOCUMENTS
from tests.scoring.columns.one_by_one import as_json_lines, as_table, responses, singly, together
from tests.scoring.invented import scale_of
from tests.scoring.shipped import NAMES, shipped

FULL = os.environ.get("HEARTPORT_PROOF") == "1"
RESPONSES = 120
MILLION, PORTION = 1_000_000, 25_000
SCALES = {**DOCUMENTS, **dict.fromkeys(NAMES)}


@cache
def scale(name):
    return shipped(name) if SCALES[name] is None else scale_of(SCALES[name]())


def difference(one: str, other: str) -> str | None:
    """Tell the first line in which two texts part; what it holds was made up here."""
    pairs = zip(one.splitlines(), other.splitlines(), strict=True)
    return next((f"line {at}: {a} and {b}" for at, (a, b) in enumerate(pairs, start=1) if a != b), None)


@pytest.mark.parametrize("name", SCALES)
def test_json_lines_come_to_what_each_response_comes_to_alone(name):
    some = list(responses(scale(name), Random(name), RESPONSES))
    assert difference(together(scale(name), as_json_lines(some)), singly(scale(name), some)) is None


@pytest.mark.parametrize("name", SCALES)
def test_tables_come_to_what_each_response_comes_to_alone(name):
    wrong = (-1, 77, "x", "25:00", "2026-02-30")
    some = list(responses(scale(name), Random(f"table {name}"), RESPONSES, wrong))
    found = together(scale(name), as_table(scale(name), some), source_table=True, table=True)
    assert difference(found, singly(scale(name), some, table=True)) is None


def floored(value, rounding):
    return exact.rounded(value, None if rounding is None else Rounding("floor", rounding.to))


def gaps_as_zero(columns, whole, gaps, filled, key):
    return adding.fill(columns, whole, gaps, lambda total, answered: filled(total, len(columns)), key)


def always_shown(expression, columns, rows):
    return truths.truths(expression, columns, rows) * 0 + truths.YES


def unknown_is_no(expression, columns, rows):
    found = truths.truths(expression, columns, rows)
    return found - (found == truths.UNKNOWN)


def worked_out_to_the_end(decisive, parts):
    """Look at every part of `and` and `or`, also after the one that decides."""
    found = joined(decisive, parts)
    for part in parts:
        found = found.without(~part.known())
    return found


joined = computing._joined


@pytest.mark.parametrize(
    ("name", "module", "place", "broken"),
    [
        ("rounding", scores, "rounded", floored),
        ("calm", scores, "fill", gaps_as_zero),
        ("calm", scores, "INVALID", INVALID + 100),
        ("winding", sheets, "truths", always_shown),
        ("winding", sheets, "truths", unknown_is_no),
        ("computing", computing, "_joined", worked_out_to_the_end),
    ],
    ids=lambda each: getattr(each, "__name__", str(each)),
)
def test_a_broken_rule_is_noticed(name, module, place, broken, monkeypatch):
    some = list(responses(scale(name), Random(name), RESPONSES))
    monkeypatch.setattr(module, place, broken)
    assert difference(together(scale(name), as_json_lines(some)), singly(scale(name), some)) is not None


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.skipif(not FULL, reason="a million responses a scale take their time")
def test_a_million_responses_come_to_what_each_comes_to_alone(name):
    seed = os.urandom(8).hex()
    random = Random(seed)
    for _ in range(MILLION // PORTION):
        some = list(responses(scale(name), random, PORTION))
        assert difference(together(scale(name), as_json_lines(some)), singly(scale(name), some)) is None, seed
