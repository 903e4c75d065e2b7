"""On columns a file comes to the very text that scoring one response at a time gives, for every scale.

A few hundred random responses a scale in the suite, always the same; with `HEARTPORT_PROOF=1` a million new ones.
"""

import os
from collections import Counter
from functools import cache
from random import Random

import pytest

from heartport.scoring.columns import adding, scores, sheets
from heartport.scoring.columns.domains import Domain
from tests.scoring.columns.constructed import DOCUMENTS
from tests.scoring.columns.one_by_one import as_json_lines, as_table, responses, singly, together
from tests.scoring.invented import scale_of
from tests.scoring.shipped import NAMES, shipped

FULL = os.environ.get("HEARTPORT_PROOF") == "1"
RESPONSES = 250
MILLION = 1_000_000
SCALES = {**{name: document for name, document in DOCUMENTS.items()}, **dict.fromkeys(NAMES)}


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
